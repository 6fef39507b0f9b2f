package io.delegate.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Scannable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The time of a twin, and the threads its works run on: virtual where Reactor's schedulers are, so
 * that {@code StepVerifier.withVirtualTime} drives all of it. Asked anew each time, since a test
 * may make them virtual later than it makes the twin.
 */
final class TwinClock {
  private final @Nullable Scheduler timer;

  /** {@code timer}: the user's; null for Reactor's. */
  TwinClock(@Nullable Scheduler timer) {
    this.timer = timer;
  }

  /**
   * Whether Reactor's factories were replaced: its own schedulers tell how many threads they have.
   */
  static boolean isVirtual() {
    return Scannable.from(Schedulers.boundedElastic()).scanUnsafe(Scannable.Attr.CAPACITY) == null;
  }

  long now() {
    if (timer != null) {
      return timer.now(TimeUnit.NANOSECONDS);
    }
    return isVirtual() ? Schedulers.parallel().now(TimeUnit.NANOSECONDS) : System.nanoTime();
  }

  Disposable after(Duration delay, Runnable what) {
    Scheduler by = timer != null ? timer : Schedulers.parallel();
    return by.schedule(what, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Runs a work, which may block and is interrupted by disposal; then tells that it is over. */
  static Disposable run(Runnable work, Runnable then) {
    Running running = new Running(work, then);
    if (isVirtual()) {
      return Disposables.composite(running, Schedulers.boundedElastic().schedule(running));
    }
    Threads.BLOCKING.execute(running); // each child has a thread, however many there are
    return running;
  }

  private static final class Running implements Runnable, Disposable {
    private final Runnable work;
    private final Runnable then;
    private @Nullable Thread thread;
    private boolean disposed;

    Running(Runnable work, Runnable then) {
      this.work = work;
      this.then = then;
    }

    @Override
    public void run() {
      if (!started()) {
        return;
      }
      try {
        work.run();
      } finally {
        ended();
      }
      then.run();
    }

    private synchronized boolean started() {
      thread = disposed ? null : Thread.currentThread();
      return !disposed;
    }

    /** An interrupt was for the work alone. */
    private synchronized void ended() {
      thread = null;
      if (!isVirtual()) { // else the thread is the test's
        boolean unused = Thread.interrupted();
      }
    }

    @Override
    public synchronized void dispose() {
      disposed = true;
      if (thread != null && thread != Thread.currentThread()) {
        thread.interrupt();
      }
    }

    @Override
    public synchronized boolean isDisposed() {
      return disposed;
    }
  }
}
