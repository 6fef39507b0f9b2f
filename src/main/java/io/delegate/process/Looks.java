package io.delegate.process;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all children about every {@value #PAUSE_MILLIS} ms, and less often at those that have
 * nothing to do, on one thread, which is there while there are children.
 */
final class Looks implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Looks.class);
  private static final long PAUSE_MILLIS = 100;

  /** Children that have nothing to do are looked at once where others are so many times. */
  private static final int RESTS = 10;

  /**
   * A look takes 10 to 30 µs, so that many take one to three per cent of a processor; beyond 100
   * children each is looked at less often. Not by the time a pass took, which says more of what
   * else the machine has to do.
   */
  private static final long LOOKS_PER_SECOND = 1000;

  private static final Set<Evidence> CHILDREN = ConcurrentHashMap.newKeySet();
  private static boolean running;

  /** All rest. */
  private static volatile boolean slow;

  /** A child has come, or has something to do, since the last pass began. */
  private static volatile boolean stirred;

  private Looks() {}

  static void add(Evidence child) {
    look(child);
    synchronized (CHILDREN) {
      CHILDREN.add(child);
      stirred = true;
      slow = false;
      CHILDREN.notifyAll();
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

  /** A child has something to do. */
  static void stirred() {
    stirred = true;
    if (slow) {
      synchronized (CHILDREN) {
        slow = false;
        CHILDREN.notifyAll();
      }
    }
  }

  @Override
  public void run() {
    for (int pass = 0; pause(); pass++) {
      stirred = false;
      boolean allRest = true;
      for (Evidence child : List.copyOf(CHILDREN)) {
        boolean rests = child.isResting();
        allRest &= rests;
        if (!rests || slow || pass % RESTS == 0) {
          look(child);
        }
      }
      slow = allRest;
      if (stirred) {
        slow = false;
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

  private static long nanos() {
    long usual = Math.max(PAUSE_MILLIS, CHILDREN.size() * 1000 / LOOKS_PER_SECOND);
    return TimeUnit.MILLISECONDS.toNanos(slow ? RESTS * usual : usual);
  }

  /** False when there is nobody left to look at, and this thread is to end. */
  private static boolean pause() {
    synchronized (CHILDREN) {
      long begun = System.nanoTime();
      for (long left; !CHILDREN.isEmpty() && (left = begun + nanos() - System.nanoTime()) > 0; ) {
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
