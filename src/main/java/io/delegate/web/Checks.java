package io.delegate.web;

import java.time.Duration;
import java.util.Objects;

/** What options may be. */
final class Checks {
  private static final Duration LONGEST = Duration.ofDays(365);

  private Checks() {}

  static void atLeast(long least, long value, String option) {
    if (value < least) {
      throw new IllegalArgumentException(
          "option " + option + " = " + value + ": give " + least + " or more");
    }
  }

  static Duration time(Duration time, String option) {
    Objects.requireNonNull(time, option);
    if (time.compareTo(Duration.ZERO) <= 0 || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "option %s = %s: give a time of more than zero and at most a year"
              .formatted(option, time));
    }
    return time;
  }
}
