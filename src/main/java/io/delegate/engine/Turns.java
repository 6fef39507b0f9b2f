package io.delegate.engine;

import io.delegate.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Streams that have items take turns, and what came back is next. Used in a host's drain. */
final class Turns {
  private final ArrayDeque<Source> turns = new ArrayDeque<>();
  private final ArrayDeque<Flight> returned = new ArrayDeque<>();

  /**
   * Items of all streams that wait; streams count theirs up, we count down. Too low for a moment
   * where some are taken before their stream has counted them; it wakes us when it has.
   */
  private final AtomicInteger waiting = new AtomicInteger();

  /** Single items that were submitted and have no outcome yet. */
  private final AtomicInteger admitted = new AtomicInteger();

  /** Items have come. Any thread. */
  void arrived(int count) {
    waiting.addAndGet(count);
  }

  /** Whether one more single item may come; {@link #leave} must follow if so. Any thread. */
  boolean admit(long running, int maxPending) {
    if (admitted.incrementAndGet() <= running + maxPending && waiting.get() <= maxPending) {
      return true;
    }
    admitted.decrementAndGet();
    return false;
  }

  /** A single item has its outcome, or needs none. Any thread. */
  void leave() {
    admitted.decrementAndGet();
  }

  int waiting() {
    return Math.max(0, waiting.get()) + returned.size();
  }

  boolean anyWaits() {
    return waiting.get() > 0 || !returned.isEmpty();
  }

  /** A stream that has entered. A cancel may have come before its last items. */
  void join(Source source) {
    if (source.isCancelled()) {
      empty(source);
    } else {
      turns.addLast(source);
    }
  }

  void giveBack(Flight flight) {
    returned.addFirst(flight);
  }

  /** Gives items, each stream one after the other, for as long as they are taken. */
  void giveTo(Predicate<Flight> taker) {
    for (Iterator<Flight> back = returned.iterator(); back.hasNext(); ) {
      Flight flight = back.next();
      if (flight.source.isCancelled()) {
        back.remove();
        flight.source.discard(flight);
      } else if (taker.test(flight)) {
        back.remove();
      }
    }
    int refused = 0;
    while (refused < turns.size()) {
      Source source = turns.removeFirst();
      try {
        Flight flight = source.peek();
        if (flight == null) {
          refused = 0;
        } else if (source.isCancelled()) {
          source.discard(polled(source));
          refused = 0;
        } else if (taker.test(flight)) {
          Flight unused = polled(source);
          refused = 0;
        } else {
          refused++;
        }
      } finally { // want of memory may end it anywhere
        stayOrLeave(source);
      }
    }
  }

  /** The one that was seen there. */
  private Flight polled(Source source) {
    waiting.decrementAndGet();
    return Objects.requireNonNull(source.poll());
  }

  /** It has its next turn if it has more items. */
  private void stayOrLeave(Source source) {
    if (source.peek() == null) {
      source.leave();
      if (source.peek() == null || !source.enter()) { // one may have come between the two
        return;
      }
    }
    turns.addLast(source);
  }

  /** A stream wants no more. */
  void drop(Source source) {
    turns.remove(source);
    empty(source);
    returned.removeIf(
        flight -> {
          if (flight.source == source) {
            source.discard(flight);
          }
          return flight.source == source;
        });
  }

  private void empty(Source source) {
    discardAll(source);
    source.leave();
    discardAll(source); // one may have come between the two
  }

  private void discardAll(Source source) {
    for (Flight flight = source.poll(); flight != null; flight = source.poll()) {
      waiting.decrementAndGet();
      source.discard(flight);
    }
  }

  /** Ends items that have waited too long; when the next will have, or 0. */
  long expire(Duration limit, long now, Consumer<Answer> ended) {
    long nanos = limit.toNanos();
    long next = 0;
    for (int left = turns.size(); left > 0; left--) {
      Source source = turns.removeFirst();
      try {
        Flight flight = source.peek();
        for (; flight != null && now - flight.arrived >= nanos; flight = source.peek()) {
          Answer answer = late(flight, limit); // what needs memory comes first
          tell(polled(source), answer, ended);
        }
        next = earlier(next, flight, nanos);
      } finally {
        stayOrLeave(source);
      }
    }
    for (Iterator<Flight> back = returned.iterator(); back.hasNext(); ) {
      Flight flight = back.next();
      if (flight.attempts > 0) {
        continue; // what has run once does not only wait
      }
      if (now - flight.arrived >= nanos) {
        Answer answer = late(flight, limit);
        back.remove();
        tell(flight, answer, ended);
      } else {
        next = earlier(next, flight, nanos);
      }
    }
    return next;
  }

  /** It is in no hand any more: if this fails, its stream ends with that. */
  private static void tell(Flight flight, Answer answer, Consumer<Answer> ended) {
    try {
      ended.accept(answer);
    } catch (RuntimeException | Error e) {
      flight.source.fail(e);
      throw e;
    }
  }

  /** Tells what is known of those of a stream that were to run once more. */
  void giveUp(Source source, Consumer<Answer> ended) {
    for (Iterator<Flight> back = returned.iterator(); back.hasNext(); ) {
      Flight flight = back.next();
      Answer known = flight.source == source ? flight.lastWord : null;
      if (known != null) {
        back.remove();
        tell(flight, known, ended);
      }
    }
  }

  private static Answer late(Flight flight, Duration limit) {
    return Answer.timedOut(flight, 0, Duration.ZERO, limit, "", Outcome.Limit.QUEUE);
  }

  private static long earlier(long next, @Nullable Flight flight, long nanos) {
    if (flight == null) {
      return next;
    }
    long at = flight.arrived + nanos;
    return next == 0 || at - next < 0 ? at : next;
  }
}
