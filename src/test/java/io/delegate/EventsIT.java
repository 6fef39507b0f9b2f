package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.conformance.NothingLeft;
import io.delegate.report.Efficiency;
import io.delegate.report.EfficiencyReporter;
import io.delegate.report.MicrometerReporter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** What reporters see of real children, beside the order of things. */
@ExtendWith(NothingLeft.class)
class EventsIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Duration NAP = Duration.ofMillis(300);

  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final Reporter recorder =
      new Reporter() {
        @Override
        public void event(Event event) {
          events.add(event);
        }
      };

  private static final Work<Integer, Integer> NAPS =
      i -> {
        Thread.sleep(NAP.toMillis());
        return i;
      };

  private <T extends Event> List<T> all(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void whatThereIsToDoIsToldAndAtTheEndThereIsNothing() {
    try (ProcessScheduler on =
        ProcessScheduler.builder().children(2).window(2).reporter(recorder).build()) {
      on.spawn(2).block(LONG);
      Flux.range(0, 8).transform(Delegate.parallel(NAPS, on)).blockLast(LONG);
      await()
          .atMost(LONG)
          .untilAsserted(
              () -> {
                List<Event.Load> loads = all(Event.Load.class);
                assertThat(loads).anySatisfy(load -> assertThat(load.busy()).isEqualTo(2));
                assertThat(loads).anySatisfy(load -> assertThat(load.mostInHand()).isEqualTo(2));
                Event.Load last = loads.get(loads.size() - 1);
                assertThat(last.waiting() + last.inHand() + last.busy()).isZero();
                assertThat(last.idle()).isEqualTo(2);
                assertThat(last.sent()).isGreaterThan(8 * 20);
                assertThat(last.received()).isGreaterThan(8 * 20);
              });
      assertThat(all(Event.Load.class)).allMatch(load -> load.idle() + load.busy() <= 2);
      assertThat(all(Event.Load.class)).allMatch(load -> load.inHand() <= 4);
    }
  }

  @Test
  void whoWaitsAndHowLongIsTold() {
    try (ProcessScheduler on =
        ProcessScheduler.builder().children(1).window(2).reporter(recorder).build()) {
      on.spawn(1).block(LONG);
      Flux.range(0, 3).transform(Delegate.parallel(NAPS, on)).blockLast(LONG);
      await().atMost(LONG).until(() -> all(Event.Finished.class).size() == 3);
      List<Event.Finished> finished = all(Event.Finished.class);
      assertThat(finished).allMatch(f -> f.outcome().took().compareTo(NAP) >= 0);
      // the second was in the child's hand while the first ran
      assertThat(finished.get(1).waited()).isGreaterThan(NAP.dividedBy(2));
      assertThat(finished.get(0).waited()).isLessThan(finished.get(1).waited());
    }
  }

  @Test
  void childrenThatNeverComeUpAreTold() {
    try (ProcessScheduler on =
        ProcessScheduler.builder()
            .children(1)
            .initializer(
                () -> {
                  throw new IllegalStateException("no licence");
                })
            .reporter(recorder)
            .build()) {
      Flux.range(0, 1)
          .transform(Delegate.parallel(NAPS, on))
          .onErrorComplete(DelegateException.StartFailed.class)
          .blockLast(LONG);
      await().atMost(LONG).until(() -> all(Event.StartFailed.class).size() == 3);
      assertThat(all(Event.Spawn.class)).isEmpty();
      assertThat(all(Event.Exit.class)).isEmpty();
      assertThat(all(Event.StartFailed.class))
          .allSatisfy(
              failed -> {
                assertThat(failed.death().cause()).isEqualTo(Death.Cause.START_FAILED);
                assertThat(failed.death().stderrTail()).contains("no licence");
                assertThat(failed.pid()).isPositive();
                assertThat(failed.starting()).isPositive();
              });
    }
  }

  @Test
  void theTimesOfChildrenAddUp() {
    List<Efficiency> reports = new CopyOnWriteArrayList<>();
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    ProcessScheduler on =
        ProcessScheduler.builder()
            .children(2)
            .reporter(recorder)
            .reporter(new EfficiencyReporter(reports::add))
            .reporter(new MicrometerReporter(registry))
            .build();
    on.spawn(2).block(LONG); // or one might do it all
    Flux.range(0, 6).transform(Delegate.parallel(NAPS, on)).blockLast(LONG);
    on.disposeGracefully(Duration.ofSeconds(5)).block(LONG);
    await().atMost(LONG).until(() -> !reports.isEmpty());
    for (Event.Exit exit : all(Event.Exit.class)) {
      assertThat(exit.busy()).isBetween(NAP, exit.age());
    }
    Efficiency report = reports.get(0);
    assertThat(report.items()).isEqualTo(6);
    assertThat(report.started()).isEqualTo(2);
    assertThat(report.lost()).isZero();
    assertThat(report.working()).isGreaterThanOrEqualTo(NAP.multipliedBy(6));
    assertThat(report.channel()).isLessThan(report.working());
    Duration lives =
        all(Event.Exit.class).stream().map(Event.Exit::age).reduce(Duration.ZERO, Duration::plus);
    assertThat(report.starting().plus(report.idle()).plus(report.channel()).plus(report.working()))
        .isCloseTo(lives, Duration.ofMillis(1));
    assertThat(registry.get("delegate.child.starts").timer().totalTime(TimeUnit.NANOSECONDS))
        .isEqualTo((double) report.starting().toNanos());
    assertThat(registry.get("delegate.item.runs").tag("outcome", "success").timer().count())
        .isEqualTo(6);
    assertThat(registry.get("delegate.child.exits").tag("reason", "stopped").counter().count())
        .isEqualTo(2);
    assertThat(registry.find("delegate.child.deaths").counter()).as("none was lost").isNull();
  }

  @Test
  void theLastLoadOfAllIsThatThereIsNobody() {
    ProcessScheduler on = ProcessScheduler.builder().children(2).reporter(recorder).build();
    Flux.range(0, 4).transform(Delegate.parallel(NAPS, on)).take(2).blockLast(LONG);
    on.close(); // while items run, and much earlier than the next load is due
    await().atMost(LONG).until(() -> !all(Event.Cleanup.class).isEmpty());
    List<Event.Load> loads = all(Event.Load.class);
    Event.Load last = loads.get(loads.size() - 1);
    assertThat(loads).anySatisfy(load -> assertThat(load.idle() + load.busy()).isPositive());
    assertThat(last.starting() + last.idle() + last.busy() + last.inHand() + last.waiting())
        .isZero();
  }
}
