package io.delegate.web;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Lets through one of many in a while, and counts the others. */
final class Sparse {
  private final long pause;
  private final LongSupplier clock;
  private long next;
  private long others;

  Sparse(Duration pause, LongSupplier clock) {
    this.pause = pause.toNanos();
    this.clock = clock;
    next = clock.getAsLong();
  }

  /** How many there were since the last that was let through; -1 for one that is not. */
  synchronized long admit() {
    long now = clock.getAsLong();
    if (now - next < 0) {
      others++;
      return -1;
    }
    next = now + pause;
    long before = others;
    others = 0;
    return before;
  }
}
