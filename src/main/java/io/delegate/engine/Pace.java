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

  /** A child that rests for that part of the time is not worth an item that waits for it. */
  private static final double LITTLE = .02;

  /** Trips differ. */
  private static final double MARGIN = 1.5;

  /** Nanoseconds, of which a byte counts for one. */
  private double each;

  private long known;

  /** The same once enough is known, and 0 before; read by the streams, too. */
  private volatile double settled;

  /** What an item adds to the work in hand, however small it is. */
  private long least = AMOUNT;

  /** Read by the streams, too. */
  private volatile int window = 1;

  int window() {
    return window;
  }

  /**
   * How many items somebody so far away is to have for each of its children: what is in hand while
   * an answer comes here and the next item goes there, besides what it would have here.
   */
  int windowAt(long tripNanos) {
    double item = settled;
    double meanwhile = item == 0 ? 0 : tripNanos / item;
    double more = meanwhile < LITTLE ? 0 : Math.ceil(MARGIN * meanwhile);
    return (int) Math.min(MOST, window + more);
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
    settled = known < MEMORY ? 0 : Math.max(1, each);
    double wanted = Math.min(AMOUNT / Math.max(1, each), (double) GROWTH * known);
    int most = (int) Math.max(1, Math.min(MOST, wanted));
    if (most != window) {
      window = most;
      least = (AMOUNT + most - 1) / most;
    }
  }
}
