package io.delegate.spring;

import java.util.Arrays;

/** How often something happened in the last sixty seconds; in bounded room. */
final class LastMinute {
  private static final int SECONDS = 60;

  private final long[] second = new long[SECONDS];
  private final int[] count = new int[SECONDS];

  LastMinute() {
    Arrays.fill(second, Long.MIN_VALUE);
  }

  void add(long now) {
    int at = (int) Math.floorMod(now, (long) SECONDS);
    if (second[at] != now) {
      second[at] = now;
      count[at] = 0;
    }
    count[at]++;
  }

  int sum(long now) {
    int sum = 0;
    for (int i = 0; i < SECONDS; i++) {
      if (second[i] > now - SECONDS) {
        sum += count[i];
      }
    }
    return sum;
  }
}
