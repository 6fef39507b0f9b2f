package io.delegate.process;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The children that run, by their marks. While some have no control group, a thread looks once a
 * second at who descends from them; a look reads one small file for each process of the machine.
 */
final class Families {
  private static final long LOOK_SECONDS = 1;
  private static final Map<String, Family> RUNNING = new ConcurrentHashMap<>();
  private static @Nullable Thread lookout;

  private Families() {}

  /** A child has started; called before it is told to serve, and so before it can fork. */
  static Family started(Proc proc, String mark, ProcessHandle child) {
    Family family = new Family(proc, child, ControlGroup.around(proc, mark, child));
    RUNNING.put(mark, family);
    if (family.group() == null && proc.available()) {
      lookOut(proc);
    }
    return family;
  }

  static void ended(String mark) {
    RUNNING.remove(mark);
    synchronized (Families.class) {
      LockSupport.unpark(lookout); // its last look may have been for this one
    }
  }

  static List<Family> startingWith(String prefix) {
    return RUNNING.entrySet().stream()
        .filter(child -> child.getKey().startsWith(prefix))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static synchronized void lookOut(Proc proc) {
    if (lookout == null) {
      try {
        lookout = DaemonThread.start("delegate-lookout", () -> look(proc));
      } catch (OutOfMemoryError noThread) {
        // the next start tries again
      }
    }
  }

  private static void look(Proc proc) {
    while (true) {
      List<Family> open = RUNNING.values().stream().filter(f -> f.group() == null).toList();
      synchronized (Families.class) {
        if (open.isEmpty() && RUNNING.values().stream().allMatch(f -> f.group() != null)) {
          lookout = null;
          return;
        }
      }
      try {
        Map<Long, Proc.Stat> all = proc.all();
        open.forEach(family -> family.look(all));
      } catch (RuntimeException | OutOfMemoryError e) {
        // looked at again in a second
      }
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(LOOK_SECONDS));
    }
  }
}
