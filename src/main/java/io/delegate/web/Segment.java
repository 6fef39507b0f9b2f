package io.delegate.web;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * A piece of the strip of a slot: one item that ran, or several short ones in a row, of one child.
 * The last piece of a strip may still grow.
 */
final class Segment {
  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;

  private final long id;
  private final int slot;
  private final long pid;
  private final long from;
  private final boolean growing;
  private final int[] counts = new int[Kind.COUNT];
  private long to;
  private long took;

  /** Of the first, and from the first failure on of that. */
  private String item;

  private String why;
  private long stamp;

  /**
   * Makes one without an outcome.
   *
   * @param from when it began, in ns of the board's clock
   * @param growing whether short ones that follow may join
   */
  Segment(long id, int slot, long pid, long from, long to, boolean growing, String item) {
    this.id = id;
    this.slot = slot;
    this.pid = pid;
    this.from = from;
    this.to = to;
    this.growing = growing;
    this.item = item;
    this.why = "";
  }

  long stamp() {
    return stamp;
  }

  long to() {
    return to;
  }

  /** Whether another short one of that child is part of this. */
  boolean takes(long child, long now, long span) {
    return growing && pid == child && now - from < span;
  }

  /** Whether the text of this kind is worth more than the one that is there. */
  boolean wantsText(Kind kind) {
    return kind == Kind.FAILURE && counts[Kind.FAILURE.ordinal()] == 0;
  }

  void name(String newItem, String newWhy) {
    item = newItem;
    why = newWhy;
  }

  void add(Kind kind, long time, long now) {
    counts[kind.ordinal()]++;
    took += time;
    to = now;
  }

  void stamp(long version) {
    stamp = version;
  }

  /** {@code [id, slot, pid, from, to, took, success, failure, aborted, timedOut, item, why]}. */
  void write(JsonGenerator json) throws IOException {
    json.writeStartArray();
    json.writeNumber(id);
    json.writeNumber(slot);
    json.writeNumber(pid);
    json.writeNumber(from / MILLI);
    json.writeNumber(to / MILLI);
    json.writeNumber(took / MICRO);
    for (int count : counts) {
      json.writeNumber(count);
    }
    json.writeString(item);
    json.writeString(why);
    json.writeEndArray();
  }
}
