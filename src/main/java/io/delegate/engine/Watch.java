package io.delegate.engine;

import io.delegate.engine.SlotState.Then;
import io.delegate.wire.Ledger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  /** How soon listeners are told that an item runs. */
  private static final long BEGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** How long a child may take to end itself when asked. */
  private static final long ASKED_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** How often a child's memory is looked at, at most. */
  private static final long MEMORY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Pool pool;
  private final Options options;

  /** Rings for the item limit, which may go by a virtual clock. */
  private final Alarm limits;

  /** Rings for all that concerns processes, which never do. */
  private final Alarm looks;

  private long memoryLookedAt;

  Watch(Pool pool, Options options) {
    this.pool = pool;
    this.options = options;
    this.limits = Alarm.by(options.timer(), () -> pool.post(this::checkLimits));
    this.looks = Alarm.by(null, () -> pool.post(this::checkProcesses));
  }

  /** The time by which item limits are counted. */
  long limitNow() {
    return options.timer() == null && options.limit() == null ? 0 : limits.now();
  }

  /** Looks at the processes at that time at the latest. */
  void look(long at) {
    looks.set(at);
  }

  void stop() {
    limits.stop();
    looks.stop();
  }

  void childStarted() {
    looks.set(System.nanoTime() + options.startLimit().toNanos());
  }

  void childAsked() {
    looks.set(System.nanoTime() + ASKED_NANOS);
  }

  void childIdle() {
    if (options.idleLimit() != null) {
      looks.set(System.nanoTime() + options.idleLimit().toNanos());
    }
  }

  void itemHanded(boolean first) {
    if (first && options.limit() != null) {
      limits.set(limits.now() + options.limit().toNanos());
    }
    if (pool.hub().active()) {
      looks.set(System.nanoTime() + BEGIN_NANOS);
    }
  }

  void itemsWait() {
    if (options.queueLimit() != null) {
      looks.set(System.nanoTime() + options.queueLimit().toNanos());
    }
  }

  // ---- the item limit

  private void checkLimits() {
    limits.rang();
    Duration limit = options.limit();
    if (limit == null) {
      return;
    }
    for (Slot slot : pool.slots()) {
      Child child = slot.upChild();
      if (child != null && !child.hands.isEmpty()) {
        checkLimit(child, limit);
      }
    }
  }

  private void checkLimit(Child child, Duration limit) {
    long now = limits.now();
    Handed running = child.running();
    if (running == null) {
      limits.set(now + limit.toNanos());
      return;
    }
    // a work that is being loaded has the time of a child that is being started; the state first:
    // the child may begin the item in between, and a time read before is that of the loading
    boolean loading = limits.real() && child.stateOf(running) == Ledger.State.LOADING;
    long began = limits.real() ? child.since(running) : child.headSince;
    Duration allowed = loading ? options.startLimit() : limit;
    long left = began + allowed.toNanos() - now;
    if (left > 0) {
      limits.set(now + Math.min(left, limit.toNanos()));
    } else if (running.flight == null
        || !pool.dispatcher()
            .kill(child, running, new Verdict(Verdict.Reason.TIMEOUT, running, allowed, ""))) {
      limits.set(now + limit.toNanos()); // it ended while we looked
    }
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
    for (Slot slot : List.copyOf(pool.slots())) {
      if (slot.state instanceof SlotState.Starting<Child> s) {
        checkStart(s.child(), now);
      } else if (slot.state instanceof SlotState.Idle<Child> s) {
        checkIdle(slot, s.child(), now);
      } else if (slot.state instanceof SlotState.Busy<Child> s) {
        tellBegun(s.child(), now);
      } else if (slot.state instanceof SlotState.Killing<Child> s
          && s.way() == SlotState.Way.ASKED) {
        checkAsked(s.child(), now);
      }
    }
  }

  private void checkStart(Child child, long now) {
    long left = child.startedAt + options.startLimit().toNanos() - now;
    if (left > 0) {
      looks.set(now + left);
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
      } else if (pool.hasSurplus()) {
        pool.retire(slot, Then.REST);
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
  }

  // ---- wear

  /** Replaces a child that has served enough, or has grown too large. */
  void checkWear(Child child) {
    if (child.slot().upChild() != child) {
      return;
    }
    boolean worn = child.served >= options.maxItems();
    if (!worn && options.maxMemory() < Long.MAX_VALUE) {
      long now = System.nanoTime();
      if (now - memoryLookedAt >= MEMORY_NANOS || child.slot().isIdle()) {
        memoryLookedAt = now;
        worn = resident(child.pid()) > options.maxMemory();
      }
    }
    if (worn) {
      pool.retire(child.slot(), Then.REST);
    }
  }

  /** Resident bytes of a process, 0 where the system does not tell. */
  private static long resident(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    } catch (IOException | RuntimeException e) {
      // no such system, or the process is gone
    }
    return 0;
  }
}
