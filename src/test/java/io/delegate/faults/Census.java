package io.delegate.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts children again and again: the most that were alive at one instant. All schedules share one
 * look, which costs some milliseconds.
 */
final class Census implements AutoCloseable {
  private static final long PAUSE_MILLIS = 50;

  private final Map<String, Integer> most = new ConcurrentHashMap<>();
  private final Thread thread = new Thread(this::run, "faults-census");
  private volatile boolean ended;

  Census() {
    thread.setDaemon(true);
    thread.start();
  }

  int most(String mark) {
    return most.getOrDefault(mark, 0);
  }

  private void run() {
    while (!ended) {
      count();
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void count() {
    Map<String, List<ProcessHandle>> found = new HashMap<>();
    ProcessHandle.current()
        .children()
        .forEach(
            child -> {
              String mark = Marked.markOf(child.pid());
              if (!mark.isEmpty()) {
                found.computeIfAbsent(mark, m -> new ArrayList<>()).add(child);
              }
            });
    // one seen first may be gone before the next was there; those that are still alive now, after
    // all were seen, were alive together
    found.forEach(
        (mark, children) -> {
          int together =
              (int)
                  children.stream().filter(c -> c.isAlive() && Marked.runs(c.pid(), mark)).count();
          most.merge(mark, together, Math::max);
        });
  }

  @Override
  public void close() {
    ended = true;
    thread.interrupt();
  }
}
