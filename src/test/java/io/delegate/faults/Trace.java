package io.delegate.faults;

import io.delegate.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is seen of a stream, just before the operator and just behind it. What must hold at each
 * instant is judged at once; all else afterwards.
 */
final class Trace {
  /** Everything downstream wants from now on. */
  record Demand(long nanos, long total) {}

  /** An outcome, and when it came. */
  record Receipt(Order order, Outcome<Object, Object> outcome, long nanos) {}

  final Course course;
  final Map<Integer, Long> handed = new ConcurrentHashMap<>();
  final List<Demand> demands = new ArrayList<>();
  final Queue<Receipt> receipts = new ConcurrentLinkedQueue<>();
  final Queue<Integer> refused = new ConcurrentLinkedQueue<>();
  final Queue<Integer> abandoned = new ConcurrentLinkedQueue<>();
  final Queue<String> wrongs = new ConcurrentLinkedQueue<>();
  final CountDownLatch over = new CountDownLatch(1);

  /** How the operator ended the stream; empty while it has not. */
  volatile String end = "";

  volatile Throwable error;

  private final String mark;
  private final AtomicInteger progress;
  private final int mostUnderWay;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger mostSeen = new AtomicInteger();
  private final AtomicLong demanded = new AtomicLong();
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger late = new AtomicInteger();
  private volatile Thread giving;
  private volatile boolean cancelled;
  private volatile boolean mayBeLate;

  Trace(Course course, String mark, AtomicInteger progress, int mostUnderWay) {
    this.course = course;
    this.mark = mark;
    this.progress = progress;
    this.mostUnderWay = mostUnderWay;
  }

  // ---- before the operator

  void handed(Object item) {
    Order order = course.shape().unwrap(item);
    if (handed.put(order.id(), System.nanoTime()) != null) {
      wrongs.add("the test handed item " + order.name() + " twice");
    }
    int now = underWay.incrementAndGet();
    mostSeen.accumulateAndGet(now, Math::max);
    if (now > mostUnderWay) {
      wrongs.add("law 10: " + now + " items under way, more than " + mostUnderWay);
    }
    if (handed.size() > demanded.get()) {
      wrongs.add("law 7: " + handed.size() + " items taken, " + demanded + " outcomes wanted");
    }
  }

  /** The most items that were ever between the two. */
  int mostUnderWay() {
    return mostSeen.get();
  }

  // ---- behind it

  void requested(long n) {
    synchronized (demands) {
      long total = demanded.updateAndGet(d -> d + n < 0 ? Long.MAX_VALUE : d + n);
      demands.add(new Demand(System.nanoTime(), total));
    }
  }

  void received(Outcome<Object, Object> outcome) {
    Order order = course.shape().unwrap(outcome.item());
    underWay.decrementAndGet(); // first: the next item may be taken from now on
    receive(order, outcome);
  }

  private void receive(Order order, Outcome<Object, Object> outcome) {
    signal("outcome of " + order.name());
    giving = Thread.currentThread();
    receipts.add(new Receipt(order, outcome, System.nanoTime()));
    boolean killed = outcome instanceof Outcome.Aborted || outcome instanceof Outcome.TimedOut;
    if (killed && outcome.pid() != 0 && Marked.runs(outcome.pid(), mark)) {
      wrongs.add("law 5: child " + outcome.pid() + " runs though we were told: " + outcome);
    }
    progress.incrementAndGet();
  }

  /** Of single items there are many at once, and no cancel of the whole. */
  void receivedSingle(Order order, Outcome<Object, Object> outcome) {
    receive(order, outcome);
  }

  /** None after the end, and after a cancel none but one. */
  private void signal(String what) {
    if (!end.isEmpty()) {
      wrongs.add("law 1: " + what + " after " + end);
    }
    // from another thread a cancel may overtake a signal that is on its way already, but only one;
    // of single items there may be as many on their way as there are items
    int allowed = course.way() == Course.Way.SINGLES ? Integer.MAX_VALUE : mayBeLate ? 1 : 0;
    if (cancelled && late.incrementAndGet() > allowed) {
      wrongs.add("law 1: " + what + " after the cancel");
    }
  }

  void entered() {
    if (inside.incrementAndGet() != 1) {
      wrongs.add("law 1: two signals at once");
    }
  }

  void left() {
    inside.decrementAndGet();
  }

  /** The operator is being cancelled, by what stands behind it. */
  void cancelling() {
    if (giving == Thread.currentThread()) { // within a signal, so none can be on its way
      cancelled = true;
    }
  }

  /** A cancel from a thread of its own has returned. */
  void cancelReturned() {
    mayBeLate = true;
    cancelled = true;
    over.countDown();
  }

  boolean isCancelled() {
    return cancelled;
  }

  void ended(Throwable why) {
    String how = why == null ? "completion" : "error " + why;
    signal(how);
    error = why;
    end = how;
  }
}
