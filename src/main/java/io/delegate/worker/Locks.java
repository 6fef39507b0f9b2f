package io.delegate.worker;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;

/**
 * What threads wait for, and which other thread has it. Asked for only in a child that is about to
 * be killed: the JDK's management takes some 40 ms to load.
 */
final class Locks {
  static final Locks NONE = new Locks();

  private final Map<Long, String> waits = new HashMap<>();

  private Locks() {}

  /** Knows nothing where the runtime has no management. */
  static Locks look() {
    Locks locks = new Locks();
    try {
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
        if (thread != null && thread.getLockName() != null) {
          String owner = thread.getLockOwnerName();
          locks.waits.put(
              thread.getThreadId(),
              " on " + thread.getLockName() + (owner == null ? "" : " held by \"" + owner + '"'));
        }
      }
    } catch (Throwable none) {
      // a runtime image without java.management, or no memory left: the stacks alone must do
    }
    return locks;
  }

  /** Begins with a blank; empty if it waits for nothing that is known. */
  String of(Thread thread) {
    return waits.getOrDefault(thread.getId(), "");
  }
}
