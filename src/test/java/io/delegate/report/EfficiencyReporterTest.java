package io.delegate.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Death;
import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EfficiencyReporterTest {
  private static final Death DEATH = new Death(0, Optional.empty(), Death.Cause.EXIT, "");

  private final AtomicLong clock = new AtomicLong();
  private final List<Efficiency> told = new ArrayList<>();
  private final EfficiencyReporter reporter = new EfficiencyReporter(told::add, clock::get);

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  private void success(long pid, String item, Duration took, Duration waited) {
    reporter.event(new Event.Finished(new Outcome.Success<>(item, pid, took, 1, "R"), waited));
  }

  /** Two children: both up after 200 ms; one had items in hand for 700 ms of its second. */
  private Efficiency aRun() {
    reporter.event(new Event.Init(2));
    reporter.event(new Event.Spawn(1, ms(200)));
    reporter.event(new Event.Spawn(2, ms(200)));
    success(1, "a", ms(310), ms(10));
    success(1, "b", ms(290), ms(310));
    success(2, "c", ms(100), ms(20));
    reporter.event(new Event.Exit(1, DEATH, ms(1_000), 2, ms(700)));
    reporter.event(new Event.Exit(2, DEATH, ms(1_000), 1, ms(100)));
    clock.set(ms(1_200).toNanos());
    reporter.event(new Event.Cleanup());
    return told.get(told.size() - 1);
  }

  @Test
  void theChildrensTimeIsSharedOutWithNothingLeft() {
    Efficiency run = aRun();
    assertThat(run.starting()).isEqualTo(ms(400));
    assertThat(run.working()).isEqualTo(ms(700));
    assertThat(run.channel()).isEqualTo(ms(100));
    assertThat(run.idle()).isEqualTo(ms(800));
    assertThat(run.waited()).isEqualTo(ms(340));
    assertThat(run.elapsed()).isEqualTo(ms(1_200));
    assertThat(run.efficiency()).isEqualTo(0.35);
  }

  @Test
  void theTableIsForPeople() {
    assertThat(aRun().toString())
        .isEqualTo(
            """
            children  at most 2; 2 started, 0 lost
            items     3 in 1.20 s
            work       35.0 %  700 ms
            channel     5.0 %  100 ms
            idle       40.0 %  800 ms
            start      20.0 %  400 ms
            an item   ran 233 ms, and waited 113 ms, on average
            slow         310 ms  a (success)
            slow         290 ms  b (success)
            slow         100 ms  c (success)""");
  }

  @Test
  void aSecondRunBeginsAnew() {
    aRun();
    assertThat(aRun().items()).isEqualTo(3);
    assertThat(told).hasSize(2);
  }

  @Test
  void onlyTheSlowestAreKept() {
    reporter.event(new Event.Init(1));
    for (int i = 1; i <= 50; i++) {
      success(1, "item " + i % 7, ms(i), ms(0));
    }
    assertThat(reporter.report().slowest())
        .extracting(Efficiency.Slow::took)
        .containsExactly(ms(50), ms(49), ms(48), ms(47), ms(46));
  }

  @Test
  void itemsThatNeverRanTakeNoneOfTheChildrensTime() {
    reporter.event(new Event.Init(1));
    reporter.event(
        new Event.Finished(
            new Outcome.TimedOut<>("a", 0, ms(900), 0, ms(900), "", Outcome.Limit.QUEUE), ms(0)));
    assertThat(reporter.report().working()).isZero();
    assertThat(reporter.report().lost()).isZero();
  }

  private static Efficiency with(
      int children,
      long lost,
      long items,
      Duration starting,
      Duration idle,
      Duration channel,
      Duration working,
      Duration waited) {
    return new Efficiency(
        children, ms(1_000), children, 0, lost, items, starting, idle, channel, working, waited,
        List.of(), 0);
  }

  @Test
  void smallWorkIsToBePutTogether() {
    Efficiency small = with(2, 0, 1_000_000, ms(300), ms(0), ms(1_500), ms(200), ms(900));
    assertThat(small.suggestion())
        .isEqualTo(
            "An item takes 200 ns of work, and 1.50 µs on its way: too little for a process. Put"
                + " more into one.");
  }

  @Test
  void idleChildrenAreTooMany() {
    Efficiency idle = with(6, 0, 100, ms(1_000), ms(7_000), ms(100), ms(1_900), ms(0));
    assertThat(idle.suggestion()).contains("70 % of their time: 2 would do");
  }

  @Test
  void deathsThatCostMuchAreNamed() {
    Efficiency dying = with(2, 40, 100, ms(4_000), ms(100), ms(100), ms(1_900), ms(0));
    assertThat(dying.suggestion()).contains("66 % of the children's time went into starts: 40");
  }

  @Test
  void aRunThatIsFineIsLeftAlone() {
    assertThat(with(4_096, 0, 100, ms(100), ms(100), ms(10), ms(9_000), ms(0)).suggestion())
        .isEmpty();
    assertThat(with(2, 0, 0, ms(0), ms(0), ms(0), ms(0), ms(0)).suggestion()).isEmpty();
  }

  /** Also one whose item is run again and so has no such outcome; but none that was cancelled. */
  @Test
  void lostAreThoseThatNobodyWishedGone() {
    reporter.event(new Event.Init(1));
    for (ExitReason reason : ExitReason.values()) {
      reporter.event(new Event.Exit(1, DEATH, ms(10), 1, ms(5), reason));
    }
    assertThat(reporter.report().lost()).isEqualTo(4);
  }
}
