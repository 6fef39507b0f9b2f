package io.delegate.web;

import java.time.Duration;
import java.util.Locale;
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

  /** The site of a page, as a browser writes it. */
  static String origin(String origin) {
    String text = origin.toLowerCase(Locale.ROOT);
    if (!text.matches("https?://([a-z0-9._-]+|\\[[0-9a-f:.]+])(:\\d{1,5})?")) {
      throw new IllegalArgumentException(
          "option allowedOrigins = "
              + origin
              + ": give scheme, name and, unless it is the usual one, port, such as https://app.example.com");
    }
    return text.replaceFirst(text.startsWith("https:") ? ":443$" : ":80$", "");
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
