package io.delegate.engine;

import org.jspecify.annotations.Nullable;

/** An item frame sent to a child and not yet answered. Every frame is answered once, in order. */
final class Handed {
  final long seq;
  final int place;

  /** The item; null once it was taken back. */
  @Nullable Flight flight;

  /** Whether listeners know that it runs. */
  boolean told;

  Handed(long seq, int place, Flight flight) {
    this.seq = seq;
    this.place = place;
    this.flight = flight;
  }
}
