package io.delegate.engine;

import io.delegate.wire.Ledger;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Brings items to children: streams take turns, the child with the least in hand is next, and what
 * is queued behind a slow item goes to whoever has nothing to do. Called in the pool's drain.
 */
final class Dispatcher {
  /** An item that runs longer is slow: a take-back and a second sending cost some 20 µs. */
  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Pool pool;
  private final Options options;
  private final ArrayDeque<Source> turns = new ArrayDeque<>();
  private final ArrayDeque<Flight> returned = new ArrayDeque<>();

  /** Items of all streams that wait; streams count theirs up, we count down. */
  private final AtomicInteger waiting = new AtomicInteger();

  /** Single items that were submitted and have no outcome yet. */
  private final AtomicInteger admitted = new AtomicInteger();

  private int inHand;

  Dispatcher(Pool pool, Options options) {
    this.pool = pool;
    this.options = options;
  }

  // ---- from the streams

  /** An item has come; {@link #wake} must follow. Any thread. */
  void arrived() {
    waiting.incrementAndGet();
  }

  /** Whether one more single item may come; {@link #leave} must follow if so. Any thread. */
  boolean admit() {
    long most = (long) pool.capacity() + options.maxPending();
    if (admitted.incrementAndGet() <= most && waiting.get() <= options.maxPending()) {
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
    return waiting.get();
  }

  /** A stream has items. Any thread. */
  void wake(Source source) {
    if (source.enter()) {
      pool.post(() -> join(source));
    } else {
      pool.post(() -> {}); // the drain that found it empty may be at its end
    }
  }

  /** A cancel may have come before its last items. */
  private void join(Source source) {
    if (source.isCancelled()) {
      empty(source);
    } else {
      turns.addLast(source);
    }
  }

  private void empty(Source source) {
    while (source.poll() != null) {
      waiting.decrementAndGet();
    }
    source.leave();
    while (source.poll() != null) { // one may have come between the two
      waiting.decrementAndGet();
    }
  }

  // ---- in the drain

  /** Items that wait or are in hand. */
  int load() {
    inHand = 0;
    for (Slot slot : pool.slots()) {
      Child child = slot.upChild();
      if (child != null) {
        inHand += child.inHand(); // what was taken back is counted elsewhere
      }
    }
    return waiting.get() + returned.size() + inHand;
  }

  void dispatch() {
    for (Child child = next(); child != null; child = next()) {
      Flight flight = nextFlight();
      if (flight == null) {
        rebalance();
        return;
      }
      hand(child, flight);
    }
  }

  private void hand(Child child, Flight flight) {
    boolean first = child.hands.isEmpty();
    if (first) {
      child.headSince = pool.watch().limitNow();
    }
    try {
      child.hand(flight);
    } catch (RuntimeException | Error e) { // no memory for the frame, or the ledger is damaged
      if (child.hands.isEmpty() || child.hands.peekLast().flight != flight) {
        giveBack(flight);
      }
      pool.broke(child, "item " + flight.index + " cannot be handed over: " + e);
      return;
    }
    pool.fire(child.slot(), child, new SlotState.Event.Handed<>(1));
    pool.watch().itemHanded(first);
  }

  /** The child that has the least in hand. */
  private @Nullable Child next() {
    Child best = null;
    for (Slot slot : pool.slots()) {
      Child child = slot.openChild();
      if (child != null
          && (best == null || child.hands.size() < best.hands.size())
          && child.served + child.hands.size() < options.maxItems()) {
        best = child;
      }
    }
    return best;
  }

  private @Nullable Flight nextFlight() {
    for (Flight back = returned.pollFirst(); back != null; back = returned.pollFirst()) {
      if (!back.source.isCancelled()) {
        return back;
      }
    }
    for (Source source = turns.pollFirst(); source != null; source = turns.pollFirst()) {
      Flight flight = source.poll();
      if (flight == null) {
        source.leave();
        flight = source.poll(); // it may have come between the two
        if (flight != null && source.enter()) {
          turns.addLast(source);
        }
      } else {
        turns.addLast(source);
      }
      if (flight != null) {
        waiting.decrementAndGet();
        if (!source.isCancelled()) {
          return flight;
        }
      }
    }
    return null;
  }

  /** Those waited for nothing: a child cannot be started. */
  void failWaiting(Throwable why) {
    returned.forEach(flight -> flight.source.fail(why));
    returned.clear();
    List.copyOf(turns).stream().filter(s -> s.peek() != null).forEach(s -> s.fail(why));
  }

  /** Ends items that have waited too long; when the next will have, or 0. */
  long expire(Duration limit, long now) {
    long nanos = limit.toNanos();
    long next = 0;
    for (Source source : turns) {
      Flight f = source.peek();
      for (; f != null && now - f.arrived >= nanos; f = source.peek()) {
        source.poll();
        waiting.decrementAndGet();
        expire(f, limit);
      }
      next = earlier(next, f, nanos);
    }
    for (Iterator<Flight> back = returned.iterator(); back.hasNext(); ) {
      Flight f = back.next();
      if (now - f.arrived >= nanos && f.attempts == 0) {
        back.remove();
        expire(f, limit);
      }
    }
    for (Slot slot : pool.slots()) {
      Child child = slot.upChild();
      if (child != null) {
        for (Handed handed : child.hands) {
          Flight f = handed.flight;
          if (f != null && now - f.arrived >= nanos) {
            f = child.takeBack(handed);
            if (f != null) {
              expire(f, limit);
            }
          } else {
            next = earlier(next, f, nanos);
          }
        }
      }
    }
    return next;
  }

  private void expire(Flight flight, Duration limit) {
    if (!flight.source.isCancelled()) {
      Answer late = Answer.timedOut(flight, 0, Duration.ZERO, limit);
      pool.hub().answered(late);
      flight.source.answer(late);
    }
  }

  private static long earlier(long next, @Nullable Flight flight, long nanos) {
    if (flight == null) {
      return next;
    }
    long at = flight.arrived + nanos;
    return next == 0 || at - next < 0 ? at : next;
  }

  // ---- back from the children

  /** An item that never began, or is to run again: before all that wait. */
  void giveBack(Flight flight) {
    returned.addFirst(flight);
  }

  /** Takes back all that a child has not begun. */
  void takeBackAll(Child child) {
    for (Iterator<Handed> last = child.hands.descendingIterator(); last.hasNext(); ) {
      Flight flight = child.takeBack(last.next());
      if (flight != null) {
        giveBack(flight);
      }
    }
  }

  /**
   * A stream is cancelled: what waits is dropped, what has not begun taken back, what runs killed.
   */
  void drop(Source source) {
    turns.remove(source);
    empty(source);
    returned.removeIf(
        flight -> {
          if (flight.source != source) {
            return false;
          }
          source.discard(flight);
          return true;
        });
    for (Slot slot : pool.slots()) {
      Child child = slot.upChild();
      if (child != null) {
        drop(source, child);
      }
    }
  }

  private void drop(Source source, Child child) {
    for (Handed handed : child.hands) {
      if (handed.flight != null && handed.flight.source == source) {
        Flight flight = child.takeBack(handed);
        if (flight != null) {
          source.discard(flight);
        }
      }
    }
    Handed running = child.running();
    if (running != null && running.flight != null && running.flight.source == source) {
      kill(child, running, new Verdict(Verdict.Reason.CANCEL, running, null, ""));
    }
  }

  /**
   * Kills a child for the item it runs. First all it has not begun is taken back: else, if that
   * item ended just now, the kill would hit the next.
   */
  boolean kill(Child child, Handed suspect, Verdict verdict) {
    takeBackAll(child);
    if (!child.isUnderWay(suspect)) {
      return false;
    }
    child.verdict = verdict;
    pool.fire(child.slot(), child, new SlotState.Event.Kill<>());
    return true;
  }

  /** Nothing waits, so who has nothing to do takes over what is queued behind a slow item. */
  private void rebalance() {
    int idle = 0;
    List<Child> loaded = new ArrayList<>();
    for (Slot slot : pool.slots()) {
      Child child = slot.upChild();
      if (child != null && child.hands.size() > 1 && queued(child) > 0) {
        loaded.add(child);
      } else if (slot.isIdle()) {
        idle++;
      }
    }
    if (idle == 0 || loaded.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    boolean taken = false;
    for (Child child : loaded) {
      Handed head = child.running();
      if (head != null && now - child.since(head) >= SLOW_NANOS) {
        taken |= takeSome(child, idle);
      }
    }
    if (taken) {
      dispatch();
    } else {
      pool.watch().look(now + SLOW_NANOS);
    }
  }

  private static int queued(Child child) {
    int queued = 0;
    for (Handed handed : child.hands) {
      queued += handed.flight != null && child.stateOf(handed) == Ledger.State.QUEUED ? 1 : 0;
    }
    return queued;
  }

  /** Half of what is queued there, the last first; all of it if each idle child gets but one. */
  private boolean takeSome(Child child, int idle) {
    int queued = queued(child);
    int count = Math.max(Math.min(queued, idle), queued / 2);
    boolean taken = false;
    for (Iterator<Handed> last = child.hands.descendingIterator(); count > 0 && last.hasNext(); ) {
      Flight flight = child.takeBack(last.next());
      if (flight != null) {
        giveBack(flight);
        taken = true;
        count--;
      }
    }
    return taken;
  }
}
