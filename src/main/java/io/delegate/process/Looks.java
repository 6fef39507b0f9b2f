package io.delegate.process;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all children about every {@value #PAUSE_MILLIS} ms, on one thread, which is there while
 * there are children.
 */
final class Looks implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Looks.class);
  private static final long PAUSE_MILLIS = 100;

  /**
   * A look takes 10 to 30 µs, so that many take one to three per cent of a processor; beyond 100
   * children each is looked at less often. Not by the time a pass took, which says more of what
   * else the machine has to do.
   */
  private static final long LOOKS_PER_SECOND = 1000;

  private static final Set<Evidence> CHILDREN = ConcurrentHashMap.newKeySet();
  private static boolean running;

  private Looks() {}

  static void add(Evidence child) {
    look(child);
    synchronized (CHILDREN) {
      CHILDREN.add(child);
      if (!running) {
        try {
          DaemonThread.start("delegate-looks", new Looks());
          running = true;
        } catch (OutOfMemoryError noThread) {
          LOG.debug("no thread to look at the children; the next child tries again", noThread);
        }
      }
    }
  }

  static void remove(Evidence child) {
    synchronized (CHILDREN) {
      CHILDREN.remove(child);
      if (CHILDREN.isEmpty()) {
        CHILDREN.notifyAll();
      }
    }
  }

  @Override
  public void run() {
    while (pause()) {
      for (Evidence child : List.copyOf(CHILDREN)) {
        look(child);
      }
    }
  }

  private static void look(Evidence child) {
    try {
      child.look();
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.debug("a look at a child failed", e);
    }
  }

  /** False when there is nobody left to look at, and this thread is to end. */
  private static boolean pause() {
    synchronized (CHILDREN) {
      long millis = Math.max(PAUSE_MILLIS, CHILDREN.size() * 1000 / LOOKS_PER_SECOND);
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      for (long left; !CHILDREN.isEmpty() && (left = until - System.nanoTime()) > 0; ) {
        try {
          TimeUnit.NANOSECONDS.timedWait(CHILDREN, left);
        } catch (InterruptedException e) {
          // nobody is meant to
        }
      }
      running = !CHILDREN.isEmpty();
      return running;
    }
  }
}
