package io.delegate.engine;

import java.time.Duration;
import java.util.Arrays;

/** The running times of the last items of a work, for their median. In the pool's drain only. */
final class Times {
  private static final int KEPT = 255;

  /** So many must be known before their median says anything. */
  private static final int ENOUGH = 8;

  /** The median is found anew after so many: sorting takes some microseconds. */
  private static final int STALE = 16;

  private long[] nanos = new long[ENOUGH];
  private int count;
  private int next;
  private int added = STALE;
  private Duration median = Duration.ZERO;

  void add(long time) {
    if (next == nanos.length && nanos.length < KEPT) {
      nanos = Arrays.copyOf(nanos, Math.min(KEPT, 4 * nanos.length));
    }
    next %= nanos.length;
    nanos[next++] = Math.max(1, time);
    count = Math.min(KEPT, count + 1);
    added++;
  }

  /** Zero while too few are known. */
  Duration median() {
    if (count >= ENOUGH && (added >= STALE || median.isZero())) {
      long[] sorted = Arrays.copyOf(nanos, count);
      Arrays.sort(sorted);
      median = Duration.ofNanos(sorted[count / 2]);
      added = 0;
    }
    return median;
  }
}
