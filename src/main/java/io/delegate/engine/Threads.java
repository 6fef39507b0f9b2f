package io.delegate.engine;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The few threads of our own, shared by all schedulers; each ends after a second without work, so
 * that none is left when the last scheduler is gone.
 *
 * <p>Not Reactor's: a virtual time scheduler must not decide when a real process is started, and
 * reporters may block for as long as they like.
 */
final class Threads {
  private static final long KEEP_SECONDS = 1;

  /** Starts processes and reads their ends: work that blocks. */
  static final ExecutorService BLOCKING =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          KEEP_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          named("delegate-starter-"));

  /** The real clock. */
  static final ScheduledThreadPoolExecutor TIMER = timer();

  private Threads() {}

  /** Does that on a thread where it may block; where no thread is to be had, on the timer's. */
  static void run(Runnable what) {
    try {
      BLOCKING.execute(what);
    } catch (OutOfMemoryError | RejectedExecutionException noThread) {
      TIMER.execute(what); // never on the caller's, which may be the one that drives the children
    }
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, named("delegate-timer-"));
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(KEEP_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  private static ThreadFactory named(String prefix) {
    AtomicLong count = new AtomicLong();
    return task -> {
      Thread thread = new Thread(task, prefix + count.incrementAndGet());
      thread.setDaemon(true);
      thread.setContextClassLoader(null); // a shared thread must not hold an application's loader
      return thread;
    };
  }
}
