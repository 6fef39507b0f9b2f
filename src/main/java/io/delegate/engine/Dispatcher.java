package io.delegate.engine;

import io.delegate.Outcome;
import io.delegate.wire.Ledger;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
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

  /** A child that is well begins its next item sooner. */
  private static final long SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long STALL_NANOS = 2 * Pace.AMOUNT;

  /** How long to wait where there is no memory for a frame, and how often: a second in all. */
  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final int MOST_TRIES = 50;

  /** A child is handed at most so many items in a row, and that share of those that wait. */
  private static final int MOST_AT_ONCE = 64;

  private static final int SHARES = 4;

  /** How long a child that is to be killed for time may take to tell what its threads do. */
  private static final long DUMP_MILLIS = 500;

  private final Pool pool;
  private final Options options;
  private final ArrayDeque<Source> turns = new ArrayDeque<>();
  private final ArrayDeque<Flight> returned = new ArrayDeque<>();

  /** Items whose child died, to be run again: each in a fresh child, and alone. */
  private final ArrayDeque<Flight> suspects = new ArrayDeque<>();

  /**
   * Items of all streams that wait; streams count theirs up, we count down. Too low for a moment
   * where some are taken before their stream has counted them; it wakes us when it has.
   */
  private final AtomicInteger waiting = new AtomicInteger();

  /** Single items that were submitted and have no outcome yet. */
  private final AtomicInteger admitted = new AtomicInteger();

  private int inHand;

  /** Items a child was just handed, and the first of them if it had none before. */
  private int handed;

  private @Nullable Flight handedFirst;

  /** Items taken from the streams and not yet counted down. */
  private int taken;

  /** Nothing is handed over before that, for want of memory; 0 where there is enough. */
  private long restUntil;

  private final long stallNanos;

  Dispatcher(Pool pool, Options options) {
    this.pool = pool;
    this.options = options;
    int processors = Runtime.getRuntime().availableProcessors();
    this.stallNanos = STALL_NANOS * Math.max(1, options.children() / processors);
  }

  /**
   * After how long an item holds up what is behind it. Longer than the work that {@link Pace}
   * allows to be in hand, and than a child waits for a processor.
   */
  long stallNanos() {
    return stallNanos;
  }

  // ---- from the streams

  /** Items have come; {@link #wake} must follow. Any thread. */
  void arrived(int count) {
    waiting.addAndGet(count);
  }

  /** Whether one more single item may come; {@link #leave} must follow if so. Any thread. */
  boolean admit() {
    long most = (long) pool.children() * Math.max(1, options.window()) + options.maxPending();
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
    return Math.max(0, waiting.get());
  }

  /** Whether any item may wait longer than it should. */
  boolean anyWaits() {
    return waiting() > 0 || !returned.isEmpty() || (options.window() > 1 && load() > 0);
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

  // ---- in the drain

  /** Those in hand, when {@link #load} was asked for last. */
  int inHand() {
    return inHand;
  }

  /** Items that wait or are in hand. */
  int load() {
    inHand = 0;
    for (Slot slot : pool.slots()) {
      Child child = slot.upChild();
      if (child != null) {
        inHand += child.inHand(); // what was taken back is counted elsewhere
      }
    }
    return waiting() + returned.size() + suspects.size() + inHand;
  }

  /** How many items wait to be run again in a fresh child, of the usual heap or a larger one. */
  int suspects(boolean large) {
    int count = 0;
    for (Flight flight : suspects) {
      count += needsLarge(flight) == large ? 1 : 0;
    }
    return count;
  }

  private boolean needsLarge(Flight flight) {
    return flight.hadNoMemory && options.retryHeap() != null;
  }

  void dispatch() {
    if (restUntil != 0 && System.nanoTime() - restUntil < 0) {
      pool.watch().look(restUntil); // the alarm rings but once, and may have done so for another
      return;
    }
    restUntil = 0;
    for (int left = suspects.size();
        left > 0 && restUntil == 0;
        left--) { // what cannot be handed over comes back
      Flight flight = suspects.removeFirst();
      if (!handAlone(flight)) {
        suspects.addLast(flight);
      }
    }
    for (Child child = next(); child != null && restUntil == 0; child = next()) {
      if (!handSome(child)) {
        rebalance();
        return;
      }
    }
  }

  /**
   * Hands some items to a child; false when there are no more. To look for the child that has the
   * least in hand before each would cost more than all else, and where many wait it makes no
   * difference who gets which.
   */
  private boolean handSome(Child child) {
    int most = Math.min(MOST_AT_ONCE, waiting() / (SHARES * pool.slots().size()));
    try {
      Flight flight = nextFlight();
      boolean more = flight != null;
      while (flight != null) {
        boolean done = hand(child, flight);
        flight = done && --most > 0 && mayHave(child) ? nextFlight() : null;
      }
      return more;
    } finally { // want of memory may end it anywhere
      waiting.addAndGet(-taken);
      taken = 0;
      tellHanded(child);
    }
  }

  /** Whether there was a fresh child for it, or nobody wants it any more. */
  private boolean handAlone(Flight flight) {
    if (flight.source.isCancelled()) {
      flight.source.discard(flight);
      return true;
    }
    for (Slot slot : pool.slots()) {
      Child child = slot.isIdle() ? slot.upChild() : null;
      if (child != null && child.isFresh() && child.large() == needsLarge(flight)) {
        child.alone = true;
        try {
          boolean unused = hand(child, flight);
        } finally {
          tellHanded(child);
        }
        return true;
      }
    }
    return false;
  }

  /** False when it did not come about; {@link #tellHanded} is to follow. */
  private boolean hand(Child child, Flight flight) {
    if (child.hands.isEmpty()) {
      child.headSince = pool.watch().limitNow();
      child.headAt = System.nanoTime();
      handedFirst = flight;
    }
    try {
      child.makeRoom(flight);
    } catch (OutOfMemoryError e) {
      noRoom(flight, e);
      return false;
    } catch (RuntimeException | Error e) {
      giveBack(flight);
      pool.broke(child, "item " + flight.index + " cannot be handed over: " + e);
      return false;
    }
    try {
      child.hand(flight);
    } catch (RuntimeException | Error e) { // the ledger is damaged
      child.dropEnd();
      if (child.hands.isEmpty() || child.hands.peekLast().flight != flight) {
        giveBack(flight);
      }
      boolean noMemory = e instanceof OutOfMemoryError; // for a text, either
      pool.broke(
          child,
          noMemory
              ? "no memory to hand over an item"
              : "item " + flight.index + " cannot be handed over: " + e);
      return false;
    }
    handed++;
    return true;
  }

  /** What follows from the items that a child was handed. */
  private void tellHanded(Child child) {
    int count = handed;
    Flight first = handedFirst;
    handed = 0;
    handedFirst = null;
    if (count > 0) {
      pool.fire(child.slot(), child, new SlotState.Event.Handed<>(count));
      pool.watch().itemsHanded(first, count);
      if (first != null) {
        child.busy(true);
      }
    }
  }

  /** There is no memory for its frame just now: that is no fault of the child's. */
  private void noRoom(Flight flight, OutOfMemoryError why) {
    giveBack(flight); // first: all that follows may need memory
    restUntil = System.nanoTime() + REST_NANOS;
    boolean allIdle = true; // what children have in hand takes memory, too
    for (Slot slot : pool.slots()) {
      Child child = slot.upChild();
      allIdle &= child == null || child.hands.isEmpty();
    }
    flight.noRoom += allIdle ? 1 : 0;
    if (flight.noRoom < MOST_TRIES) {
      pool.watch().look(restUntil);
    } else {
      restUntil = 0;
      Answer last = flight.lastWord;
      Answer answer = last != null ? last : Answer.unsendable(flight, why);
      (isSuspect(flight) ? suspects : returned).remove(flight);
      tell(flight, answer);
    }
  }

  /** The child that has the least in hand. */
  private @Nullable Child next() {
    Child best = null;
    for (Slot slot : pool.slots()) {
      Child child = slot.openChild();
      if (child != null
          && (best == null || child.hands.size() < best.hands.size())
          && mayHave(child)) {
        best = child;
      }
    }
    return best;
  }

  private boolean mayHave(Child child) {
    return child.isOpen()
        && child.served + child.hands.size() < options.maxItems()
        && (!child.large() || suspects.isEmpty()); // the large ones are for those
  }

  private @Nullable Flight nextFlight() {
    for (Flight back = returned.pollFirst(); back != null; back = returned.pollFirst()) {
      if (!back.source.isCancelled()) {
        return back;
      }
      back.source.discard(back);
    }
    for (Source source = turns.pollFirst(); source != null; source = turns.pollFirst()) {
      Flight flight = source.poll();
      stayOrLeave(source);
      if (flight != null) {
        taken++;
        if (!source.isCancelled()) {
          return flight;
        }
        source.discard(flight);
      }
    }
    return null;
  }

  /** No child can be started for those that are to run again: what was known of them stands. */
  void giveUpSuspects(boolean large) {
    for (Iterator<Flight> all = suspects.iterator(); all.hasNext(); ) {
      Flight flight = all.next();
      if (needsLarge(flight) == large && flight.lastWord != null) {
        all.remove();
        tell(flight, flight.lastWord);
      }
    }
  }

  private void tell(Flight flight, Answer answer) {
    if (flight.source.isCancelled()) {
      flight.source.discard(flight);
    } else {
      answer.share();
      pool.answer(answer);
      pool.hub().answered(answer);
    }
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

  /** Those waited for nothing: a child cannot be started. */
  void failWaiting(Throwable why) {
    failAll(returned, why);
    failAll(suspects, why);
    for (Source source = turns.pollFirst(); source != null; source = turns.pollFirst()) {
      source.fail(why);
      empty(source); // at once: else a child is started for what nobody waits for
    }
  }

  private static void failAll(ArrayDeque<Flight> flights, Throwable why) {
    for (Flight flight : flights) {
      flight.source.fail(why);
      flight.source.discard(flight);
    }
    flights.clear();
  }

  /** Ends items that have waited too long; when the next will have, or 0. */
  long expire(Duration limit, long now) {
    long nanos = limit.toNanos();
    long next = 0;
    for (int left = turns.size(); left > 0; left--) {
      Source source = turns.removeFirst();
      try {
        Flight f = source.peek();
        for (; f != null && isLate(f, now, nanos); f = source.peek()) {
          Answer answer = late(f, limit); // what needs memory comes first
          source.poll();
          waiting.decrementAndGet();
          expire(f, answer);
        }
        next = earlier(next, f, now, nanos);
      } finally {
        stayOrLeave(source);
      }
    }
    for (Iterator<Flight> back = returned.iterator(); back.hasNext(); ) {
      Flight f = back.next();
      if (isLate(f, now, nanos)) {
        Answer answer = late(f, limit);
        back.remove();
        expire(f, answer);
      } else {
        next = earlier(next, f, now, nanos);
      }
    }
    for (Slot slot : pool.slots()) {
      Child child = slot.upChild();
      if (child != null) {
        for (Handed handed : child.hands) {
          Flight f = handed.flight;
          if (f == null || f.attempts > 0) {
            continue; // what has run once and is to run again does not only wait
          }
          if (isLate(f, now, nanos)) {
            Answer answer = late(f, limit);
            f = child.takeBack(handed);
            if (f != null) {
              expire(f, answer);
            }
          } else {
            next = earlier(next, f, now, nanos);
          }
        }
      }
    }
    return next;
  }

  private static Answer late(Flight flight, Duration limit) {
    return Answer.timedOut(flight, 0, Duration.ZERO, limit, "", Outcome.Limit.QUEUE);
  }

  /** It is in no hand any more: if this fails, its stream ends with that. */
  private void expire(Flight flight, Answer answer) {
    try {
      tell(flight, answer);
    } catch (RuntimeException | Error e) {
      flight.source.fail(e);
      throw e;
    }
  }

  /** What has run once and is to run again does not only wait. */
  private static boolean isLate(Flight flight, long now, long nanos) {
    return flight.attempts == 0 && now - flight.arrived >= nanos;
  }

  private static long earlier(long next, @Nullable Flight flight, long now, long nanos) {
    if (flight == null) {
      return next;
    }
    long at = (flight.attempts == 0 ? flight.arrived : now) + nanos;
    return next == 0 || at - next < 0 ? at : next;
  }

  // ---- back from the children

  /** An item that never began, or is to run again: before all that wait. */
  void giveBack(Flight flight) {
    (isSuspect(flight) ? suspects : returned).addFirst(flight);
  }

  /**
   * Whether its last run was the death of a child; on a node that was lost it may have run well.
   */
  private static boolean isSuspect(Flight flight) {
    return flight.lastWord != null;
  }

  /**
   * Takes out items that have not begun, for somebody else to run: those that wait, then those
   * behind others in the hands of children.
   */
  List<Flight> surrender(int most) {
    ArrayList<Flight> all = new ArrayList<>();
    try {
      surrender(most, all);
    } catch (RuntimeException | Error e) { // as for want of memory: then nobody else runs them
      all.forEach(this::giveBack);
      throw e;
    }
    return all;
  }

  private void surrender(int most, ArrayList<Flight> all) {
    try {
      while (all.size() < most) {
        all.ensureCapacity(all.size() + 1); // before it is in no other hand
        Flight flight = nextFlight();
        if (flight == null) {
          break;
        }
        all.add(flight);
      }
    } finally {
      waiting.addAndGet(-taken);
      taken = 0;
    }
    for (Slot slot : pool.slots()) {
      Child child = slot.upChild();
      if (child != null) {
        Iterator<Handed> last = child.hands.descendingIterator();
        while (all.size() < most && child.inHand() > 1 && last.hasNext()) {
          all.ensureCapacity(all.size() + 1);
          Flight flight = child.takeBack(last.next());
          if (flight != null) {
            all.add(flight);
          }
        }
      }
    }
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
    returned.removeIf(flight -> isDropped(flight, source));
    suspects.removeIf(flight -> isDropped(flight, source));
    for (Slot slot : pool.slots()) {
      Child child = slot.upChild();
      if (child != null) {
        drop(source, child);
      }
    }
  }

  private static boolean isDropped(Flight flight, Source source) {
    if (flight.source != source) {
      return false;
    }
    source.discard(flight);
    return true;
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
      kill(child, running, Verdict.of(Verdict.Reason.CANCEL, running, ""));
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
    execute(child, verdict);
    return true;
  }

  private void execute(Child child, Verdict verdict) {
    child.verdict = verdict;
    pool.fire(child.slot(), child, new SlotState.Event.Kill<>());
  }

  /**
   * As {@link #kill}, but first the child is asked what its threads do. It has half a second to
   * tell; if the item ends in that time, or speaks where it was too silent, nothing was killed.
   */
  boolean condemn(Child child, Handed suspect, Verdict verdict) {
    takeBackAll(child);
    if (!child.isUnderWay(suspect)) {
      return false;
    }
    child.condemned = verdict;
    Future<?> unused =
        Threads.TIMER.schedule(
            () -> pool.post(() -> executeLate(child, verdict)), DUMP_MILLIS, TimeUnit.MILLISECONDS);
    child.askDump(suspect);
    return true;
  }

  /** What the child's threads do, or that it did not tell in time. */
  void executeLate(Child child, Verdict verdict) {
    if (child.condemned == null || child.condemned.suspect() != verdict.suspect()) {
      return;
    }
    child.condemned = null;
    if (child.slot().upChild() == child && child.isUnderWay(suspectOf(verdict))) {
      if (verdict.which() == Outcome.Limit.SILENCE && child.ticked() - child.heardOf > 0) {
        child.askNoDump(); // it could not speak: perhaps this whole machine was held up
      } else {
        execute(child, verdict);
      }
    }
  }

  private static Handed suspectOf(Verdict verdict) {
    return Objects.requireNonNull(verdict.suspect());
  }

  /**
   * What is queued behind an item that runs for long goes back in front of all that wait, and its
   * child is given no more until it has answered. When to look again, or 0.
   */
  long relieve(Child child, long now) {
    if (!options.follows() || child.stalledOn != null || child.inHand() < 2) {
      return 0;
    }
    Handed head = child.running();
    long left =
        head == null
            ? child.headAt + SILENT_NANOS - now // it was stopped between two
            : child.since(head) + stallNanos - now;
    if (left > 0) {
      return now + Math.min(left, stallNanos);
    }
    child.stalledOn = head == null ? child.hands.peekFirst() : head;
    takeBackAll(child);
    return 0;
  }

  /** Nothing waits, so who has nothing to do takes over what is queued behind a slow item. */
  private void rebalance() {
    int idle = 0;
    for (Slot slot : pool.slots()) {
      idle += slot.isIdle() ? 1 : 0;
    }
    if (idle == 0) {
      return;
    }
    List<Child> loaded = new ArrayList<>();
    for (Slot slot : pool.slots()) {
      Child child = slot.upChild();
      if (child != null && child.hands.size() > 1 && queued(child) > 0) {
        loaded.add(child);
      }
    }
    if (loaded.isEmpty()) {
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
    child.checkLedger();
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
