package io.delegate.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Finds children that are to be replaced: they have served enough, are too old or too large. */
final class Wear {
  /** How often the memory of a child is looked at while an item runs. */
  private static final long MEMORY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How often at most it is looked at between items: a look takes some 30 µs. */
  private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** An item that added more than that share of the limit is to blame for it, and no other. */
  private static final int SHARE = 16;

  private final Pool pool;
  private final Options options;
  private final Watch watch;

  Wear(Pool pool, Options options, Watch watch) {
    this.pool = pool;
    this.options = options;
    this.watch = watch;
  }

  void childUp(Child child) {
    if (isMemoryLimited()) {
      child.memoryAt = System.nanoTime();
      child.memoryBefore = child.resident(); // what an initializer took is on no item
    }
    if (options.maxAge() != null) {
      watch.look(child.upAt + options.maxAge().toNanos());
    }
  }

  void itemHanded() {
    if (isMemoryLimited()) {
      watch.look(System.nanoTime() + MEMORY_NANOS);
    }
  }

  private boolean isMemoryLimited() {
    return options.maxMemory() < Long.MAX_VALUE;
  }

  /** After a result: what can be told without a look at the system, and its memory if it rests. */
  void check(Child child) {
    if (child.slot().upChild() != child) {
      return;
    }
    checkAge(child, System.nanoTime());
    if (child.served >= options.maxItems() || (child.large() && child.served > 0)) {
      wornOut(child);
    } else if (child.served >= options.maxItems() - options.maxItems() / 4) {
      wearing(child); // time to start another
    }
    if (isMemoryLimited() && !child.worn) {
      long now = System.nanoTime();
      if (child.slot().isIdle() || now - child.memoryAt >= BETWEEN_NANOS) {
        child.memoryAt = now;
        child.memoryBefore = child.resident();
        if (child.memoryBefore > options.maxMemory()) {
          pool.dispatcher().takeBackAll(child);
          wornOut(child);
        }
      }
    }
  }

  private static void wearing(Child child) {
    if (child.wearingAt == 0) {
      child.wearingAt = System.nanoTime() | 1;
    }
  }

  private static void wornOut(Child child) {
    wearing(child);
    child.worn = true;
  }

  /** Looks at all children. */
  void look(long now) {
    for (Slot slot : List.copyOf(pool.slots())) {
      Child child = slot.upChild();
      if (child != null) {
        checkAge(child, now);
        if (isMemoryLimited() && !child.hands.isEmpty()) {
          checkMemory(child, now);
          watch.look(now + MEMORY_NANOS);
        }
      }
    }
  }

  private void checkAge(Child child, long now) {
    if (options.maxAge() != null && !child.mayGo()) {
      long left = child.upAt + options.maxAge().toNanos() - now;
      if (left <= 0) {
        // where children may last for less than an item takes, none would ever serve; after its
        // first result it is looked at again
        if (child.served > 0 || pool.dispatcher().load() == 0) {
          wearing(child);
          child.aged = true;
        }
      } else {
        watch.look(now + left);
      }
    }
  }

  /** An item is not to blame for what those before it have left behind, however long it runs. */
  private void checkMemory(Child child, long now) {
    long resident = child.resident();
    if (resident <= options.maxMemory()) {
      child.largeDuring = null;
      return;
    }
    Handed running = child.running();
    if (running == null || child.largeDuring != running) {
      child.largeDuring = running;
      child.largeAt = now;
      pool.dispatcher().takeBackAll(child);
      wornOut(child);
    } else if (now - child.largeAt >= MEMORY_NANOS
        && resident - child.memoryBefore > options.maxMemory() / SHARE
        && child.condemned == null) {
      String note =
          "killed at %,d bytes of resident memory, more than the limit of %,d (option maxMemoryPerChild)"
              .formatted(resident, options.maxMemory());
      boolean unused =
          pool.dispatcher().kill(child, running, Verdict.of(Verdict.Reason.MEMORY, running, note));
    }
  }

  /** Resident bytes of a process, 0 where the system does not tell. */
  static long resident(long pid) {
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
