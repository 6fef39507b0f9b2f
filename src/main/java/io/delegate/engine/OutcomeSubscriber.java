package io.delegate.engine;

import io.delegate.Outcome;
import io.delegate.wire.Frame;
import io.delegate.wire.ItemFrame;
import io.delegate.wire.Values;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * One subscriber's stream. Items are encoded on the thread that brings them and wait for the pool;
 * answers come from the pool, are decoded and passed on by a worker of {@link
 * Schedulers#parallel()}, so that no subscriber can hold up the children.
 *
 * <p>Upstream is never asked for more than downstream wants outcomes, nor for more than the
 * children can hold: every item that arrives may therefore start, and every answer may be passed
 * on.
 *
 * @param <I> the type of the items
 * @param <R> the type of the results
 */
final class OutcomeSubscriber<I, R> implements CoreSubscriber<I>, Subscription, Source, Scannable {
  /** How many times the children's capacity the answers in order may run ahead of the oldest. */
  private static final int LOOK_AHEAD = 4;

  /** How long items may be withheld from the pool so that it is told of many at once. */
  private static final long WITHHELD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final byte[] NOTHING = {};

  /** Items asked for together where the window follows what they take. */
  private static final int STEP = 32;

  /** Of so many the pool is told while more are asked for. */
  private static final int TOGETHER = 512;

  private final CoreSubscriber<? super Outcome<I, R>> actual;
  private final Host host;
  private final Shipped work;

  /** Null where items take nothing along, and nobody follows them. */
  private final @Nullable Escort escort;

  private final boolean ordered;
  private final boolean admitted;
  private final Scheduler.Worker worker = Schedulers.parallel().createWorker();

  /** From upstream to the host. */
  private final Queue<Flight> arrivals;

  /** From the pool to downstream, each with those behind it. */
  private final Queue<Answer> answers = Queues.<Answer>unboundedMultiproducer().get();

  /** How many answers there are. */
  private final AtomicInteger buffered = new AtomicInteger();

  private final AtomicBoolean inPool = new AtomicBoolean();
  private final AtomicInteger wip = new AtomicInteger();
  private final AtomicLong requested = new AtomicLong();
  private final AtomicBoolean ended = new AtomicBoolean();

  /** Items that will not run: the user's hooks are told of them, on no thread of the pool's. */
  private final Queue<Flight> discards = Queues.<Flight>unboundedMultiproducer().get();

  private final AtomicInteger discarding = new AtomicInteger();

  /** Bytes of items that have come and whose outcomes have not gone. */
  private final AtomicLong held = new AtomicLong();

  private @Nullable Subscription upstream;
  private volatile boolean subscribed;
  private volatile boolean cancelled;
  private volatile boolean terminated;
  private volatile boolean upstreamDone;
  private @Nullable Throwable upstreamError;
  private volatile @Nullable Throwable failure;

  /** Counted by upstream's thread; final once upstream is done. */
  private volatile long taken;

  /**
   * Items that arrive while we ask for them are told to the pool together: afterwards, or when that
   * takes long.
   */
  private volatile @Nullable Thread asking;

  /** Found when it had been asked for a while: each item is told at once then. */
  private volatile boolean takesItsTime;

  /** Items the pool was not told of, counted by the thread that asks. */
  private final AtomicInteger withheld = new AtomicInteger();

  /** Whether somebody looks, in a while, for items that are withheld by an upstream that blocks. */
  private final AtomicBoolean looking = new AtomicBoolean();

  // Below: the pool's alone.
  private @Nullable Answer firstUntold;
  private @Nullable Answer lastUntold;
  private int untold;

  // Below: the worker's alone; who else reads how many went out may see fewer.
  private @Nullable Answer current;
  private long emitted;
  private long asked;
  private final @Nullable Reorder reorder;

  OutcomeSubscriber(
      CoreSubscriber<? super Outcome<I, R>> actual,
      Host host,
      Shipped work,
      @Nullable Escort escort,
      boolean ordered,
      boolean admitted) {
    this.actual = actual;
    this.host = host;
    this.work = work;
    this.escort = escort;
    this.ordered = ordered;
    this.admitted = admitted;
    this.reorder = ordered ? new Reorder() : null;
    this.arrivals = admitted ? Queues.<Flight>one().get() : Queues.<Flight>unbounded(STEP).get();
  }

  // ---- upstream

  @Override
  public void onSubscribe(Subscription s) {
    if (Operators.validate(upstream, s)) {
      upstream = s;
      actual.onSubscribe(this);
      subscribed = true;
      if (failure != null) {
        schedule(); // the pool failed us before upstream came
      }
    }
  }

  @Override
  public void onNext(I item) {
    if (upstreamDone) {
      Operators.onNextDropped(item, currentContext());
      return;
    }
    if (cancelled) {
      Operators.onDiscard(item, currentContext());
      return;
    }
    if (item == null) { // against the rules; what came before keeps its outcomes
      if (upstream != null) {
        upstream.cancel();
      }
      onError(new NullPointerException("upstream sent null as item number " + (taken + 1)));
      return;
    }
    Flight flight = flight(item);
    if (flight == null) {
      return;
    }
    if (flight.isLarge()) {
      held.addAndGet(flight.size);
    }
    arrivals.offer(flight);
    if (asking != Thread.currentThread()) {
      host.arrived(1);
      host.wake(this);
    } else {
      withheld.incrementAndGet();
      if (takesItsTime) {
        tellWithheld();
      }
    }
  }

  /** The pool is told of what has come of asking; it may have taken some of that already. */
  private void tellWithheld() {
    int count = withheld.getAndSet(0);
    if (count > 0) {
      host.arrived(count);
    }
    if (count > 0 || !arrivals.isEmpty()) {
      host.wake(this);
    }
  }

  /** The item on its way; null when it cannot be sent, and its outcome is told. */
  private @Nullable Flight flight(I item) {
    long index = taken;
    taken = index + 1; // upstream sends one at a time
    Carried carried = null;
    try {
      carried = escort == null ? null : escort.taken(item);
      Flight flight = encoded(item, index);
      flight.carried = carried;
      return flight;
    } catch (Throwable e) {
      Flight flight = new Flight(this, item, work, NOTHING, index, 0);
      flight.carried = carried;
      Answer answer = Answer.unsendable(flight, e);
      host.hub().answered(answer);
      buffered.incrementAndGet();
      answers.offer(answer);
      schedule();
      return null;
    }
  }

  private Flight encoded(I item, long index) throws IOException {
    int limit = host.options().maxFrame() - ItemFrame.FIXED - Frame.HEADER;
    int late = Values.lateSize(item);
    if (late >= 0 && late <= limit) {
      return Flight.late(this, item, work, late, index, now());
    }
    byte[] value = Values.encode(item, work.codec(), limit, "the item");
    return new Flight(this, item, work, value, index, now());
  }

  private long now() {
    return host.options().queueLimit() == null && !host.hub().active() ? 0 : System.nanoTime();
  }

  @Override
  public void onError(Throwable t) {
    if (upstreamDone) {
      Operators.onErrorDropped(t, currentContext());
      return;
    }
    upstreamError = t;
    upstreamDone = true;
    schedule();
  }

  @Override
  public void onComplete() {
    if (!upstreamDone) {
      upstreamDone = true;
      schedule();
    }
  }

  // ---- downstream

  @Override
  public void request(long n) {
    if (Operators.validate(n)) {
      requested.getAndUpdate(r -> Operators.addCap(r, n));
      // here and now, so that who submits first comes first; outcomes are for the worker
      if (wip.getAndIncrement() == 0) {
        if (!isCancelled()) {
          ask();
        }
        if (wip.decrementAndGet() != 0) {
          work();
        }
      }
    }
  }

  @Override
  public void cancel() {
    if (!cancelled) {
      cancelled = true;
      if (upstream != null) {
        upstream.cancel();
      }
      end();
      schedule();
    }
  }

  /** It never was subscribed. */
  void abandon() {
    worker.dispose();
    end();
  }

  /** Lets go of the pool: once. */
  private void end() {
    if (ended.compareAndSet(false, true)) {
      if (admitted) {
        host.leave();
      }
      host.end(this, work, emitted == taken);
      if (escort != null) {
        escort.close();
      }
    }
  }

  @Override
  public Context currentContext() {
    return actual.currentContext();
  }

  // ---- the pool

  @Override
  public @Nullable Flight poll() {
    return arrivals.poll();
  }

  @Override
  public void discard(Flight flight) {
    discards.offer(flight);
    if (discarding.getAndIncrement() == 0) {
      Threads.run(this::tellDiscards);
    }
  }

  private void tellDiscards() {
    int missed = 1;
    do {
      for (Flight flight = discards.poll(); flight != null; flight = discards.poll()) {
        Operators.onDiscard(flight.item, currentContext());
      }
      missed = discarding.addAndGet(-missed);
    } while (missed != 0);
  }

  @Override
  public @Nullable Flight peek() {
    return arrivals.peek();
  }

  @Override
  public boolean answer(Answer answer) {
    Answer last = lastUntold;
    lastUntold = answer;
    untold++;
    if (last == null) {
      firstUntold = answer;
      return true;
    }
    last.next = answer;
    return false;
  }

  @Override
  public void tellAnswers() {
    Answer first = firstUntold;
    if (first != null) {
      answers.offer(first); // if there is no memory for that, they stay untold
      buffered.addAndGet(untold);
      firstUntold = null;
      lastUntold = null;
      untold = 0;
      schedule();
    }
  }

  @Override
  public void fail(Throwable why) {
    tellAnswers(); // what is known counts
    failure = why;
    schedule();
  }

  @Override
  public void roomChanged() {
    schedule();
  }

  @Override
  public boolean isCancelled() {
    return cancelled || failure != null;
  }

  @Override
  public boolean enter() {
    return inPool.compareAndSet(false, true);
  }

  @Override
  public void leave() {
    inPool.set(false);
  }

  // ---- the worker

  private void schedule() {
    if (wip.getAndIncrement() == 0) {
      work();
    }
  }

  private void work() {
    try {
      worker.schedule(this::drain);
    } catch (RuntimeException rejected) { // Schedulers.parallel() was shut down under us
      Threads.run(() -> giveUp(rejected));
    }
  }

  private void giveUp(RuntimeException why) {
    boolean tell = !cancelled;
    Subscription s = upstream;
    if (s != null) {
      s.cancel();
    }
    terminated = true;
    cancelled = true;
    end();
    discardAnswers();
    if (tell) {
      actual.onError(why);
    }
  }

  private void drain() {
    int missed = 1;
    do {
      if (cancelled) {
        discardAnswers();
        worker.dispose();
        return;
      }
      emit();
      if (cancelled || finish()) {
        discardAnswers();
        worker.dispose();
        return;
      }
      ask();
      missed = wip.addAndGet(-missed);
    } while (missed != 0);
  }

  private void discardAnswers() {
    for (Answer answer = nextAsTheyCome(); answer != null; answer = nextAsTheyCome()) {
      discard(answer);
    }
    if (reorder != null) {
      reorder.drain(this::discard);
    }
  }

  private void discard(Answer answer) {
    buffered.decrementAndGet();
    Operators.onDiscard(answer.outcome(), currentContext());
  }

  /** The next answer as they came. */
  private @Nullable Answer nextAsTheyCome() {
    Answer answer = current;
    if (answer == null) {
      answer = answers.poll();
      if (answer == null) {
        return null;
      }
    }
    current = answer.next;
    answer.next = null; // who keeps one does not keep them all
    return answer;
  }

  /** The same, and whoever follows its item is told, though those before it may be missing. */
  private @Nullable Answer nextKnown() {
    Answer answer = nextAsTheyCome();
    if (escort != null && answer != null) {
      escort.ended(answer);
    }
    return answer;
  }

  private void emit() {
    // an upstream that sends more than it was asked for must not overrun downstream
    int passed = 0;
    try {
      for (Answer answer = due(); answer != null; answer = due()) {
        emitted++;
        passed++;
        if (answer.flight.isLarge()) {
          held.addAndGet(-answer.flight.size);
        }
        try {
          actual.onNext(outcome(answer));
        } catch (Throwable thrown) { // against the rules; nothing may run for it any more
          cancel();
          throw thrown;
        }
        if (cancelled) {
          return;
        }
      }
    } finally {
      buffered.addAndGet(-passed);
    }
  }

  @SuppressWarnings("unchecked") // the item came from upstream, the result from the work
  private Outcome<I, R> outcome(Answer answer) {
    return (Outcome<I, R>) (Outcome<?, ?>) answer.outcome();
  }

  private @Nullable Answer due() {
    return emitted < requested.get() ? next() : null;
  }

  private @Nullable Answer next() {
    if (reorder == null) {
      return nextKnown();
    }
    for (Answer answer = nextKnown(); answer != null; answer = nextKnown()) {
      reorder.put(answer);
    }
    return reorder.take();
  }

  /** Whether the stream has ended, and downstream was told so. */
  private boolean finish() {
    Throwable why = failure;
    if (why != null && subscribed) {
      Subscription s = upstream;
      if (s != null) {
        s.cancel();
      }
      terminated = true;
      cancelled = true;
      end();
      actual.onError(why);
      return true;
    }
    if (!upstreamDone || emitted < taken) {
      return false;
    }
    terminated = true;
    cancelled = true; // nothing that comes later counts
    end();
    if (upstreamError != null) {
      actual.onError(upstreamError);
    } else {
      actual.onComplete();
    }
    return true;
  }

  /** Asks upstream for what downstream wants and the children can hold. */
  private void ask() {
    Subscription s = upstream;
    if (s == null || upstreamDone) {
      return;
    }
    long more = room();
    if (more > 0) {
      try {
        for (; more > 0; more = mayAskOn() ? room() : 0) {
          asked += more;
          if (more > 1) {
            asking = Thread.currentThread();
            lookLater(WITHHELD_NANOS);
          } else {
            tellWithheld(); // who blocks now may wait for what comes of those
            asking = null;
          }
          s.request(more);
          if (withheld.get() >= TOGETHER) {
            tellWithheld();
          }
        }
      } catch (Throwable thrown) { // against the rules, as an Error out of a mapper comes
        s.cancel();
        onError(thrown);
      } finally {
        asking = null;
        takesItsTime = false;
        tellWithheld();
      }
    }
  }

  /** An upstream may block in the request, for ever if it waits for what came of its items. */
  private void lookLater(long nanos) {
    if (looking.compareAndSet(false, true)) {
      try {
        Future<?> unused =
            Threads.TIMER.schedule(this::lookForWithheld, nanos, TimeUnit.NANOSECONDS);
      } catch (Throwable noThread) { // it is a help, no more
        takesItsTime = true;
        looking.set(false);
      }
    }
  }

  private void lookForWithheld() {
    looking.set(false);
    if (asking != null) { // cancelled or not: what was taken must be counted
      takesItsTime = true;
      tellWithheld();
      if (!cancelled) {
        lookLater(10 * WITHHELD_NANOS);
      }
    }
  }

  /** How many more items to ask for now; not many at once where they may turn out to be large. */
  private long room() {
    boolean follows = host.options().follows();
    boolean full = follows && held.get() > (long) host.children() * Pace.AMOUNT_BYTES;
    long holds = full ? host.children() : host.capacity(work);
    long ahead = holds * (ordered ? LOOK_AHEAD : 1);
    long more = Math.min(requested.get() - emitted, ahead) - (asked - emitted);
    return follows ? Math.min(more, STEP - (asked - taken)) : more;
  }

  /** Answers come first; they lead back here. */
  private boolean mayAskOn() {
    return !cancelled && !upstreamDone && current == null && answers.isEmpty();
  }

  @Override
  public @Nullable Object scanUnsafe(@SuppressWarnings("rawtypes") Attr key) {
    if (key == Attr.PARENT) {
      return upstream;
    }
    if (key == Attr.ACTUAL) {
      return actual;
    }
    if (key == Attr.CANCELLED) {
      return cancelled && !terminated;
    }
    if (key == Attr.TERMINATED) {
      return terminated;
    }
    if (key == Attr.ERROR) {
      return failure != null ? failure : upstreamError;
    }
    if (key == Attr.BUFFERED) {
      return buffered.get();
    }
    if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
      return requested.get();
    }
    return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
  }
}
