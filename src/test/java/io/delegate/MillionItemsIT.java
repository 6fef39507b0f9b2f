package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** A million items in a parent with a small heap, which stays as full as it was. */
@ExtendWith(NothingLeft.class)
class MillionItemsIT {
  private static final int ITEMS = 1_000_000;
  @TempDir Path tmp;

  @Test
  @Timeout(180)
  void theHeapOfTheParentStaysFlat() throws Exception {
    try (ParentJvm parent = ParentJvm.start(tmp, List.of("-Xmx64m"), Program.class)) {
      assertThat(parent.status(Duration.ofSeconds(150))).as("%s", parent).isZero();
      assertThat(Long.parseLong(parent.heard("sum "))).isEqualTo(3L * ITEMS * (ITEMS - 1L) / 2);
      long first = Long.parseLong(parent.heard("used 1 "));
      assertThat(first).isLessThan(40 << 20);
      for (int quarter = 2; quarter <= 4; quarter++) {
        long used = Long.parseLong(parent.heard("used " + quarter + " "));
        assertThat(used - first).as("%s", parent).isLessThan(4 << 20);
      }
    }
    assertThat(NothingLeft.directories(tmp, "delegate-")).isEmpty();
  }

  static final class Program {
    public static void main(String[] args) {
      Work<Integer, Integer> work = x -> 3 * x;
      long[] sum = new long[1];
      int[] count = new int[1];
      try (ProcessScheduler on = ProcessScheduler.builder().children(2).window(256).build()) {
        Flux.range(0, ITEMS)
            .transform(Delegate.<Integer, Integer>parallel(work, on))
            .doOnNext(
                o -> {
                  sum[0] += o.orElseThrow();
                  if (++count[0] % (ITEMS / 4) == 0) {
                    System.out.println("used " + count[0] / (ITEMS / 4) + " " + usedAfterGc());
                  }
                })
            .blockLast();
      }
      System.out.println("sum " + sum[0]);
    }

    private static long usedAfterGc() {
      long least = Long.MAX_VALUE;
      for (int i = 0; i < 3; i++) { // children go on answering meanwhile
        System.gc();
        Runtime heap = Runtime.getRuntime();
        least = Math.min(least, heap.totalMemory() - heap.freeMemory());
      }
      return least;
    }
  }
}
