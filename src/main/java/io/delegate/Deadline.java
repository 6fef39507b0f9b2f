package io.delegate;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How long an item may run: a fixed time, or a multiple of what items of the same work usually
 * take.
 *
 * <pre>{@code
 * builder.deadline(Deadline.timesMedian(5).atLeast(Duration.ofSeconds(1)));
 * }</pre>
 */
public final class Deadline {
  private static final Duration LONGEST = Duration.ofDays(365);

  private final double factor;
  private final Duration least;
  private final @Nullable Duration most;

  private Deadline(double factor, Duration least, @Nullable Duration most) {
    this.factor = factor;
    this.least = least;
    this.most = most;
  }

  /**
   * The same time for all.
   *
   * @param limit more than zero, at most a year
   * @return the deadline
   * @throws IllegalArgumentException for any other time
   */
  public static Deadline of(Duration limit) {
    check(limit, "limit");
    return new Deadline(0, limit, limit);
  }

  /**
   * So many times the median of the last 255 items of the same work that succeeded. While fewer
   * than eight have, only {@link #atMost} holds.
   *
   * @param factor at least 1
   * @return the deadline, without bounds
   * @throws IllegalArgumentException for a factor below 1, or one that is no number
   */
  public static Deadline timesMedian(double factor) {
    if (!(factor >= 1) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException("timesMedian(" + factor + "): give a factor of 1 or more");
    }
    return new Deadline(factor, Duration.ofMillis(1), null);
  }

  /**
   * Never less than this, however fast items usually are.
   *
   * @param limit more than zero, at most a year, not more than {@link #atMost}
   * @return a deadline with that bound
   * @throws IllegalArgumentException for any other time
   */
  public Deadline atLeast(Duration limit) {
    check(limit, "atLeast");
    return bounded(limit, factor == 0 ? limit : most);
  }

  /**
   * Never more than this, and this before anything is known.
   *
   * @param limit more than zero, at most a year, not less than {@link #atLeast}
   * @return a deadline with that bound
   * @throws IllegalArgumentException for any other time
   */
  public Deadline atMost(Duration limit) {
    check(limit, "atMost");
    return bounded(factor == 0 ? limit : least, limit);
  }

  private Deadline bounded(Duration low, @Nullable Duration high) {
    if (high != null && low.compareTo(high) > 0) {
      throw new IllegalArgumentException(
          "a deadline of at least " + low + " and at most " + high + ": swap the two");
    }
    return new Deadline(factor, low, high);
  }

  private static void check(Duration limit, String name) {
    Objects.requireNonNull(limit, name);
    if (limit.isZero() || limit.isNegative() || limit.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " = " + limit + ": give a time of more than zero and at most a year");
    }
  }

  /**
   * Whether it goes by what items usually take.
   *
   * @return false for a fixed time
   */
  public boolean isRelative() {
    return factor > 0;
  }

  /**
   * The time that is allowed.
   *
   * @param median what items usually take, zero while that is not known
   * @return the limit, or null for no limit yet
   */
  public @Nullable Duration limit(Duration median) {
    if (!isRelative()) {
      return least;
    }
    if (median.isZero()) {
      return most;
    }
    double nanos = Math.min(median.toNanos() * factor, (double) LONGEST.toNanos());
    Duration relative = Duration.ofNanos((long) nanos);
    if (relative.compareTo(least) < 0) {
      return least;
    }
    return most != null && relative.compareTo(most) > 0 ? most : relative;
  }

  /**
   * How many times the median.
   *
   * @return at least 1; 0 for a fixed time
   */
  public double factor() {
    return factor;
  }

  /**
   * The lower bound, or the fixed time.
   *
   * @return more than zero
   */
  public Duration least() {
    return least;
  }

  /**
   * The upper bound, or the fixed time.
   *
   * @return null for none
   */
  public @Nullable Duration most() {
    return most;
  }

  /** One readable line. */
  @Override
  public String toString() {
    if (!isRelative()) {
      return least.toString();
    }
    return factor + " x median, at least " + least + (most == null ? "" : ", at most " + most);
  }
}
