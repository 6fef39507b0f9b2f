package io.delegate.web;

import com.fasterxml.jackson.core.JsonGenerator;
import io.delegate.Progress;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A slot as the page shows it: its child, and the strip of what ran in it. */
final class Lane {
  enum State {
    IDLE,
    RUNNING,
    SLOW,
    GONE
  }

  private final int slot;
  private final Deque<Segment> strip = new ArrayDeque<>();
  private long stamp;
  private long pid;
  private State state = State.GONE;
  private long up;
  private long since;
  private long items;
  private @Nullable Object item;
  private String text = "";
  private String progress = "";
  private String end = "";
  private @Nullable DeathEntry fatal;

  Lane(int slot) {
    this.slot = slot;
  }

  int slot() {
    return slot;
  }

  long since() {
    return since;
  }

  boolean isFree() {
    return state == State.GONE;
  }

  /** Whether a child is in the middle of something. */
  boolean runs() {
    return state == State.RUNNING || state == State.SLOW;
  }

  /** What the child has died of, where its item has told that already. */
  @Nullable DeathEntry fatal() {
    return fatal;
  }

  void fatal(DeathEntry entry) {
    fatal = entry;
  }

  void spawn(long child, long now, long version) {
    pid = child;
    up = now;
    items = 0;
    end = "";
    fatal = null;
    become(State.IDLE, null, now, version);
  }

  void begin(Object begun, long now, long version) {
    become(State.RUNNING, begun, now, version);
  }

  void slow(Object running, long begun, long version) {
    become(State.SLOW, running, begun, version);
  }

  void progress(Progress said, long version) {
    if (runs()) {
      progress = ShortText.of(said);
      stamp = version;
    }
  }

  void finish(long now, long version) {
    items++;
    if (!isFree()) {
      become(State.IDLE, null, now, version);
    }
  }

  void exit(String how, long now, long version) {
    end = how;
    become(State.GONE, null, now, version);
  }

  private void become(State next, @Nullable Object with, long at, long version) {
    state = next;
    item = with;
    text = "";
    progress = next == State.SLOW ? progress : ""; // that is of the same item
    since = at;
    stamp = version;
  }

  /** What it runs; the item is let go, since it may be large. */
  String text() {
    Object untold = item;
    if (untold != null) {
      text = ShortText.of(untold);
      item = null;
    }
    return text;
  }

  /** The end of the strip. */
  @Nullable Segment last() {
    return strip.peekLast();
  }

  /** The beginning goes where there is more than that many, or what is older. */
  void add(Segment segment, int most, long oldest) {
    strip.addLast(segment);
    Segment first = strip.peekFirst();
    while (first != null && first != segment && (strip.size() > most || first.to() < oldest)) {
      strip.removeFirst();
      first = strip.peekFirst();
    }
  }

  int pieces() {
    return strip.size();
  }

  /** The pieces that are new since then; only the last ones can be. */
  Collection<Segment> since(long seen) {
    Deque<Segment> found = new ArrayDeque<>();
    Iterator<Segment> backwards = strip.descendingIterator();
    while (backwards.hasNext()) {
      Segment segment = backwards.next();
      if (segment.stamp() <= seen) {
        break;
      }
      found.addFirst(segment);
    }
    return found;
  }

  boolean isNew(long seen) {
    return stamp > seen;
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeNumberField("slot", slot);
    json.writeNumberField("pid", pid);
    json.writeStringField("state", state.name().toLowerCase(Locale.ROOT));
    json.writeNumberField("up", up / 1_000_000);
    json.writeNumberField("since", since / 1_000_000);
    json.writeNumberField("items", items);
    json.writeStringField("item", text());
    if (!progress.isEmpty()) {
      json.writeStringField("progress", progress);
    }
    json.writeStringField("end", end);
    json.writeEndObject();
  }
}
