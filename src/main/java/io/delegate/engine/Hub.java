package io.delegate.engine;

import io.delegate.Event;
import io.delegate.Outcome;
import io.delegate.Progress;
import io.delegate.Reporter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.util.concurrent.Queues;

/**
 * The one seam outwards: facts go in from the pool's drain, and out to reporters and subscribers of
 * events, one at a time, on a thread where they may block.
 */
class Hub {
  /** How far listeners may be behind before facts about items are left out. */
  static final int BACKLOG = 16_384;

  /** How many bytes of items and results may wait for listeners. */
  static final long BACKLOG_BYTES = 64 << 20;

  /** Between two lines of the log on the same trouble. */
  private static final long PAUSE_NANOS = 1_000_000_000;

  private static final Logger log = LoggerFactory.getLogger(Hub.class);

  private final List<Reporter> reporters;
  private final Queue<Object> facts = Queues.<Object>unboundedMultiproducer().get();
  private final AtomicInteger wip = new AtomicInteger();
  private final AtomicInteger behind = new AtomicInteger();
  private final AtomicLong behindBytes = new AtomicLong();
  private final AtomicLong left = new AtomicLong();
  private final Sinks.Many<Event> events = Sinks.many().multicast().directBestEffort();

  /** By listener, the subscribers being the last: when it last threw and that was logged. */
  private final long[] threwAt;

  private final long[] unlogged;
  private long leftOutAt = System.nanoTime() - PAUSE_NANOS;

  Hub(List<Reporter> reporters) {
    this.reporters = reporters;
    threwAt = new long[reporters.size() + 1];
    unlogged = new long[reporters.size() + 1];
    Arrays.fill(threwAt, leftOutAt);
  }

  Flux<Event> events() {
    return events.asFlux().onBackpressureBuffer(BACKLOG, BufferOverflowStrategy.DROP_LATEST);
  }

  /** Whether anybody listens. */
  boolean active() {
    return !reporters.isEmpty() || events.currentSubscriberCount() > 0;
  }

  /** A fact about a child or the scheduler: never left out. */
  void tell(Event fact) {
    if (active()) {
      put(fact);
    }
  }

  /** An item has begun. */
  void begun(long pid, Object item) {
    if (active() && room()) {
      put(new Event.Begin(pid, item));
    }
  }

  /** An item has run for long, and runs on. */
  void slow(long pid, Object item, Duration running) {
    if (active() && room()) {
      put(new Event.Slow(pid, item, running));
    }
  }

  /** An item says how far it is. */
  void progressed(long pid, Object item, Progress progress) {
    if (active() && room()) {
      put(new Event.Progress(pid, item, progress));
    }
  }

  /** An item has its answer, which is decoded here only if nobody else has done so yet. */
  void answered(Answer answer) {
    if (active() && room()) {
      behindBytes.addAndGet(answer.bytes());
      put(answer);
    }
  }

  /** The scheduler is gone for good. */
  void close() {
    put(events);
  }

  private boolean room() {
    if (behind.get() < BACKLOG && behindBytes.get() < BACKLOG_BYTES) {
      return true;
    }
    left.incrementAndGet();
    wake(); // it may have come to the end of all the others just now
    return false;
  }

  private void put(Object fact) {
    behind.incrementAndGet();
    facts.offer(fact);
    wake();
  }

  private void wake() {
    if (wip.getAndIncrement() == 0) {
      Threads.run(this::drain);
    }
  }

  private void drain() {
    int missed = 1;
    do {
      for (Object fact = facts.poll(); fact != null; fact = facts.poll()) {
        behind.decrementAndGet();
        if (fact == events) {
          tellLeftOut(true);
          events.tryEmitComplete();
        } else {
          tellLeftOut(false);
          passOn(fact);
        }
      }
      tellLeftOut(true); // nothing may ever follow
      missed = wip.addAndGet(-missed);
    } while (missed != 0);
  }

  /** While they come and come they are told together: else half of all would be told of these. */
  private void tellLeftOut(boolean atOnce) {
    if (left.get() == 0 || (!atOnce && System.nanoTime() - leftOutAt < PAUSE_NANOS)) {
      return;
    }
    long count = left.getAndSet(0);
    if (count > 0) {
      leftOutAt = System.nanoTime();
      log.warn("reporters are too slow: {} events about items were left out", count);
      pass(new Event.Dropped(count));
    }
  }

  private void passOn(Object fact) {
    if (fact instanceof Answer answer) {
      pass(new Event.Finished(answer.outcome(), answer.waited()));
      behindBytes.addAndGet(-answer.bytes());
    } else {
      pass((Event) fact);
    }
  }

  private void pass(Event event) {
    for (int i = 0; i < reporters.size(); i++) {
      Reporter reporter = reporters.get(i);
      try {
        call(reporter, event);
      } catch (Throwable thrown) {
        logThrown(i, "reporter " + reporter.getClass().getName(), event, thrown);
      }
    }
    try {
      events.tryEmitNext(event);
    } catch (Throwable thrown) {
      logThrown(reporters.size(), "a subscriber of events", event, thrown);
    }
  }

  /** One that throws on every item must not fill the disk. */
  private void logThrown(int listener, String who, Event event, Throwable thrown) {
    long now = System.nanoTime();
    if (now - threwAt[listener] < PAUSE_NANOS) {
      unlogged[listener]++;
      return;
    }
    threwAt[listener] = now;
    long before = unlogged[listener];
    unlogged[listener] = 0;
    try {
      String more = before == 0 ? "" : " (and " + before + " times before, which was not logged)";
      log.warn("{} threw on {}{}", who, event, more, thrown);
    } catch (Throwable hostile) { // a log asks an exception for its message, which may throw, too
      log.warn("{} threw {}", who, thrown.getClass().getName());
    }
  }

  private static void call(Reporter reporter, Event event) {
    reporter.event(event);
    if (event instanceof Event.Finished f) {
      finished(reporter, f.outcome());
    } else if (event instanceof Event.Begin e) {
      reporter.begin(e.pid(), e.item());
    } else if (event instanceof Event.Slow e) {
      reporter.slow(e.pid(), e.item(), e.running());
    } else if (event instanceof Event.Progress e) {
      reporter.progress(e.pid(), e.item(), e.progress());
    } else if (event instanceof Event.Spawn e) {
      reporter.spawn(e.pid());
    } else if (event instanceof Event.Exit e) {
      reporter.exit(e.pid(), e.death(), e.reason());
    } else if (event instanceof Event.StartFailed e) {
      reporter.startFailed(e.death());
    } else if (event instanceof Event.Init e) {
      reporter.init(e.children());
    } else if (event instanceof Event.Cleanup) {
      reporter.cleanup();
    }
  }

  private static void finished(Reporter reporter, Outcome<?, ?> outcome) {
    if (outcome instanceof Outcome.Success<?, ?> s) {
      reporter.success(s.pid(), item(s), s.result());
    } else if (outcome instanceof Outcome.Failure<?, ?> f) {
      reporter.fail(f.pid(), item(f), f.error());
    } else if (outcome instanceof Outcome.Aborted<?, ?> a) {
      reporter.abort(a.pid(), item(a), a.death());
    } else if (outcome instanceof Outcome.TimedOut<?, ?> t) {
      reporter.timeout(t.pid(), item(t), t.limit(), t.which());
    }
  }

  private static Object item(Outcome<?, ?> outcome) {
    return outcome.item();
  }
}
