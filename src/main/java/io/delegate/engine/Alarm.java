package io.delegate.engine;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * Rings once, at the earliest of the times it was set to. Set and stopped in one drain only; rings
 * on a thread of its clock.
 */
final class Alarm {
  private final Scheduler clock;
  private final boolean real;
  private final Runnable ring;
  private @Nullable Disposable pending;
  private long at;
  private boolean closed;

  private Alarm(Scheduler clock, boolean real, Runnable ring) {
    this.clock = clock;
    this.real = real;
    this.ring = ring;
  }

  /** By the clock of {@link System#nanoTime()}, or by the given one, which may be virtual. */
  static Alarm by(@Nullable Scheduler clock, Runnable ring) {
    return clock == null
        ? new Alarm(RealClock.SCHEDULER, true, ring)
        : new Alarm(clock, false, ring);
  }

  /** Whether its times are those of {@link System#nanoTime()}. */
  boolean real() {
    return real;
  }

  long now() {
    return real ? System.nanoTime() : clock.now(TimeUnit.NANOSECONDS);
  }

  /** Rings at that time at the latest; never once it is closed. */
  void set(long time) {
    if (closed) {
      return;
    }
    if (pending != null) {
      if (at - time <= 0 && !pending.isDisposed()) {
        return; // else it rang and was not heard yet, or never will be, for want of memory
      }
      stop();
    }
    at = time;
    pending = clock.schedule(ring, Math.max(0, time - now()), TimeUnit.NANOSECONDS);
  }

  /**
   * To be called when it rang, before it is set again: whoever heard it looks at all there is and
   * sets it anew. What is pending may be a later ring than the one that was heard, where that went
   * off just as an earlier time was set; it must not be forgotten, or nothing could stop it.
   */
  void rang() {
    stop();
  }

  /** It is not needed any more. */
  void close() {
    closed = true;
    stop();
  }

  void stop() {
    if (pending != null) {
      pending.dispose();
      pending = null;
    }
  }

  /** The JDK's timer as a scheduler: Reactor's own factories may have been made virtual. */
  private static final class RealClock {
    static final Scheduler SCHEDULER =
        reactor.core.scheduler.Schedulers.fromExecutorService(Threads.TIMER);
  }
}
