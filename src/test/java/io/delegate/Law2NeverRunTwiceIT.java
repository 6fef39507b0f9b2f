package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/** An item is started at most once, unless the user asked for retries. */
@ExtendWith(NothingLeft.class)
class Law2NeverRunTwiceIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  @TempDir Path tmp;

  private static void assertEachAtMostOnce(List<String> starts) {
    assertThat(starts).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void whenChildrenCrash(int window) {
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> work =
        x -> {
          notes.started(x);
          if (x % 50 == 31) {
            Runtime.getRuntime().halt(1);
          }
          return 3 * x;
        };
    try (ProcessScheduler on = Shapes.builder(window, 2).build()) {
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 300)
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .collectList()
              .block(LONG);
      Outcomes.assertOnePerItem(outcomes, 300);
      assertThat(outcomes).filteredOn(o -> !o.isSuccess()).hasSize(6);
    }
    assertEachAtMostOnce(notes.starts());
    assertThat(notes.starts()).hasSize(300);
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void whenChildrenAreKilledRecycledAndCleanedUp(int window) {
    Notes notes = Notes.in(tmp);
    Work<Integer, Long> work =
        x -> {
          notes.started(x);
          return ProcessHandle.current().pid();
        };
    AtomicInteger count = new AtomicInteger();
    try (ProcessScheduler on = Shapes.builder(window, 2).maxItemsPerChild(110).build()) {
      List<Outcome<Integer, Long>> outcomes =
          Flux.range(0, 600)
              .transform(Delegate.<Integer, Long>parallel(work, on))
              .doOnNext(
                  o -> {
                    int n = count.incrementAndGet();
                    if (n % 150 == 0) {
                      Pids.signal("KILL", o.pid());
                    } else if (n == 330) {
                      on.cleanup().subscribe();
                    }
                  })
              .collectList()
              .block(LONG);
      Outcomes.assertOnePerItem(outcomes, 600);
    }
    assertEachAtMostOnce(notes.starts());
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void whatIsTakenBackFromBehindASlowItem(int window) {
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> work =
        x -> {
          notes.started(x);
          Thread.sleep(x % 10 == 0 ? 60 : 0);
          return 3 * x;
        };
    try (ProcessScheduler on = Shapes.builder(window, 3).build()) {
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 200)
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .collectList()
              .block(LONG);
      Outcomes.assertOnePerItem(outcomes, 200);
      Outcomes.assertTripled(outcomes);
    }
    assertEachAtMostOnce(notes.starts());
    assertThat(notes.starts()).hasSize(200);
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void unlessRetriesWereAskedForAndThenNoMoreThanThose(int window) {
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> work =
        x -> {
          notes.started(x);
          if (x == 3
              || (x == 5 && notes.starts().indexOf("5") == notes.starts().lastIndexOf("5"))) {
            Runtime.getRuntime().halt(1);
          }
          return 3 * x;
        };
    try (ProcessScheduler on = Shapes.builder(window, 2).retryAborted(2).build()) {
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 20)
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .collectList()
              .block(LONG);
      Outcomes.assertOnePerItem(outcomes, 20);
      Outcomes.assertTripled(outcomes, 3, 5);
      assertThat(Outcomes.aborted(Outcomes.of(3, outcomes)).attempt()).isEqualTo(3);
      assertThat(Outcomes.of(5, outcomes).orElseThrow()).isEqualTo(15);
      assertThat(Outcomes.of(5, outcomes).attempt()).isEqualTo(2);
    }
    Map<String, Long> starts =
        notes.starts().stream().collect(Collectors.groupingBy(x -> x, Collectors.counting()));
    assertThat(starts.remove("3")).isEqualTo(3);
    assertThat(starts.remove("5")).isEqualTo(2);
    assertThat(starts).hasSize(18).allSatisfy((item, count) -> assertThat(count).isEqualTo(1));
  }

  @Test
  void aTimeoutIsNoReasonForARetry() {
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> work =
        x -> {
          notes.started(x);
          Thread.sleep(60_000);
          return x;
        };
    try (ProcessScheduler on =
        Shapes.builder(1, 1).retryAborted(3).timeout(Duration.ofSeconds(2)).build()) {
      assertThat(on.submit(work, 1).block(LONG)).isInstanceOf(Outcome.TimedOut.class);
    }
    assertThat(notes.starts()).hasSize(1);
  }
}
