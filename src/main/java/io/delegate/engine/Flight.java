package io.delegate.engine;

import io.delegate.wire.Values;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One item from its arrival to its outcome. Changed in the pool's drain only. */
final class Flight {
  /** Bytes. A thousand smaller ones are little beside what else a child takes. */
  private static final int LARGE = 1 << 10;

  final Source source;
  final Object item;
  final Shipped work;

  /** The item in its form on the wire; null where it is small and written when it is sent. */
  private final byte @Nullable [] value;

  /** Bytes of that form. */
  final int size;

  /** Where it stands among the items of its source. */
  final long index;

  /** When it began to wait, by {@link System#nanoTime()}; 0 where nobody wants to know. */
  final long arrived;

  /** What it takes along, and who follows it: set once, before the pool sees it. */
  @Nullable Carried carried;

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

  Flight(Source source, Object item, Shipped work, byte[] value, long index, long arrived) {
    this(source, item, work, value, value.length, index, arrived);
  }

  private Flight(
      Source source,
      Object item,
      Shipped work,
      byte @Nullable [] value,
      int size,
      long index,
      long arrived) {
    this.source = source;
    this.item = item;
    this.work = work;
    this.value = value;
    this.size = size;
    this.index = index;
    this.arrived = arrived;
  }

  /** Of an item that never changes, and takes so many bytes on the wire. */
  static Flight late(Source source, Object item, Shipped work, int size, long index, long arrived) {
    return new Flight(source, item, work, null, size, index, arrived);
  }

  /** Writes the item in its form on the wire. */
  void put(ByteBuffer out) {
    if (value == null) {
      Values.putScalar(out, item);
    } else {
      out.put(value);
    }
  }

  /** The item in its form on the wire. */
  byte[] bytes() {
    byte[] known = value;
    if (known == null) {
      known = new byte[size];
      Values.putScalar(ByteBuffer.wrap(known), item);
    }
    return known;
  }

  /** The frame of what it takes along, or null. */
  byte @Nullable [] context() {
    return carried == null ? null : carried.frame;
  }

  /** Its form on the wire if that is too long to be gathered with others. */
  byte @Nullable [] large() {
    return size < LargeResult.LEAST ? null : value;
  }

  /** Whether its bytes are worth counting. */
  boolean isLarge() {
    return size > LARGE;
  }
}
