package io.delegate.process;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The kernel's kills for memory in one cgroup. The kernel says how many there were, not whom they
 * hit: a SIGKILL that was not ours is taken for one if the count rose shortly before, while the
 * child ran, and no other death has taken that rise. So each kill explains one death. What is
 * mistaken: a child that somebody else kills by SIGKILL just after the kernel killed another
 * process of the same cgroup for memory.
 */
final class OomKills {
  private static final Map<Path, OomKills> ALL = new HashMap<>();

  /** A process with much memory takes seconds to give it back before its end can be seen. */
  private static final long LATEST_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** All the children of a cgroup have it looked at in one pass: once is enough. */
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Path counter;
  private final ArrayDeque<Long> unclaimed = new ArrayDeque<>();
  private int users;
  private long count;
  private long lookedAt;

  private OomKills(Path counter) {
    this.counter = counter;
    this.count = OomCounter.kills(counter);
    this.lookedAt = System.nanoTime();
  }

  /** The one for this counter; to be left in the end. */
  static OomKills join(Path counter) {
    synchronized (ALL) {
      OomKills kills = ALL.computeIfAbsent(counter, OomKills::new);
      kills.users++;
      kills.look();
      return kills;
    }
  }

  void leave() {
    synchronized (ALL) {
      if (--users == 0) {
        ALL.remove(counter);
      }
    }
  }

  /** How many children are known to be in that cgroup. */
  static int users(Path counter) {
    synchronized (ALL) {
      OomKills kills = ALL.get(counter);
      return kills == null ? 0 : kills.users;
    }
  }

  Path counter() {
    return counter;
  }

  synchronized void look() {
    if (System.nanoTime() - lookedAt >= FRESH_NANOS) {
      read();
    }
  }

  private void read() {
    long now = System.nanoTime();
    long before = count;
    count = Math.max(before, OomCounter.kills(counter)); // a cgroup that is gone has no count
    for (long i = Math.max(before, count - 1000); i < count; i++) {
      unclaimed.add(now);
    }
    while (!unclaimed.isEmpty() && now - unclaimed.peek() > LATEST_NANOS) {
      unclaimed.remove();
    }
    lookedAt = now;
  }

  /** Whether a child that ran since then, and has just died by SIGKILL, was one of them. */
  synchronized boolean claim(long since) {
    read();
    for (Iterator<Long> rises = unclaimed.iterator(); rises.hasNext(); ) {
      if (rises.next() - since >= 0) { // the oldest that fits: the others may fit younger children
        rises.remove();
        return true;
      }
    }
    return false;
  }
}
