package io.delegate.report;

import java.time.Duration;
import java.util.Locale;

/** Times and numbers as a person reads them, in the same words wherever they stand. */
final class Amounts {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private Amounts() {}

  /** To a tenth of a second below a minute, then coarser and coarser. */
  static String time(long nanos) {
    if (nanos < MINUTE) {
      long tenths = Math.max(0, nanos) / (100 * MILLI);
      return tenths / 10 + "." + tenths % 10 + " s";
    }
    return coarse(nanos);
  }

  /** The same in whole seconds: what counts up or down in a corner of the eye. */
  static String clock(long nanos) {
    return nanos < MINUTE ? Math.max(0, nanos) / SECOND + " s" : coarse(nanos);
  }

  /** As it was set, without tenths that nobody set. */
  static String limit(Duration limit) {
    long nanos = nanos(limit);
    if (nanos < SECOND) {
      return Math.max(1, nanos / MILLI) + " ms";
    }
    String text = nanos < MINUTE && nanos % SECOND != 0 ? time(nanos) : clock(nanos);
    return text.replaceFirst(" 00 \\w+$", "");
  }

  /** Nobody can tell to the second when much will be done. */
  static String left(long nanos) {
    if (nanos < 100 * SECOND) {
      return Math.max(1, nanos / SECOND) + " s left";
    }
    if (nanos < 100 * MINUTE) {
      return nanos / MINUTE + " min left";
    }
    return nanos < 100 * HOUR ? nanos / HOUR + " h left" : nanos / DAY + " days left";
  }

  static String number(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 9.95 ? "%.1f" : "%,.0f", perSecond);
  }

  /** One of them, or many. */
  static String count(long n, String word) {
    return number(n) + " " + word + (n == 1 ? "" : "s");
  }

  static long nanos(Duration time) {
    try {
      return time.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  private static String coarse(long nanos) {
    if (nanos < HOUR) {
      return pair(nanos / MINUTE, "min", nanos % MINUTE / SECOND, "s");
    }
    return nanos < DAY
        ? pair(nanos / HOUR, "h", nanos % HOUR / MINUTE, "min")
        : pair(nanos / DAY, "d", nanos % DAY / HOUR, "h");
  }

  private static String pair(long large, String unit, long small, String smaller) {
    return String.format(Locale.ROOT, "%d %s %02d %s", large, unit, small, smaller);
  }
}
