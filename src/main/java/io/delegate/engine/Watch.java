package io.delegate.engine;

import io.delegate.Deadline;
import io.delegate.ExitReason;
import io.delegate.Outcome;
import io.delegate.Progress;
import io.delegate.engine.SlotState.Then;
import io.delegate.wire.Ledger;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the limits. No timer per item: an item that has not begun at some time cannot pass
 * its limit before that time plus the limit, so one alarm watches all children. Called in the
 * pool's drain.
 */
final class Watch {
  /** How soon it is seen that a spare is none any more, at the earliest. */
  private static final long SPARE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How soon listeners are told that an item runs. */
  private static final long BEGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** How often listeners are told how far an item is, at most: as often as a screen is drawn. */
  private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How long a child may take to end itself when asked. */
  private static final long ASKED_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How often a limit that follows the median is looked at while it is not known. */
  private static final long UNKNOWN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * A child that says nothing is looked at again after that: perhaps it was we who were held up.
   */
  private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** An alarm that rings so late says that this JVM was stopped, or starved. */
  private static final long HELD_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Pool pool;
  private final Options options;

  /** Rings for the item limit, which may go by a virtual clock. */
  private final Alarm limits;

  /** Rings for all that concerns processes, which never do. */
  private final Alarm looks;

  private final Wear wear;

  Watch(Pool pool, Options options) {
    this.pool = pool;
    this.options = options;
    this.limits = Alarm.by(options.timer(), () -> pool.post(this::checkLimits));
    this.wear = new Wear(pool, options, this);
    this.looks = Alarm.by(null, () -> pool.post(this::checkProcesses));
  }

  /** The time by which item limits are counted. */
  long limitNow() {
    return options.timer() == null && !isLimited() ? 0 : limits.now();
  }

  /** Whether an item may run too long at all. */
  private boolean isLimited() {
    return options.limit() != null || options.silenceLimit() != null;
  }

  /** Looks at the processes at that time at the latest. */
  void look(long at) {
    looks.set(at);
  }

  void stop() {
    limits.close();
    looks.close();
  }

  void childStarted() {
    looks.set(System.nanoTime() + options.startLimit().toNanos());
  }

  void childAsked() {
    looks.set(System.nanoTime() + ASKED_NANOS);
  }

  void childUp(Child child) {
    childIdle();
    wear.childUp(child);
  }

  void childIdle() {
    if (options.idleLimit() != null) {
      looks.set(System.nanoTime() + options.idleLimit().toNanos());
    }
  }

  void checkWear(Child child) {
    wear.check(child);
  }

  /** Items were handed to a child; {@code first}: the first of them if it had none before. */
  void itemsHanded(@Nullable Flight first, int count) {
    if (first != null) {
      if (isLimited()) {
        limits.set(limits.now() + soonest(first));
      }
      looks.set(System.nanoTime() + options.startLimit().toNanos());
      wear.itemHanded();
    }
    if (pool.hub().active()) {
      looks.set(System.nanoTime() + BEGIN_NANOS);
    }
    if ((first == null || count > 1) && options.follows()) {
      looks.set(System.nanoTime() + pool.dispatcher().stallNanos());
    }
  }

  void itemsWait() {
    if (options.queueLimit() != null) {
      looks.set(System.nanoTime() + options.queueLimit().toNanos());
    }
  }

  // ---- the item limit

  /** How long an item may run; null while that is not known. */
  private @Nullable Duration limitOf(Flight flight) {
    Deadline limit = options.limit();
    return limit == null ? null : limit.limit(flight.work.median());
  }

  /** No item of that work that begins from now on is over a limit before that time from now. */
  private long soonest(@Nullable Flight flight) {
    Duration limit = flight == null ? null : limitOf(flight);
    Duration silence = options.silenceLimit();
    boolean unknown = options.limit() != null && limit == null;
    long soonest = unknown ? UNKNOWN_NANOS : Long.MAX_VALUE;
    soonest = limit == null ? soonest : Math.min(soonest, limit.toNanos());
    return silence == null ? soonest : Math.min(soonest, silence.toNanos());
  }

  private void checkLimits() {
    limits.rang();
    if (!isLimited()) {
      return;
    }
    for (Slot slot : pool.slots()) {
      Child child = slot.upChild();
      if (child != null && !child.hands.isEmpty()) {
        long next = UNKNOWN_NANOS;
        try {
          // one that is condemned may end its item in time yet, and have others then
          next = child.condemned != null ? next : Math.max(1, checkLimit(child));
        } catch (InternalError late) { // a fault in some child's page
          child.faulted();
        }
        limits.set(limits.now() + next);
      }
    }
  }

  /** Kills the child if its item is over the limit; when to look again, in nanoseconds from now. */
  private long checkLimit(Child child) {
    Handed running = child.running();
    Flight flight = running == null ? firstOf(child) : running.flight;
    long later = soonest(flight);
    if (running == null || running.flight == null) {
      return later;
    }
    Duration limit = limitOf(running.flight);
    Duration silence = options.silenceLimit();
    if (limit == null && silence == null) {
      return later;
    }
    // a work that is being loaded has the time of a child that is being started; the state first:
    // the child may begin the item in between, and a time read before is that of the loading
    boolean loading = limits.real() && child.stateOf(running) == Ledger.State.LOADING;
    long began = began(child, running);
    long now = limits.now();
    long leftToRun = limit == null ? Long.MAX_VALUE : began + limit.toNanos() - now;
    long leftToBeSilent =
        silence == null ? Long.MAX_VALUE : heard(child, running, began) + silence.toNanos() - now;
    long left = Math.min(leftToRun, leftToBeSilent);
    Duration allowed = limit;
    Outcome.Limit which = Outcome.Limit.ITEM;
    if (loading) {
      left = began + options.startLimit().toNanos() - now;
      allowed = options.startLimit();
      which = Outcome.Limit.START;
    } else if (leftToBeSilent < leftToRun) { // of two that are passed, the one that was first
      allowed = silence;
      which = Outcome.Limit.SILENCE;
    }
    if (left > 0) {
      return Math.min(left, later);
    }
    Verdict verdict = new Verdict(Verdict.Reason.TIMEOUT, running, allowed, which, "");
    boolean unused = pool.dispatcher().condemn(child, running, verdict);
    return later; // if it ended while we looked, or ends while the child tells what it does
  }

  /** When the item gave its last sign of life; its start is the first. */
  private long heard(Child child, Handed running, long began) {
    long ticked = child.ticked();
    child.heardOf = ticked;
    if (!limits.real()) { // then what counts is when it was seen that there was one
      if (ticked != child.tickSeen && ticked - child.since(running) > 0) { // not of one before
        child.tickSeen = ticked;
        child.tickSeenAt = limits.now();
      }
      ticked = child.tickSeenAt;
    }
    return ticked - began > 0 ? ticked : began;
  }

  /**
   * When the item began, as the child says; but the ledger is the child's memory too, and an item
   * can only wait and load for so long after it became the oldest.
   */
  private long began(Child child, Handed running) {
    if (!limits.real()) {
      return child.headSince;
    }
    long latest = child.headAt + 2 * options.startLimit().toNanos();
    long since = child.since(running);
    return since - latest > 0 ? latest : since;
  }

  private static @Nullable Flight firstOf(Child child) {
    Handed first = child.hands.peekFirst();
    return first == null ? null : first.flight;
  }

  // ---- processes

  private void checkProcesses() {
    looks.rang();
    long now = System.nanoTime();
    if (options.queueLimit() != null) {
      long next = pool.dispatcher().expire(options.queueLimit(), now);
      if (next != 0) {
        looks.set(next);
      }
    }
    wear.look(now);
    for (Slot slot : List.copyOf(pool.slots())) {
      Child child = slot.child();
      try {
        check(slot, now);
      } catch (InternalError late) { // a fault in some child's page
        if (child != null) {
          child.faulted();
        }
        looks.set(now + BEGIN_NANOS);
      }
    }
  }

  private void check(Slot slot, long now) {
    if (slot.state instanceof SlotState.Starting<Child> s) {
      checkStart(s.child(), now);
    } else if (slot.state instanceof SlotState.Idle<Child> s) {
      checkIdle(slot, s.child(), now);
    } else if (slot.state instanceof SlotState.Busy<Child> s) {
      relieve(s.child(), now);
      tellBegun(s.child(), now);
      checkSilence(s.child(), now);
    } else if (slot.state instanceof SlotState.Killing<Child> s && s.way() == SlotState.Way.ASKED) {
      checkAsked(s.child(), now);
    }
  }

  private void relieve(Child child, long now) {
    long next = pool.dispatcher().relieve(child, now);
    if (next != 0) {
      looks.set(next);
    }
  }

  private void checkStart(Child child, long now) {
    long left = child.startedAt + options.startLimit().toNanos() - now;
    if (left > 0) {
      looks.set(now + left);
      return;
    }
    if (-left > HELD_UP_NANOS && child.lateAt == 0) {
      child.lateAt = now;
    }
    if (child.lateAt != 0 && now - child.lateAt < SILENT_NANOS) {
      looks.set(child.lateAt + SILENT_NANOS); // it was we who were held up: it may have said hello
      return;
    }
    child.verdict =
        Verdict.of(
            Verdict.Reason.START,
            "it was not up within " + options.startLimit() + " (option startTimeout)");
    pool.fire(child.slot(), child, new SlotState.Event.Kill<>());
  }

  private void checkIdle(Slot slot, Child child, long now) {
    if (options.idleLimit() != null) {
      long left = child.idleSince + options.idleLimit().toNanos() - now;
      if (left > 0) {
        looks.set(now + left);
      } else if (pool.staff().hasSurplus()) {
        pool.retire(slot, Then.REST, ExitReason.IDLE);
      } else { // a spare, which may be none in a while
        looks.set(now + Math.max(SPARE_NANOS, options.idleLimit().toNanos()));
      }
    }
  }

  private void checkAsked(Child child, long now) {
    long left = child.askedAt + ASKED_NANOS - now;
    if (left > 0) {
      looks.set(now + left);
    } else {
      pool.fire(child.slot(), child, new SlotState.Event.Kill<>());
    }
  }

  private void tellBegun(Child child, long now) {
    if (!pool.hub().active()) {
      return;
    }
    @Nullable Handed running = child.running();
    if (running != null && !running.told && running.flight != null) {
      running.told = true;
      pool.hub().begun(child.pid(), running.flight.item);
    }
    if (running == null || !running.told || child.hands.size() > 1) {
      looks.set(now + BEGIN_NANOS);
    }
    if (running != null && running.flight != null && running.told) {
      tellProgress(child, running, running.flight, now);
    }
    if (running != null && running.flight != null && options.slowLimit() != null) {
      tellSlow(child, running, running.flight, options.slowLimit(), now);
    }
  }

  /** The latest of what it has said, if it has said anything; not what came just before. */
  private void tellProgress(Child child, Handed running, Flight flight, long now) {
    if (now - child.progressAt >= PROGRESS_NANOS) {
      child.progressAt = now;
      Progress progress = child.progress(running);
      if (progress != null) {
        pool.hub().progressed(child.pid(), flight.item, progress);
      }
    }
    looks.set(child.progressAt + PROGRESS_NANOS);
  }

  /** The last that an item has said whose child is dead: it tells how far it got. */
  void tellLast(Child child, Handed blamed, Flight flight) {
    Progress progress = pool.hub().active() ? child.progress(blamed) : null;
    if (progress != null) {
      if (!blamed.told) {
        blamed.told = true;
        pool.hub().begun(child.pid(), flight.item);
      }
      pool.hub().progressed(child.pid(), flight.item, progress);
    }
  }

  private void tellSlow(Child child, Handed running, Flight flight, Duration limit, long now) {
    if (running.toldSlow) {
      return;
    }
    if (child.stateOf(running) != Ledger.State.RUNNING) {
      looks.set(now + limit.toNanos()); // it may still be loading
      return;
    }
    long ran = now - child.since(running);
    if (ran >= limit.toNanos()) {
      running.toldSlow = true;
      pool.hub().slow(child.pid(), flight.item, Duration.ofNanos(ran));
    } else {
      looks.set(now + limit.toNanos() - ran);
    }
  }

  /**
   * A child that is well begins its next item at once, and sends a result within a millisecond or
   * so. One that does neither for as long as a start may take was stopped, or is broken.
   */
  private void checkSilence(Child child, long now) {
    Handed head = child.hands.peekFirst();
    if (head == null || child.isUnderWay(head)) {
      child.silentOn = null;
      looks.set(now + options.startLimit().toNanos());
      return;
    }
    long left = child.headAt + options.startLimit().toNanos() - now;
    if (left > 0) {
      looks.set(now + left);
    } else if (child.silentOn != head) {
      child.silentOn = head;
      child.silentAt = now;
      looks.set(now + SILENT_NANOS);
    } else if (now - child.silentAt < SILENT_NANOS) {
      looks.set(child.silentAt + SILENT_NANOS);
    } else {
      pool.broke(
          child,
          "it neither began nor answered its item for "
              + options.startLimit()
              + " (option startTimeout): it was stopped, or is broken");
    }
  }
}
