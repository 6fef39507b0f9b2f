package io.delegate.report;

import java.time.Duration;
import java.util.Locale;

/** Lengths of time for people: three digits that count, and a unit. */
final class Spans {
  private Spans() {}

  static String of(Duration span) {
    double nanos = span.getSeconds() * 1e9 + span.getNano();
    if (nanos < 999.5) {
      return String.format(Locale.ROOT, "%.0f ns", nanos);
    }
    if (nanos < 999.5e3) {
      return digits(nanos / 1e3) + " µs";
    }
    if (nanos < 999.5e6) {
      return digits(nanos / 1e6) + " ms";
    }
    if (nanos < 59.95e9) {
      return digits(nanos / 1e9) + " s";
    }
    long seconds = Math.round(nanos / 1e9);
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
    }
    long minutes = Math.round(seconds / 60.0);
    return String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
  }

  private static String digits(double value) {
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
