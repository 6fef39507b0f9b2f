package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.conformance.NothingLeft;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Why a child is gone is told, whoever wished it. */
@ExtendWith(NothingLeft.class)
class ExitReasonIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Work<String, String> MIXED =
      item -> {
        switch (item) {
          case "halt" -> Runtime.getRuntime().halt(0);
          case "hang" -> Thread.sleep(1_000_000);
          case "fill" -> {
            List<byte[]> all = new CopyOnWriteArrayList<>();
            while (true) {
              all.add(new byte[1 << 20]);
            }
          }
          default -> {}
        }
        return item;
      };

  private final List<Event> events = new CopyOnWriteArrayList<>();

  private ProcessScheduler children(int most, UnaryOperator<ProcessScheduler.Builder> options) {
    return options
        .apply(
            ProcessScheduler.builder()
                .children(most)
                .output(Output.DISCARD)
                .reporter(
                    new Reporter() {
                      @Override
                      public void event(Event event) {
                        events.add(event);
                      }
                    }))
        .build();
  }

  private List<ExitReason> reasons() {
    return events.stream()
        .filter(Event.Exit.class::isInstance)
        .map(event -> ((Event.Exit) event).reason())
        .toList();
  }

  private void await1(ExitReason reason) {
    await().atMost(LONG).until(() -> !reasons().isEmpty());
    assertThat(reasons()).containsOnly(reason);
  }

  @Test
  void oneThatHasNothingToDo() {
    try (ProcessScheduler on = children(1, b -> b.idleTimeout(Duration.ofMillis(100)))) {
      on.submit(MIXED, "a").block(LONG);
      await1(ExitReason.IDLE);
    }
  }

  @Test
  void oneThatHasServedEnough() {
    try (ProcessScheduler on = children(1, b -> b.maxItemsPerChild(1))) {
      on.submit(MIXED, "a").block(LONG);
      on.submit(MIXED, "b").block(LONG);
      await1(ExitReason.RECYCLED);
    }
  }

  @Test
  void oneOfTooMany() {
    try (ProcessScheduler on = children(2, b -> b)) {
      on.spawn(2).block(LONG);
      on.spawn(1).block(LONG);
      await1(ExitReason.SHRUNK);
    }
  }

  @Test
  void allOfThemByCleanupAndByTheEnd() {
    try (ProcessScheduler on = children(1, b -> b)) {
      on.submit(MIXED, "a").block(LONG);
      on.cleanup().block(LONG);
      await1(ExitReason.STOPPED);
      on.submit(MIXED, "b").block(LONG);
    }
    await().atMost(LONG).until(() -> reasons().size() == 2);
    assertThat(reasons()).containsOnly(ExitReason.STOPPED);
  }

  @Test
  void oneThatRunsWhileAllIsDisposed() {
    ProcessScheduler on = children(1, b -> b);
    Disposable running = on.submit(MIXED, "hang").subscribe(o -> {}, e -> {});
    await().atMost(LONG).until(() -> events.stream().anyMatch(Event.Begin.class::isInstance));
    on.close();
    await1(ExitReason.STOPPED);
    running.dispose();
  }

  @Test
  void oneWhoseItemIsCancelled() {
    try (ProcessScheduler on = children(1, b -> b)) {
      Disposable running = on.submit(MIXED, "hang").subscribe();
      await().atMost(LONG).until(() -> events.stream().anyMatch(Event.Begin.class::isInstance));
      running.dispose();
      await1(ExitReason.CANCELLED);
    }
  }

  /** With status 0, too: that was nobody's wish. */
  @Test
  void oneThatEndsByItself() {
    try (ProcessScheduler on = children(1, b -> b)) {
      on.submit(MIXED, "halt").block(LONG);
      await1(ExitReason.CRASHED);
    }
  }

  @Test
  void oneWhoseItemTakesTooLong() {
    try (ProcessScheduler on = children(1, b -> b.timeout(Duration.ofMillis(300)))) {
      on.submit(MIXED, "hang").block(LONG);
      await1(ExitReason.TIMED_OUT);
    }
  }

  @Test
  void oneWhoseHeapIsFull() {
    try (ProcessScheduler on = children(1, b -> b.heap("32m"))) {
      on.submit(MIXED, "fill").block(LONG);
      await1(ExitReason.OUT_OF_MEMORY);
    }
  }

  /** Its own children end with their stream. */
  @Test
  void theStreamOfAShrunkSchedulerLosesNothing() {
    try (ProcessScheduler on = children(3, b -> b)) {
      on.spawn(3).block(LONG);
      long outcomes =
          Flux.range(0, 200)
              .map(i -> "item" + i)
              .transform(Delegate.parallel(MIXED, on))
              .doOnNext(o -> on.spawn(1).subscribe())
              .filter(Outcome::isSuccess)
              .count()
              .block(LONG);
      assertThat(outcomes).isEqualTo(200);
      await().atMost(LONG).until(() -> reasons().size() >= 2);
      assertThat(reasons()).allMatch(reason -> !reason.isLost());
    }
  }
}
