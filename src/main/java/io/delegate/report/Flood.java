package io.delegate.report;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.event.Level;

/** Lets through so many lines of a kind in a second, and counts those it does not. */
final class Flood {
  /** Kinds of lines that come as often as there are items. */
  enum Kind {
    BEGUN(Level.TRACE, "items begun"),
    SLOW(Level.INFO, "slow items"),
    PROGRESS(Level.DEBUG, "reports of progress"),
    SUCCEEDED(Level.DEBUG, "successes"),
    FAILED(Level.INFO, "failures"),
    ABORTED(Level.WARN, "aborted items"),
    TIMED_OUT(Level.WARN, "items timed out");

    final Level level;
    final String many;

    Kind(Level level, String many) {
      this.level = level;
      this.many = many;
    }
  }

  private static final class Second {
    long until;
    int lines;
    long left;
  }

  private final int most;
  private final LongSupplier clock;
  private final Map<Kind, Second> seconds = new EnumMap<>(Kind.class);

  /**
   * @param most lines of a kind in a second
   */
  Flood(int most, LongSupplier clock) {
    this.most = most;
    this.clock = clock;
    long now = clock.getAsLong();
    for (Kind kind : Kind.values()) {
      Second second = new Second();
      second.until = now;
      seconds.put(kind, second);
    }
  }

  /** Whether a line may be written now. */
  synchronized boolean admits(Kind kind) {
    Second second = of(kind);
    long now = clock.getAsLong();
    if (now - second.until >= 0) {
      second.until = now + TimeUnit.SECONDS.toNanos(1);
      second.lines = 0;
    }
    if (second.lines < most) {
      second.lines++;
      return true;
    }
    second.left++;
    return false;
  }

  /** How many were left out since this was asked for last. */
  synchronized long left(Kind kind) {
    Second second = of(kind);
    long left = second.left;
    second.left = 0;
    return left;
  }

  private Second of(Kind kind) {
    Second second = seconds.get(kind);
    if (second == null) {
      throw new IllegalStateException(kind.name());
    }
    return second;
  }
}
