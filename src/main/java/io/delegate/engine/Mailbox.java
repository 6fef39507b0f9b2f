package io.delegate.engine;

import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.util.concurrent.Queues;

/**
 * All that happens to one thing, one after the other, by whoever comes first; and what follows from
 * it when there is no more.
 */
final class Mailbox {
  private static final Logger log = LoggerFactory.getLogger(Mailbox.class);

  private final String name;
  private final Executor executor;
  private final Runnable settle;
  private final Queue<Runnable> news = Queues.<Runnable>unboundedMultiproducer().get();
  private final AtomicInteger wip = new AtomicInteger();

  /** {@code executor}: where it is emptied, each time there is something in it. */
  Mailbox(String name, Executor executor, Runnable settle) {
    this.name = name;
    this.executor = executor;
    this.settle = settle;
  }

  /** Any thread. */
  void post(Runnable what) {
    news.offer(what);
    if (wip.getAndIncrement() == 0) {
      AtomicBoolean begun = new AtomicBoolean(); // one that refuses may run it all the same, later
      Runnable once =
          () -> {
            if (begun.compareAndSet(false, true)) {
              drain();
            }
          };
      try {
        executor.execute(once);
      } catch (RuntimeException | Error noThread) {
        once.run(); // else nobody ever would; it does not block
      }
    }
  }

  private void drain() {
    int missed = 1;
    do {
      for (Runnable what = news.poll(); what != null; what = news.poll()) {
        safely(what);
      }
      safely(settle);
      missed = wip.addAndGet(-missed);
    } while (missed != 0);
  }

  private void safely(Runnable what) {
    try {
      what.run();
    } catch (Throwable bug) {
      try {
        log.error("{}: a bug in Delegate; it goes on, but please report it", name, bug);
      } catch (Throwable noLog) {
        // a full heap, most likely; the rest must go on
      }
    }
  }
}
