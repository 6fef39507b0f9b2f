package io.delegate.engine;

import io.delegate.Outcome;
import io.delegate.wire.Frame;
import io.delegate.wire.ItemFrame;
import io.delegate.wire.Values;
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

  /** Items asked for together where the window follows what they take. */
  private static final int STEP = 32;

  private final CoreSubscriber<? super Outcome<I, R>> actual;
  private final Pool pool;
  private final Shipped work;
  private final boolean ordered;
  private final boolean admitted;
  private final Scheduler.Worker worker = Schedulers.parallel().createWorker();

  /** From upstream to the pool. */
  private final Queue<Flight> arrivals = Queues.<Flight>unboundedMultiproducer().get();

  /** From the pool to downstream. */
  private final Queue<Answer> answers = Queues.<Answer>unboundedMultiproducer().get();

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

  private long wokenAt = System.nanoTime() - WITHHELD_NANOS - 1;

  /** Whether somebody looks, in a while, for items that are withheld by an upstream that blocks. */
  private final AtomicBoolean looking = new AtomicBoolean();

  // Below: the worker's alone; who else reads how many went out may see fewer.
  private long emitted;
  private long asked;
  private final @Nullable Reorder reorder;

  OutcomeSubscriber(
      CoreSubscriber<? super Outcome<I, R>> actual,
      Pool pool,
      Shipped work,
      boolean ordered,
      boolean admitted) {
    this.actual = actual;
    this.pool = pool;
    this.work = work;
    this.ordered = ordered;
    this.admitted = admitted;
    this.reorder = ordered ? new Reorder() : null;
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
    byte[] value = encode(item);
    if (value == null) {
      return;
    }
    pool.dispatcher().arrived();
    held.addAndGet(value.length);
    Flight flight = flight(item, value);
    arrivals.offer(flight);
    if (asking != Thread.currentThread()) {
      pool.dispatcher().wake(this);
    } else if (flight.arrived - wokenAt > WITHHELD_NANOS) {
      wokenAt = flight.arrived; // upstream takes its time with each
      pool.dispatcher().wake(this);
    }
  }

  private Flight flight(I item, byte[] value) {
    long index = taken;
    taken = index + 1; // upstream sends one at a time
    return new Flight(this, item, work, value, index);
  }

  /** The item's bytes; null when it has none, and its outcome is on its way. */
  private byte @Nullable [] encode(I item) {
    int limit = pool.options().maxFrame() - ItemFrame.FIXED - Frame.HEADER;
    try {
      return Values.encode(item, pool.options().codec(), limit, "the item");
    } catch (Throwable e) {
      Flight flight = flight(item, new byte[0]);
      Answer answer = Answer.unsendable(flight, e);
      pool.hub().answered(answer);
      answer(answer);
      return null;
    }
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
        pool.dispatcher().leave();
      }
      pool.end(this, work, emitted == taken);
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
  public void answer(Answer answer) {
    answers.offer(answer);
    schedule();
  }

  @Override
  public void fail(Throwable why) {
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
    for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
      Operators.onDiscard(answer.outcome(), currentContext());
    }
    if (reorder != null) {
      reorder.drain(answer -> Operators.onDiscard(answer.outcome(), currentContext()));
    }
  }

  private void emit() {
    // an upstream that sends more than it was asked for must not overrun downstream
    for (Answer answer = due(); answer != null; answer = due()) {
      emitted++;
      held.addAndGet(-answer.flight.value.length);
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
      return answers.poll();
    }
    for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
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
          asking = more > 1 ? Thread.currentThread() : null;
          if (more > 1) {
            lookLater(WITHHELD_NANOS);
          }
          s.request(more);
          if (arrivals.peek() != null) {
            pool.dispatcher().wake(this); // the next request may take its time
          }
        }
      } catch (Throwable thrown) { // against the rules, as an Error out of a mapper comes
        s.cancel();
        onError(thrown);
      } finally {
        asking = null;
        if (arrivals.peek() != null) {
          pool.dispatcher().wake(this);
        }
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
        looking.set(false);
      }
    }
  }

  private void lookForWithheld() {
    looking.set(false);
    if (asking != null && !cancelled) {
      if (arrivals.peek() != null) {
        pool.dispatcher().wake(this);
      }
      lookLater(10 * WITHHELD_NANOS);
    }
  }

  /** How many more items to ask for now; not many at once where they may turn out to be large. */
  private long room() {
    boolean follows = pool.options().follows();
    boolean full = follows && held.get() > (long) pool.children() * Pace.AMOUNT_BYTES;
    long holds = full ? pool.children() : pool.capacity(work);
    long ahead = holds * (ordered ? LOOK_AHEAD : 1);
    long more = Math.min(requested.get() - emitted, ahead) - (asked - emitted);
    return follows ? Math.min(more, STEP - (asked - taken)) : more;
  }

  /** Answers come first; they lead back here. */
  private boolean mayAskOn() {
    return !cancelled && !upstreamDone && answers.isEmpty();
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
      return answers.size();
    }
    if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
      return requested.get();
    }
    return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
  }
}
