package io.delegate.engine;

import org.jspecify.annotations.Nullable;

/** An item frame sent to a child and not yet answered. Every frame is answered once, in order. */
final class Handed {
  final long seq;
  final int place;

  /** The item; null once it was taken back. */
  @Nullable Flight flight;

  /** What it adds to the work in its child's hands, by {@link Pace}. */
  final long cost;

  /** Whether listeners know that it runs. */
  boolean told;

  /** Whether listeners know that it runs for long. */
  boolean toldSlow;

  Handed(long seq, int place, Flight flight) {
    this.seq = seq;
    this.place = place;
    this.flight = flight;
    this.cost = flight.work.pace().cost(flight.size);
  }
}
