package io.delegate.engine;

import org.jspecify.annotations.Nullable;

/** One item from its arrival to its outcome. Changed in the pool's drain only. */
final class Flight {
  final Source source;
  final Object item;
  final Shipped work;

  /** The item in its form on the wire. */
  final byte[] value;

  /** Where it stands among the items of its source. */
  final long index;

  /** When it began to wait, by {@link System#nanoTime()}. */
  final long arrived = System.nanoTime();

  /** How often it has run. */
  int attempts;

  /** Whether its last run ended for want of memory. */
  boolean hadNoMemory;

  /** What is to be said of it if it cannot be run again. */
  @Nullable Answer lastWord;

  /** How often there was no memory to hand it over. */
  int noRoom;

  /** How often its child died just before it began. */
  int unbegun;

  Flight(Source source, Object item, Shipped work, byte[] value, long index) {
    this.source = source;
    this.item = item;
    this.work = work;
    this.value = value;
    this.index = index;
  }
}
