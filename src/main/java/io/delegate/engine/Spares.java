package io.delegate.engine;

import java.util.concurrent.TimeUnit;

/**
 * How many children are to be up and waiting beyond those that have work, so that the loss of one
 * does not cost the next item the start of a JVM. Unless the user has set a number, it follows the
 * losses: as many as are to be expected while one starts, twice over since they come in bursts, and
 * at least one for half a minute after any.
 */
final class Spares {
  /** Of the number that is not set. */
  static final int FOLLOW = -1;

  /** After that time a loss counts for a third (1/e). */
  private static final double MEMORY_SECONDS = 10;

  /** Less than what one loss is worth after half a minute is none. */
  private static final double FORGOTTEN = 0.05;

  /** Of a child that nobody has seen start yet. */
  private static final double USUAL_START_SECONDS = 0.25;

  /** The weight of the last start in their mean. */
  private static final double NEW = 0.3;

  private static final double CAUTION = 2;

  private final int set;
  private double losses;
  private long lostAt;
  private double startSeconds = USUAL_START_SECONDS;

  Spares(int set) {
    this.set = set;
  }

  /** A child is up, after that time. */
  void started(long nanos) {
    startSeconds += NEW * (seconds(nanos) - startSeconds);
  }

  /** A child that had served is gone, and nobody had asked it to go. */
  void lost(long now) {
    losses = remembered(now) + 1;
    lostAt = now;
  }

  int wanted(long now) {
    if (set != FOLLOW) {
      return set;
    }
    double known = remembered(now);
    if (known < FORGOTTEN) {
      return 0;
    }
    double expected = CAUTION * startSeconds * known / MEMORY_SECONDS;
    return (int) Math.ceil(Math.min(expected, known)); // slow starts make no more losses
  }

  private double remembered(long now) {
    return losses == 0 ? 0 : losses * Math.exp(-seconds(now - lostAt) / MEMORY_SECONDS);
  }

  private static double seconds(long nanos) {
    return (double) nanos / TimeUnit.SECONDS.toNanos(1);
  }
}
