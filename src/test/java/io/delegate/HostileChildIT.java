package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.conformance.InMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/**
 * Whatever a child does to its channel and its ledger, it is killed, costs at most its own item,
 * and the scheduler serves on.
 */
@ExtendWith(NothingLeft.class)
@EnabledOnOs(OS.LINUX)
class HostileChildIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Work<Integer, Object> TRIPLE =
      x -> {
        Thread.sleep(1);
        return 3 * x;
      };
  @TempDir Path tmp;

  private ProcessScheduler.Builder builder(HostileChild.Way way) throws Exception {
    return Shapes.builder(7, 2)
        .jvmArgs(HostileChild.flag(way, tmp))
        .startTimeout(Duration.ofSeconds(20));
  }

  private long hostile() {
    return Notes.in(tmp).awaitPid("hostile");
  }

  /** Until the hostile child has had its turn: the others may be quicker with all items. */
  private List<Outcome<Integer, Object>> run(ProcessScheduler on) {
    return run(on, true);
  }

  private List<Outcome<Integer, Object>> run(ProcessScheduler on, boolean untilItIsGone) {
    return run(on, TRIPLE, untilItIsGone);
  }

  private List<Outcome<Integer, Object>> run(
      ProcessScheduler on, Work<Integer, Object> triple, boolean untilItIsGone) {
    List<Outcome<Integer, Object>> all = new ArrayList<>();
    long until = System.nanoTime() + LONG.toNanos();
    do {
      int from = all.size();
      all.addAll(
          Flux.range(from, 50)
              .transform(Delegate.<Integer, Object>parallel(triple, on))
              .collectList()
              .block(LONG));
      hostile();
    } while ((untilItIsGone ? Pids.runs(hostile()) : !Notes.in(tmp).said("hostile.did"))
        && System.nanoTime() - until < 0);
    Outcomes.assertOnePerItem(all, all.size());
    return all;
  }

  private void assertServes(ProcessScheduler on) {
    Pids.awaitGone(hostile());
    List<Outcome<Integer, Object>> after =
        Flux.range(0, 20)
            .transform(Delegate.<Integer, Object>parallel(TRIPLE, on))
            .collectList()
            .block(LONG);
    Outcomes.assertOnePerItem(after, 20);
    Outcomes.assertTripled(after);
  }

  /** It never was given an item, so none is lost. */
  @ParameterizedTest
  @MethodSource("early")
  void oneThatNeverIsUpCostsNoItem(HostileChild.Way way) throws Exception {
    try (ProcessScheduler on = builder(way).build()) {
      boolean known = way.compareTo(HostileChild.Way.HAS_A_WRONG_PID) >= 0;
      Outcomes.assertTripled(run(on, known));
      if (known) {
        assertServes(on);
      }
    }
    Pids.awaitGone(hostile());
  }

  /**
   * Nobody can know which child a connection is that says nothing: its time ends with the start.
   */
  @Test
  void oneThatIsNotUpInTimeIsKilledThen() throws Exception {
    HostileChild.Way way = HostileChild.Way.CONNECTS_AND_SAYS_NOTHING;
    try (ProcessScheduler on = builder(way).startTimeout(Duration.ofSeconds(8)).build()) {
      Outcomes.assertTripled(run(on));
      assertServes(on);
    }
  }

  private static Stream<HostileChild.Way> early() {
    return Stream.of(HostileChild.Way.values()).filter(HostileChild.Way::isEarly);
  }

  private static Stream<HostileChild.Way> blamed() {
    return Stream.of(HostileChild.Way.values()).filter(HostileChild.Way::isBlamed);
  }

  @ParameterizedTest
  @MethodSource("blamed")
  void oneThatRunsAnItemLosesItAndNoOther(HostileChild.Way way) throws Exception {
    try (ProcessScheduler on = builder(way).timeout(Duration.ofSeconds(5)).build()) {
      List<Outcome<Integer, Object>> outcomes = run(on);
      List<Outcome<Integer, Object>> bad =
          outcomes.stream().filter(o -> o.pid() == hostile()).toList();
      assertThat(bad).hasSize(1);
      Death death = Outcomes.aborted(bad.get(0)).death();
      assertThat(death.cause()).as("%s", death).isEqualTo(Death.Cause.PROTOCOL);
      assertThat(death.stderrTail()).isNotBlank();
      Outcomes.assertTripled(outcomes, bad.get(0).item());
      assertServes(on);
    }
  }

  /** What it answered first was right, and stands. */
  @ParameterizedTest
  @EnumSource(
      value = HostileChild.Way.class,
      names = {"ANSWERS_TWICE", "ANSWERS_WITHOUT_END"})
  void oneThatAnswersMoreThanItWasAsked(HostileChild.Way way) throws Exception {
    try (ProcessScheduler on = builder(way).build()) {
      List<Outcome<Integer, Object>> outcomes = run(on);
      List<Outcome<Integer, Object>> its =
          outcomes.stream().filter(o -> o.pid() == hostile()).toList();
      assertThat(its.get(0).orElseThrow()).isEqualTo(3 * its.get(0).item());
      assertServes(on);
    }
  }

  /** It never said that it began, so its items are given to others. */
  @Test
  void oneThatSendsHalfAFrame() throws Exception {
    try (ProcessScheduler on =
        builder(HostileChild.Way.SENDS_HALF_A_FRAME).startTimeout(Duration.ofSeconds(8)).build()) {
      Outcomes.assertTripled(run(on));
      assertServes(on);
    }
  }

  private static final Map<String, byte[]> CLASSES =
      InMemory.compile(
          Map.of(
              "mem.Tripling",
              """
              package mem;
              public class Tripling implements io.delegate.Work<Integer, Object> {
                public Object apply(Integer x) throws Exception {
                  Thread.sleep(1);
                  return 3 * x;
                }
              }
              """));

  /** A work whose classes its child has to ask for. */
  private static Work<Integer, Object> served() {
    byte[] secret = {1};
    return new InMemory.Loader(HostileChildIT.class.getClassLoader(), CLASSES)
        .with("secret", secret)
        .with("dir/../secret.class", secret)
        .make("mem.Tripling");
  }

  private static Stream<HostileChild.Way> asking() {
    return Stream.of(HostileChild.Way.values())
        .filter(way -> way.hasServedWork() && !way.isHarmless());
  }

  @ParameterizedTest
  @MethodSource("asking")
  void oneThatBreaksTheRulesWhereItAsksForClassesLosesItsItemAndNoOther(HostileChild.Way way)
      throws Exception {
    try (ProcessScheduler on = builder(way).timeout(Duration.ofSeconds(30)).build()) {
      List<Outcome<Integer, Object>> outcomes = run(on, served(), true);
      List<Outcome<Integer, Object>> bad =
          outcomes.stream().filter(o -> o.pid() == hostile()).toList();
      assertThat(bad).hasSize(1);
      Death death = Outcomes.aborted(bad.get(0)).death();
      assertThat(death.cause()).as("%s", death).isEqualTo(Death.Cause.PROTOCOL);
      assertThat(death.stderrTail()).isNotBlank();
      Outcomes.assertTripled(outcomes, bad.get(0).item());
      assertServes(on);
    }
  }

  @Test
  void oneThatIsNotTrustedGetsNothingButClasses() throws Exception {
    HostileChild.Way way = HostileChild.Way.ASKS_FOR_SECRETS;
    try (ProcessScheduler on = builder(way).trust(Trust.UNTRUSTED).build()) {
      Outcomes.assertTripled(run(on, served(), false));
      assertThat(Files.readString(tmp.resolve("hostile.got")))
          .isEqualTo("HERE HERE ABSENT ABSENT ABSENT ABSENT ABSENT REFUSED");
    }
  }

  /** Nobody can know whose it is. */
  @Test
  void aConnectionForClassesWithAWrongTokenIsAStrangers() throws Exception {
    HostileChild.Way way = HostileChild.Way.CONNECTS_FOR_CLASSES_WITH_A_WRONG_TOKEN;
    try (ProcessScheduler on = builder(way).build()) {
      Outcomes.assertTripled(run(on, served(), false));
    }
  }

  /** It is believed to be alive, and so dies of the other limit; who is told of it survives. */
  @Test
  void oneThatTellsNonsenseOfHowFarItIs() throws Exception {
    ProgressLog log = new ProgressLog();
    try (ProcessScheduler on =
        builder(HostileChild.Way.TELLS_NONSENSE)
            .silenceTimeout(Duration.ofSeconds(2))
            .timeout(Duration.ofSeconds(4))
            .reporter(log)
            .build()) {
      List<Outcome<Integer, Object>> outcomes = run(on);
      List<Outcome<Integer, Object>> its =
          outcomes.stream().filter(o -> o.pid() == hostile()).toList();
      assertThat(its)
          .singleElement()
          .isInstanceOfSatisfying(
              Outcome.TimedOut.class,
              late -> assertThat(late.which()).isEqualTo(Outcome.Limit.ITEM));
      Outcomes.assertTripled(outcomes, its.get(0).item());
      assertServes(on);
      assertThat(log.of(its.get(0).item()))
          .hasSizeBetween(3, 4 * 10 + 30) // ten a second, for as long as it took to kill it
          .first()
          .asString()
          .startsWith("begin ");
    }
    assertThat(log.progress())
        .isNotEmpty()
        .allSatisfy(
            progress -> {
              assertThat(progress.note().length()).isLessThanOrEqualTo(Child.LONGEST_NOTE);
              assertThat(progress.note().chars().noneMatch(Character::isISOControl)).isTrue();
            });
  }

  /** A lie about the time harms the item of the one who lies, and ends. */
  @ParameterizedTest
  @EnumSource(
      value = HostileChild.Way.class,
      names = {"BEGAN_LONG_AGO", "BEGINS_IN_THE_FUTURE"})
  void oneThatLiesAboutTheTime(HostileChild.Way way) throws Exception {
    try (ProcessScheduler on =
        builder(way)
            .startTimeout(Duration.ofSeconds(way == HostileChild.Way.BEGAN_LONG_AGO ? 20 : 6))
            .timeout(Duration.ofSeconds(3))
            .build()) {
      long start = System.nanoTime();
      List<Outcome<Integer, Object>> outcomes = run(on);
      List<Outcome<Integer, Object>> its =
          outcomes.stream().filter(o -> o.pid() == hostile()).toList();
      assertThat(its).singleElement().isInstanceOf(Outcome.TimedOut.class);
      assertThat(its.get(0).took()).isLessThan(Duration.ofNanos(System.nanoTime() - start));
      Outcomes.assertTripled(outcomes, its.get(0).item());
      assertServes(on);
    }
  }
}
