package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RosterTest {
  private static final long PATIENCE = 1_000;

  /** {@code nanoTime} may be negative, and overflow. */
  private static final long NOW = Long.sum(Long.MAX_VALUE, -PATIENCE / 2);

  private final Roster roster = new Roster(PATIENCE);
  private final RuntimeException why = new IllegalStateException("no JVM");

  private void atWork(String member) {
    roster.joined(member);
    assertThat(roster.ask(member, NOW)).isTrue();
    begin(member);
  }

  private void begin(String member) {
    assertThat(roster.mayBegin(member)).isTrue();
    roster.begins(member);
  }

  @Test
  void onlyMembersAreAskedAndHeard() {
    assertThat(roster.ask("a", NOW)).isFalse();
    assertThat(roster.mayBegin("a")).isFalse();
    assertThat(roster.rests("a")).isZero();
    roster.worked("a");
    roster.barren("a", why);
    roster.refused("a");
    roster.rested("a");
    assertThat(roster.contains("a")).isFalse();
    assertThat(roster.anyBarren()).isFalse();
    roster.joined("a");
    assertThat(roster.contains("a")).isTrue();
    assertThat(roster.strangers()).containsExactly("a");
  }

  @Test
  void whoIsAtWorkOrRestsIsNotHeardAgain() {
    atWork("a");
    assertThat(roster.mayBegin("a")).isFalse();
    assertThat(roster.hasStrangers()).isFalse();
    assertThat(roster.rests("a")).isEqualTo(500);
    assertThat(roster.mayBegin("a")).isFalse();
    roster.rested("a");
    begin("a");
  }

  @Test
  void whoComesBackIsNewButForItsNumber() {
    atWork("a");
    assertThat(roster.numberOf("a")).isEqualTo(1);
    roster.rests("a");
    roster.left("a");
    roster.joined("a");
    begin("a"); // it does not rest
    roster.rested("a"); // of the one before
    assertThat(roster.ask("a", NOW)).isFalse();
    assertThat(roster.mayBegin("a")).as("it is at work").isFalse();
    assertThat(roster.numberOf("b")).isEqualTo(2);
    assertThat(roster.numberOf("a")).isEqualTo(1);
  }

  private List<Long> pauses(int links) {
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < links; i++) {
      all.add(roster.rests("a"));
      roster.rested("a");
      begin("a");
    }
    return all;
  }

  @Test
  void pausesGrowUntilOneHasWorked() {
    atWork("a");
    assertThat(pauses(7)).containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 16_000L);
    roster.worked("a");
    assertThat(pauses(1)).containsExactly(500L);
  }

  @Test
  void whoRefusesRestsLongAndGivesNoHope() {
    atWork("a");
    roster.refused("a");
    assertThat(roster.rests("a")).isEqualTo(16_000);
    assertThat(roster.anyRestsWithHope()).isFalse();
    roster.rested("a");
    begin("a");
    roster.worked("a");
    assertThat(roster.rests("a")).isEqualTo(500);
    assertThat(roster.anyRestsWithHope()).isTrue();
  }

  @Test
  void theBarrenGiveNoHopeUntilTheyHaveWorkedOrAllIsGivenUp() {
    atWork("a");
    roster.barren("a", why);
    assertThat(roster.mayServe("a")).as("it tries once more").isTrue();
    assertThat(roster.rests("a")).as("failed twice").isEqualTo(1_000);
    assertThat(roster.mayServe("a")).as("it rests").isFalse();
    assertThat(roster.anyRestsWithHope()).isFalse();
    assertThat(roster.anyBarren()).isTrue();
    assertThat(roster.giveUp()).isSameAs(why);
    assertThat(roster.anyBarren()).isFalse();
    assertThat(roster.anyRestsWithHope()).as("it is tried once more").isTrue();
    roster.rested("a");
    begin("a");
    roster.barren("a", why);
    roster.worked("a");
    assertThat(roster.anyBarren()).isFalse();
    roster.barren("a", why);
    roster.rests("a");
    roster.rested("a");
    roster.ask("a", NOW);
    assertThat(roster.answersUntil(NOW)).as("of one that is barren nothing is hoped").isNull();
    begin("a");
    assertThat(roster.mayServe("a")).as("but while it tries once more").isTrue();
    roster.barren("a", why);
    assertThat(roster.mayServe("a")).as("and no more").isFalse();
    roster.left("a");
    assertThat(roster.anyBarren()).isFalse();
  }

  @Test
  void whoWasAskedMayAnswerForAWhile() {
    roster.joined("a");
    assertThat(roster.answersUntil(NOW)).as("nobody has asked").isNull();
    roster.ask("a", NOW);
    assertThat(roster.answersUntil(NOW)).isEqualTo(NOW + PATIENCE);
    roster.ask("a", NOW + 900); // once more, which gives it no more time
    assertThat(roster.answersUntil(NOW + 999)).isEqualTo(NOW + PATIENCE);
    assertThat(roster.answersUntil(NOW + PATIENCE)).isNull();
    roster.joined("b");
    roster.ask("b", NOW + 10);
    assertThat(roster.answersUntil(NOW + 20)).as("the last of them").isEqualTo(NOW + 10 + PATIENCE);
    begin("b");
    begin("a");
    assertThat(roster.answersUntil(NOW + 20)).isNull();
  }
}
