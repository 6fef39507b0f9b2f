package io.delegate.engine;

import io.delegate.Event;
import io.delegate.Outcome;
import io.delegate.Work;
import io.delegate.wire.WorkFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.concurrent.Queues;

/**
 * An engine without processes, in which what a {@link Plot} says happens. Streams, their demand and
 * order, the forms of items and what listeners are told are those of every {@link Host}; here is
 * what stands for slots and children. As in the {@link Pool}, all that happens is posted to one
 * mailbox.
 */
final class TwinEngine extends Host {
  private static final Logger log = LoggerFactory.getLogger(TwinEngine.class);

  private final Plot plot;
  private final TwinClock clock;
  private final WorkBook works;
  private final TwinQueue queue;
  private final TwinStaff staff;

  /** Works that are not copied. */
  private final Map<Shipped, Work<Object, Object>> live = new ConcurrentHashMap<>();

  private final Queue<Runnable> mailbox = Queues.<Runnable>unboundedMultiproducer().get();
  private final AtomicInteger wip = new AtomicInteger();

  /**
   * What may run the user's code, here and now where time is virtual: done outside the drain, hence
   * by whoever has left it, of whom there may be several at once.
   */
  private final Queue<Runnable> outside = new ConcurrentLinkedQueue<>();

  private final Set<Source> sources = new HashSet<>();
  private final List<Waiter> waiters = new ArrayList<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger admitted = new AtomicInteger();

  private volatile boolean accepting = true;
  private volatile int children;
  private boolean finishing;
  private boolean terminated;

  /** Somebody waits for children to be up, or to be gone. */
  private record Waiter(
      int wantUp, @Nullable List<TwinChild> wantGone, CompletableFuture<Void> done) {}

  private TwinEngine(Options options, Plot plot) {
    super(options);
    this.plot = plot;
    this.clock = new TwinClock(options.timer());
    this.works = new WorkBook(options.launch(), options.maxFrame(), options.codec());
    this.queue = new TwinQueue(clock, options.queueLimit(), flight -> post(() -> expire(flight)));
    this.staff = new TwinStaff(this, plot, clock, queue);
    this.children = options.children();
  }

  static TwinEngine of(Options options, Plot plot) {
    return new TwinEngine(plot.copies() ? options : options.with(new TwinObjects()), plot);
  }

  // ---- the drain

  void post(Runnable what) {
    mailbox.offer(what);
    if (wip.getAndIncrement() == 0) {
      drain();
      for (Runnable then = outside.poll(); then != null; then = outside.poll()) {
        safely(then);
      }
    }
  }

  private void drain() {
    int missed = 1;
    do {
      for (Runnable what = mailbox.poll(); what != null; what = mailbox.poll()) {
        safely(what);
      }
      safely(this::settle);
      missed = wip.addAndGet(-missed);
    } while (missed != 0);
  }

  private void safely(Runnable what) {
    try {
      what.run();
    } catch (Throwable bug) {
      log.error("{}: a bug in Delegate's twin; it goes on", options().name(), bug);
    }
  }

  /** Does that once the drain is left. */
  void outside(Runnable what) {
    outside.offer(what);
  }

  /**
   * What goes to a stream: its subscriber may be told on this very thread where time is virtual.
   */
  private void toStream(Runnable what) {
    if (TwinClock.isVirtual()) {
      outside(what);
    } else {
      what.run();
    }
  }

  private void settle() {
    if (!terminated && !finishing) {
      staff.hire();
      staff.hand();
    }
    if (terminated) {
      return;
    }
    waiters.removeIf(this::isMet);
    if (!accepting && !finishing && sources.isEmpty()) {
      finishing = true;
      List<TwinChild> unused = staff.retireAll();
    }
    if (finishing && staff.isEmpty()) {
      terminate();
    }
  }

  private void terminate() {
    terminated = true;
    staff.close();
    RuntimeException why = rejected();
    for (Source source : List.copyOf(sources)) {
      fail(source, why);
    }
    sources.clear();
    waiters.forEach(waiter -> fail(waiter.done(), why));
    waiters.clear();
    if (staff.isTold()) {
      hub().tell(new Event.Cleanup());
    }
    hub().close();
    Threads.run(() -> closed.complete(null));
  }

  // ---- streams

  @Override
  int children() {
    return children;
  }

  @Override
  int capacity(Shipped work) {
    return children * Math.max(1, options().window());
  }

  @Override
  Shipped acquire(Object work, Object origin) {
    if (plot.copies()) {
      return works.acquire(work, origin);
    }
    ClassLoader loader = origin.getClass().getClassLoader();
    Shipped shipped =
        new Shipped(
            new WorkFrame(0, List.of(), new byte[0]),
            loader == null ? ClassLoader.getSystemClassLoader() : loader,
            options().codec());
    live.put(shipped, work(work));
    return shipped;
  }

  @SuppressWarnings("unchecked") // the front sends nothing else
  private static Work<Object, Object> work(Object work) {
    return (Work<Object, Object>) work;
  }

  /** The work as that child has it. */
  Work<Object, Object> work(TwinChild child, Shipped shipped) throws Exception {
    Work<Object, Object> known = live.get(shipped);
    return known != null ? known : child.work(shipped);
  }

  byte @Nullable [] initializer() {
    return options().initializer() == null ? null : WorkBook.encode(options().initializer());
  }

  ClassLoader initializerLoader() {
    Object task = options().initializer();
    ClassLoader loader = task == null ? null : task.getClass().getClassLoader();
    return loader == null ? ClassLoader.getSystemClassLoader() : loader;
  }

  @Override
  boolean admit() {
    long most = (long) children * Math.max(1, options().window()) + options().maxPending();
    if (admitted.incrementAndGet() <= most && waiting.get() <= options().maxPending()) {
      return true;
    }
    admitted.decrementAndGet();
    return false;
  }

  @Override
  void leave() {
    admitted.decrementAndGet();
  }

  @Override
  void open(Source source) {
    if (!accepting) {
      throw rejected();
    }
    post(
        () -> {
          if (finishing) {
            fail(source, rejected());
          } else {
            sources.add(source);
          }
        });
  }

  @Override
  void arrived(int count) {
    waiting.addAndGet(count);
  }

  @Override
  void wake(Source source) {
    post(
        () -> {
          if (source.enter()) {
            take(source);
            source.leave();
            take(source); // one may have come between the two
          }
        });
  }

  private void take(Source source) {
    for (Flight flight = source.poll(); flight != null; flight = source.poll()) {
      if (source.isCancelled()) {
        drop(flight);
      } else {
        queue.add(flight);
      }
    }
  }

  private void drop(Flight flight) {
    left(1);
    flight.source.discard(flight);
  }

  /** So many items do not wait any more. */
  void left(int count) {
    waiting.addAndGet(-count);
  }

  private void expire(Flight flight) {
    Duration limit = options().queueLimit();
    if (limit != null && queue.remove(flight)) {
      left(1);
      tell(flight, Answer.timedOut(flight, 0, Duration.ZERO, limit, "", Outcome.Limit.QUEUE));
    }
  }

  /** A child, or its death, answers an item. */
  void deliver(Answer answer) {
    if (!answer.flight.source.isCancelled()) {
      answer.share();
      answer(answer);
      hub().answered(answer);
    }
  }

  /** An item that no child has any more is answered. */
  void tell(Flight flight, Answer answer) {
    if (flight.source.isCancelled()) {
      flight.source.discard(flight);
    } else {
      deliver(answer);
    }
  }

  private void answer(Answer answer) {
    Source source = answer.flight.source;
    toStream(
        () -> {
          synchronized (source) { // outside the drain there may be two of us
            boolean unused = source.answer(answer);
            source.tellAnswers();
          }
        });
  }

  void fail(Source source, Throwable why) {
    toStream(
        () -> {
          synchronized (source) {
            source.fail(why);
          }
        });
  }

  /** Those waited for nothing: a child cannot be started. */
  void failWaiting(Throwable why) {
    for (Source source : queue.sources()) {
      fail(source, why);
      queue.removeAll(source).forEach(this::drop);
    }
  }

  @Override
  void end(Source source, Shipped work, boolean clean) {
    post(
        () -> {
          sources.remove(source);
          if (!clean) {
            take(source);
            queue.removeAll(source).forEach(this::drop);
            queue.removeSuspects(source).forEach(source::discard);
            staff.kill(source);
          }
          if (live.remove(work) == null) {
            works.release(work, id -> {});
          }
        });
  }

  // ---- the front's wishes

  private static Mono<Void> later(Function<CompletableFuture<Void>, Runnable> wish, TwinEngine to) {
    return Mono.defer(
        () -> {
          CompletableFuture<Void> done = new CompletableFuture<>();
          to.post(wish.apply(done));
          return Mono.fromFuture(done, true);
        });
  }

  private static void fail(CompletableFuture<Void> done, Throwable why) {
    Threads.run(() -> done.completeExceptionally(why));
  }

  @Override
  public Mono<Void> spawn(int wanted) {
    return later(
        done ->
            () -> {
              if (!accepting || finishing) {
                fail(done, rejected());
                return;
              }
              children = wanted;
              staff.keep(wanted);
              sources.forEach(source -> toStream(source::roomChanged));
              waiters.add(new Waiter(wanted, null, done));
            },
        this);
  }

  void failSpawn(Throwable why) {
    waiters.removeIf(
        waiter -> {
          if (waiter.wantUp() > 0) {
            fail(waiter.done(), why);
          }
          return waiter.wantUp() > 0;
        });
  }

  @Override
  public Mono<Void> cleanup() {
    return later(
        done ->
            () -> {
              if (terminated) {
                Threads.run(() -> done.complete(null)); // they are gone already
              } else {
                waiters.add(new Waiter(0, staff.retireAll(), done));
              }
            },
        this);
  }

  private boolean isMet(Waiter waiter) {
    List<TwinChild> wantGone = waiter.wantGone();
    if (wantGone != null) {
      if (staff.anyLives(wantGone)) {
        return false;
      }
      staff.stopped();
      hub().tell(new Event.Cleanup());
    } else if (finishing) {
      fail(waiter.done(), rejected());
      return true;
    } else if (!staff.areUp(waiter.wantUp())) {
      return false;
    }
    Threads.run(() -> waiter.done().complete(null));
    return true;
  }

  @Override
  public Mono<Boolean> makeArchive() {
    return Mono.just(false);
  }

  @Override
  public List<Long> pids() {
    return staff.pids();
  }

  @Override
  public Mono<Void> finish() {
    return Mono.defer(
        () -> {
          accepting = false;
          post(() -> {});
          return Mono.fromFuture(closed, true);
        });
  }

  @Override
  public Mono<Void> finish(Duration grace) {
    return Mono.defer(
        () -> {
          accepting = false;
          if (grace.isZero() || grace.isNegative()) {
            dispose();
          } else {
            Disposable end = clock.after(grace, this::dispose);
            closed.whenComplete((v, e) -> end.dispose());
            post(() -> {});
          }
          return Mono.fromFuture(closed, true);
        });
  }

  @Override
  public Mono<Void> kill() {
    return Mono.defer(
        () -> {
          dispose();
          return Mono.fromFuture(closed, true);
        });
  }

  @Override
  public void dispose() {
    accepting = false;
    post(
        () -> {
          finishing = true;
          staff.killAll();
        });
  }

  @Override
  public boolean isDisposed() {
    return !accepting;
  }
}
