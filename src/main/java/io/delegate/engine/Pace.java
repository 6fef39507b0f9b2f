package io.delegate.engine;

import java.util.concurrent.TimeUnit;

/**
 * How many items of a work a child is handed at once, where the user has not said: {@value
 * #AMOUNT_MICROS} µs of work, so that a round trip of some 20 µs is little beside it, and so is the
 * wait behind it; one item where that takes longer. Told by the pool's drain only.
 */
final class Pace {
  /** Most items, however fast. */
  static final int MOST = 2048;

  private static final long AMOUNT_MICROS = 1_500;

  /** Nanoseconds of work with which a child is busy. */
  static final long AMOUNT = TimeUnit.MICROSECONDS.toNanos(AMOUNT_MICROS);

  /** Bytes of items that are as much as that: to copy and send one takes about a nanosecond. */
  static final int AMOUNT_BYTES = 1 << 20;

  /** So many times more may be in hand than were answered: the first times of a work say little. */
  private static final int GROWTH = 4;

  /** Each time counts for one in so many: one slow item is forgotten after some fast ones. */
  private static final int MEMORY = 8;

  private double each;
  private long known;

  /** What an item adds to the work in hand, however small it is. */
  private long least = AMOUNT;

  /** Read by the streams, too. */
  private volatile int window = 1;

  int window() {
    return window;
  }

  /** What one more item adds to the work in a child's hands. */
  long cost(int bytes) {
    return Math.max(least, bytes * AMOUNT / AMOUNT_BYTES);
  }

  /** An item was answered; {@link #settle} is to follow after the last of many. */
  void took(long nanos, long bytes) {
    known++;
    double now = (double) Math.max(0, nanos) + bytes;
    each += (now - each) * (known < MEMORY ? 1.0 / known : 1.0 / MEMORY);
  }

  /** Draws the conclusion. */
  void settle() {
    double wanted = Math.min(AMOUNT / Math.max(1, each), (double) GROWTH * known);
    int most = (int) Math.max(1, Math.min(MOST, wanted));
    if (most != window) {
      window = most;
      least = (AMOUNT + most - 1) / most;
    }
  }
}
