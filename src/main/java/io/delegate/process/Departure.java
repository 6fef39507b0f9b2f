package io.delegate.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The end of this JVM. Its hooks run side by side, and ours would kill what others still need. So a
 * scheduler may have a grace: then our hooks wait until it is disposed, at most that long. Those
 * without are disposed first, so that they start nothing meanwhile.
 */
public final class Departure {
  /** What is told to whoever wants some now. */
  public static final String NO_CHILDREN = "no children can be started: this JVM is shutting down";

  private static final Departure JVM = new Departure();

  /** One of our hooks does it; the others wait for that one. */
  private final ReentrantLock departing = new ReentrantLock();

  /** Weak, for a scheduler may be dropped without being disposed. */
  private final Set<Stay> stays = Collections.newSetFromMap(new WeakHashMap<>());

  private final List<Runnable> afterwards = new ArrayList<>();
  private boolean hooked;
  private volatile boolean over;

  /** The time of a scheduler in this JVM. */
  public static final class Stay {
    private final Departure from;
    private final Duration grace;
    private final CompletableFuture<?> gone;
    private final Runnable dispose;

    private Stay(Departure from, Duration grace, CompletableFuture<?> gone, Runnable dispose) {
      this.from = from;
      this.grace = grace;
      this.gone = gone;
      this.dispose = dispose;
    }

    /** It is gone before the end. */
    public void left() {
      synchronized (from) {
        from.stays.remove(this);
      }
    }

    private boolean isGraced() {
      return grace.compareTo(Duration.ZERO) > 0;
    }

    private void await(long since) {
      long left = since + grace.toNanos() - System.nanoTime();
      try {
        gone.get(Math.max(0, left), TimeUnit.NANOSECONDS);
      } catch (TimeoutException | ExecutionException e) {
        dispose.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        dispose.run();
      }
    }
  }

  Departure() {}

  /**
   * A scheduler has come. The caller keeps what is returned for as long as it lives.
   *
   * @param grace how long it may stay when the JVM ends; zero for not at all
   * @param gone completes when nothing is left of it
   * @param dispose ends it; does not block
   * @return its stay
   */
  public static Stay stay(Duration grace, CompletableFuture<?> gone, Runnable dispose) {
    return JVM.add(grace, gone, dispose);
  }

  Stay add(Duration grace, CompletableFuture<?> gone, Runnable dispose) {
    Stay stay = new Stay(this, grace, gone, dispose);
    synchronized (this) {
      stays.add(stay);
      if (stay.isGraced() && !hooked && this == JVM) {
        hooked = true;
        hook();
      }
    }
    return stay;
  }

  /** Without a child there is no other hook of ours, and a first one may yet be wanted. */
  private void hook() {
    Thread hook = new Thread(null, this::depart, "delegate-departure", 0, false);
    hook.setContextClassLoader(Departure.class.getClassLoader());
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      over = true; // it came too late to stay
    }
  }

  /**
   * Whether this JVM ends, and nobody may stay any longer: children are killed, and none is to be
   * started.
   *
   * @return true once that is so
   */
  public static boolean isOver() {
    return JVM.over;
  }

  /** Blocks until nobody may stay any longer. */
  static void await() {
    JVM.depart();
  }

  /**
   * For what comes while the JVM ends, and so can have no hook of its own.
   *
   * @return false when nobody may stay any longer: then it is never done
   */
  static boolean afterwards(Runnable what) {
    return JVM.add(what);
  }

  synchronized boolean add(Runnable what) {
    if (over || stays.stream().noneMatch(Stay::isGraced)) {
      return false;
    }
    afterwards.add(what);
    return true;
  }

  void depart() {
    departing.lock();
    try {
      long since = System.nanoTime();
      List<Stay> all = all();
      if (all.stream().anyMatch(Stay::isGraced)) {
        all.stream().filter(stay -> !stay.isGraced()).forEach(stay -> stay.dispose.run());
        all.stream()
            .filter(Stay::isGraced)
            .sorted(Comparator.comparing(stay -> stay.grace))
            .forEach(stay -> stay.await(since));
      }
      end().forEach(Runnable::run);
    } finally {
      departing.unlock();
    }
  }

  private synchronized List<Stay> all() {
    return over ? List.of() : List.copyOf(stays);
  }

  private synchronized List<Runnable> end() {
    over = true;
    List<Runnable> rest = List.copyOf(afterwards);
    afterwards.clear();
    return rest;
  }
}
