package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/** The parent holds O(children × window), whatever the number of items. */
@ExtendWith(NothingLeft.class)
class Law10BoundedMemoryIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Work<Integer, Integer> TRIPLE = x -> 3 * x;

  /** How many items are between upstream and downstream, at most. */
  private static int mostUnderWay(int window, int children, int items, boolean slow) {
    AtomicInteger taken = new AtomicInteger();
    AtomicInteger given = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (ProcessScheduler on = Shapes.builder(window, children).build()) {
      Flux.range(0, items)
          .doOnNext(x -> most.accumulateAndGet(taken.incrementAndGet() - given.get(), Math::max))
          .transform(Delegate.<Integer, Integer>parallel(TRIPLE, on))
          .doOnNext(
              o -> {
                if (slow && o.item() % 100 == 0) {
                  java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
                }
                given.incrementAndGet();
              })
          .blockLast(LONG);
    }
    assertThat(given).hasValue(items);
    return most.get();
  }

  @ParameterizedTest
  @CsvSource({"1,2", "7,2", "256,2", "7,4", "1,6"})
  void withAFastReader(int window, int children) {
    assertThat(mostUnderWay(window, children, 30_000, false))
        .isLessThanOrEqualTo(window * children + 1);
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void withASlowReader(int window) {
    assertThat(mostUnderWay(window, 2, 20_000, true)).isLessThanOrEqualTo(2 * window + 1);
  }

  /** An answer is held until the oldest came, and no more than the look-ahead are. */
  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void inOrder(int window) {
    AtomicInteger taken = new AtomicInteger();
    AtomicInteger given = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Work<Integer, Integer> work =
        x -> {
          if (x % 1000 == 0) {
            Thread.sleep(20);
          }
          return 3 * x;
        };
    try (ProcessScheduler on = Shapes.builder(window, 2).build()) {
      Flux.range(0, 10_000)
          .doOnNext(x -> most.accumulateAndGet(taken.incrementAndGet() - given.get(), Math::max))
          .transform(Delegate.<Integer, Integer>parallelOrdered(work, on))
          .doOnNext(o -> given.incrementAndGet())
          .blockLast(LONG);
    }
    assertThat(most.get()).isLessThanOrEqualTo(4 * 2 * window + 1);
  }
}
