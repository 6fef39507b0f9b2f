package io.delegate.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Death;
import io.delegate.ExitReason;
import io.delegate.Outcome;
import io.delegate.report.LiveChild.Now;
import io.delegate.report.LiveChild.State;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LiveTallyTest {
  private static final long SECOND = 1_000_000_000;
  private static final Death ASKED = new Death(0, Optional.empty(), Death.Cause.EXIT, "");

  private final LiveTally tally = new LiveTally(0);

  @Test
  void aChildIsIdleThenRunsThenIsGone() {
    tally.spawn(7, 0);
    assertThat(only(SECOND)).isEqualTo(new Now(7, State.IDLE, null, -1, ""));
    tally.begin(7, "a", SECOND);
    assertThat(only(3 * SECOND).state()).isEqualTo(State.RUNNING);
    assertThat(only(3 * SECOND).running()).isEqualTo(2 * SECOND);
    tally.slow(7, "a", Duration.ofSeconds(3), 3 * SECOND);
    assertThat(only(3 * SECOND).state()).isEqualTo(State.SLOW);
    assertThat(only(3 * SECOND).running()).isEqualTo(3 * SECOND);
    tally.success(7, "a", 4 * SECOND);
    tally.exit(7, States.CRASH, ExitReason.of(States.CRASH), 5 * SECOND);
    assertThat(only(5 * SECOND)).isEqualTo(new Now(7, State.GONE, null, -1, "killed by SIGSEGV"));
    assertThat(tally.look(11 * SECOND).children()).isEmpty();
  }

  @Test
  void aChildThatDidAsItWasAskedHasNoEndToTell() {
    tally.spawn(7, 0);
    tally.exit(7, ASKED, ExitReason.of(ASKED), 0);
    assertThat(only(0).end()).isEmpty();
  }

  @Test
  void betweenTwoFastItemsAChildDoesNotFlicker() {
    tally.spawn(7, 0);
    tally.begin(7, "a", SECOND);
    tally.success(7, "a", SECOND);
    assertThat(only(SECOND).state()).isEqualTo(State.RUNNING);
    assertThat(only(SECOND).item().text()).isEqualTo("a");
    assertThat(only(SECOND).running()).isNegative();
    assertThat(only(2 * SECOND)).isEqualTo(new Now(7, State.IDLE, null, -1, ""));
  }

  @Test
  void aNewChildTakesThePlaceOfADeadOne() {
    tally.spawn(1, 0);
    tally.spawn(2, 0);
    tally.exit(1, States.CRASH, ExitReason.of(States.CRASH), 0);
    tally.spawn(3, 0);
    assertThat(tally.look(0).children()).extracting(Now::pid).containsExactly(3L, 2L);
    assertThat(tally.look(0).started()).isEqualTo(3);
  }

  @Test
  void outcomesAreCountedAndTheSlowestItemIsKept() {
    tally.spawn(1, 0);
    String[] items = {"a", "b", "c", "d"};
    for (int i = 0; i < items.length; i++) {
      tally.begin(1, items[i], 0);
      long end = (i == 1 ? 9 : i) * SECOND;
      Casualty casualty =
          i == 2
              ? Casualty.aborted(1, new Named("c"), States.CRASH)
              : Casualty.timedOut(1, new Named("d"), Duration.ofSeconds(3), Outcome.Limit.ITEM);
      switch (i) {
        case 0 -> tally.success(1, "a", end);
        case 1 -> tally.fail(1, "b", end);
        case 2 -> tally.abort(casualty, "c", end);
        default -> tally.timeout(casualty, "d", end);
      }
    }
    LiveState state = tally.look(10 * SECOND);
    assertThat(state.done()).isEqualTo(4);
    assertThat(state.slowest().text()).isEqualTo("b");
    assertThat(state.longest()).isEqualTo(9 * SECOND);
    assertThat(state.casualties())
        .extracting(Casualty::reason)
        .containsExactly("killed by SIGSEGV: bad header", "ran longer than 3 s");
    assertThat(state.ends().toString())
        .isEqualTo("{aborted={killed by SIGSEGV=1}, timed out={ran too long=1}}");
  }

  @Test
  void onlyTheLastCasualtiesAreKept() {
    for (int i = 0; i < 1_000; i++) {
      tally.timeout(
          Casualty.timedOut(0, new Named(i), Duration.ofMillis(i + 1), Outcome.Limit.QUEUE), i, i);
    }
    LiveState state = tally.look(SECOND);
    assertThat(state.casualties())
        .extracting(c -> c.item().text())
        .containsExactly("997", "998", "999");
    assertThat(state.ends().toString()).isEqualTo("{timed out={waited too long=1000}}");
  }

  @Test
  void newsOfAChildThatWasNeverToldAreCountedAlone() {
    tally.begin(5, "a", 0);
    tally.success(5, "a", 0);
    tally.exit(5, ASKED, ExitReason.of(ASKED), 0);
    assertThat(tally.look(0).success()).isEqualTo(1);
    assertThat(tally.look(0).children()).isEmpty();
  }

  @Test
  void theRateIsThatOfTheLastSeconds() {
    LiveRate rate = new LiveRate(5 * SECOND, 0);
    double last = 0;
    for (int tenth = 1; tenth <= 200; tenth++) {
      long count = tenth <= 100 ? tenth * 10L : 1_000; // 100 a second, and then none
      last = rate.perSecond(tenth * SECOND / 10, count);
      if (tenth == 100) {
        assertThat(last).isBetween(99.0, 101.0);
      }
    }
    assertThat(last).isZero();
  }

  private Now only(long now) {
    assertThat(tally.look(now).children()).hasSize(1);
    return tally.look(now).children().get(0);
  }
}
