package io.delegate.engine;

import io.delegate.DelegateException;
import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.engine.SlotState.Then;
import io.delegate.process.Departure;
import io.delegate.process.Launcher;
import io.delegate.wire.Frame;
import io.delegate.wire.ProtocolException;
import io.delegate.wire.ResultFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.concurrent.Queues;

/**
 * The heart: slots, and what happens to them. All that happens is posted to one mailbox, which one
 * thread at a time empties; whoever posts into an empty mailbox is that thread. Nothing in the
 * drain blocks or runs the user's code.
 */
public final class Pool extends Host {
  private static final Logger log = LoggerFactory.getLogger(Pool.class);

  /** How long a thread that brings news is kept for all the news there is. */
  private static final long LENT_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** After how long, at the latest, follows what must from the news so far. */
  private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** When to try again what there was no memory for. */
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Not an offset in a batch: the value is all there is. */
  private static final int WHOLE = -1;

  /** After so many pieces of news a look at the clock. */
  private static final int CLOCK = 16;

  private final Options options;
  private final Hub hub;
  private final WorkBook works;
  private final Dispatcher dispatcher;
  private final Watch watch;
  private final Staff staff;
  private final LoadMeter meter;

  /** Once, for it must not fail for want of memory. */
  private final Runnable settling = this::settle;

  private final Queue<Runnable> mailbox = Queues.<Runnable>unboundedMultiproducer().get();
  private final AtomicInteger wip = new AtomicInteger();

  private final List<Slot> slots = new ArrayList<>();

  /** Streams that have answers of which they were not told yet. */
  private final ArrayList<Source> answered = new ArrayList<>(16);

  /** The work whose pace is to be settled. */
  private @Nullable Shipped paced;

  private final boolean followsMedian;
  private final Set<Source> sources = new HashSet<>();
  private final List<Waiter> waiters = new ArrayList<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final Departure.Stay stay;

  private volatile boolean accepting = true;
  private volatile int children;
  private volatile int alive;
  private boolean finishing;
  private boolean terminated;
  private int removing;

  /** Somebody waits for children to be up, or to be gone. */
  private record Waiter(int wantUp, @Nullable Set<Child> wantGone, CompletableFuture<Void> done) {}

  /**
   * Makes one; no child is started yet.
   *
   * @param options checked
   */
  public Pool(Options options) {
    this(options, new Hub(options.reporters()));
  }

  /** {@code hub}: is told what happens. */
  Pool(Options options, Hub hub) {
    this(options, hub, new WorkBook(options.launch(), options.maxFrame(), options.codec()));
  }

  /** On a node: the parent says which works are kept. */
  static Pool ofParent(Options options, Hub hub) {
    return new Pool(options, hub, WorkBook.ofOthers(options));
  }

  private Pool(Options options, Hub hub, WorkBook works) {
    super(options, hub);
    this.options = options;
    this.hub = hub;
    this.works = works;
    this.dispatcher = new Dispatcher(this, options);
    this.watch = new Watch(this, options);
    this.staff = new Staff(this, options);
    this.meter = new LoadMeter(this);
    this.followsMedian = options.limit() != null && options.limit().isRelative();
    resize(options.children());
    this.stay = Departure.stay(options.exitGrace(), closed, this::dispose);
  }

  /**
   * Refuses an initializer that could never be sent.
   *
   * @param task the initializer
   * @throws io.delegate.DelegateException.NotShippable when it cannot be serialized
   */
  public static void checkShippable(Object task) {
    WorkBook.encode(task);
  }

  WorkBook works() {
    return works;
  }

  List<Slot> slots() {
    return slots;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  Watch watch() {
    return watch;
  }

  Staff staff() {
    return staff;
  }

  LoadMeter meter() {
    return meter;
  }

  @Override
  int children() {
    return children;
  }

  @Override
  int capacity(Shipped work) {
    return children * (options.follows() ? work.pace().window() : options.window());
  }

  // ---- the drain

  /** Does that in the drain: now, or when the thread that drains comes to it. */
  void post(Runnable what) {
    mailbox.offer(what);
    if (wip.getAndIncrement() == 0) {
      drainUntil(System.nanoTime() + LENT_NANOS);
    }
  }

  /**
   * On this thread for a while only: it may be the one that reads the channels, or rings alarms.
   */
  private void drainUntil(long end) {
    while (!drained(end)) {
      if (System.nanoTime() - end >= 0 && handedOver()) {
        return;
      }
    }
  }

  /** Another thread goes on, for as long as there is news. */
  private boolean handedOver() {
    try {
      Threads.BLOCKING.execute(
          () -> {
            while (!drained(System.nanoTime() + ROUND_NANOS)) {
              // again
            }
          });
      return true;
    } catch (Throwable noThread) {
      return false;
    }
  }

  /**
   * False when there may be more news: at the end of its time, or when it was cut off, since the
   * fault of an access to a child's page may be thrown late.
   */
  private boolean drained(long end) {
    try {
      return drain(end);
    } catch (Throwable late) {
      try {
        log.warn("{}: a late fault; it goes on", options.name(), late);
      } catch (Throwable noLog) {
        // a full heap, most likely; the drain must go on
      }
      return false;
    }
  }

  private boolean drain(long end) {
    while (true) {
      int seen = wip.get();
      boolean all = takeNews(end);
      safely(settling);
      if (all && wip.compareAndSet(seen, 0)) {
        return true;
      }
      if (System.nanoTime() - end >= 0) {
        return false;
      }
    }
  }

  /** Whether it has come to the end of it. */
  private boolean takeNews(long end) {
    for (int count = 1; ; count++) {
      Runnable what = mailbox.poll();
      if (what == null) {
        return true;
      }
      safely(what);
      if (count % CLOCK == 0 && System.nanoTime() - end >= 0) {
        return false;
      }
    }
  }

  /** No news, however odd, may stop the drain. */
  private void safely(Runnable what) {
    try {
      what.run();
    } catch (Throwable bug) {
      try {
        log.error("{}: a bug in Delegate; it goes on, but please report it", options.name(), bug);
      } catch (Throwable noLog) {
        // a full heap, most likely; the drain must go on
      }
    }
  }

  /** What follows from all the news together. */
  private void settle() {
    try {
      settleAll();
    } finally {
      tellAnswered();
    }
  }

  private void settleAll() {
    if (terminated) {
      return;
    }
    if (!finishing) {
      if (Departure.isOver()) {
        depart();
      } else {
        staff.run();
      }
      dispatcher.dispatch();
      if (dispatcher.anyWaits()) {
        watch.itemsWait();
      }
    }
    int living = 0;
    for (Slot slot : slots) {
      Child child = slot.child();
      if (child != null) {
        living++;
        child.flush();
      }
    }
    if (living != alive) {
      alive = living;
    }
    waiters.removeIf(this::isMet);
    slots.removeIf(slot -> slot.isClosed() && !finishing);
    if (!accepting && !finishing && sources.isEmpty()) {
      finishing = true;
      slots.forEach(slot -> retire(slot, Then.CLOSE, ExitReason.STOPPED));
    }
    meter.tell();
    if (finishing && removing == 0 && slots.stream().allMatch(Slot::isClosed)) {
      terminate();
    }
  }

  // ---- slots

  /** News of a child. News of a child that is no longer in its slot changes nothing. */
  void fire(Slot slot, Child child, SlotState.Event<Child> event) {
    if (slot.child() == child) {
      fire(slot, event);
    }
  }

  private void fire(Slot slot, SlotState.Event<Child> event) {
    SlotState.Step<Child> step = SlotState.next(slot.state, event);
    slot.state = step.state();
    for (SlotState.Effect effect : step.effects()) {
      Child child = step.child().orElseThrow();
      switch (effect) {
        case START -> child.start();
        case ASK -> {
          child.ask();
          watch.childAsked();
        }
        case KILL -> child.kill();
        case BURY -> bury(child);
      }
    }
  }

  /** A child for a slot that rests. */
  void start(Slot slot, Child child) {
    fire(slot, new SlotState.Event.Want<>(child));
    watch.childStarted();
  }

  private void resize(int most) {
    staff.resize(most);
    children = most;
  }

  /** How many children there are, those that start or end too. Any thread. */
  int alive() {
    return alive;
  }

  /** From now on that many children at most, which need not be up. */
  void limit(int most) {
    post(
        () -> {
          if (!finishing) {
            staff.keep(Math.min(staff.kept(), most));
            resize(most);
            sources.forEach(Source::roomChanged);
          }
        });
  }

  /** Its child ends when it has nothing in hand; what it has not begun goes to others. */
  void retire(Slot slot, Then then, ExitReason reason) {
    Child child = slot.upChild();
    if (child != null) {
      child.wish = child.wish == null ? reason : child.wish;
      dispatcher.takeBackAll(child);
    } else if (slot.state instanceof SlotState.Starting<Child> s) {
      s.child().verdict = Verdict.of(Verdict.Reason.STOP, "");
    }
    fire(slot, new SlotState.Event.Retire<>(then));
  }

  /** A child is up. */
  void ready(Child child) {
    if (child.slot().child() != child || child.up || child.slot().upChild() != null) {
      return;
    }
    fire(child.slot(), child, new SlotState.Event.Ready<>());
    if (child.slot().upChild() == child) {
      child.up = true;
      child.upAt = System.nanoTime();
      child.isReady();
      staff.started(child);
      child.idleSince = child.upAt;
      child.busy(false);
      watch.childUp(child);
      hub.tell(new Event.Spawn(child.pid(), Duration.ofNanos(child.upAt - child.startedAt)));
    }
  }

  /** A child broke the rules: nothing it says after that counts. */
  void broke(Child child, @Nullable String how) {
    if (child.verdict == null) {
      child.verdict = Verdict.of(Verdict.Reason.PROTOCOL, String.valueOf(how));
    }
    if (child.slot().upChild() == child) {
      dispatcher.takeBackAll(child); // else it could begin, and be blamed for, more than it runs
    }
    fire(child.slot(), child, new SlotState.Event.Kill<>());
    child.deafen();
  }

  // ---- results

  /** Whole result frames, from the channel or from the ledger of a dead child. */
  void results(Child child, byte[] batch) {
    meter.received(batch.length);
    int count = 0;
    long before = child.served;
    try {
      ByteBuffer in = ByteBuffer.wrap(batch);
      int at = 0;
      while (batch.length - at >= Frame.HEADER) {
        long header = in.getLong(at);
        int length = (int) header;
        Frame.Type type = Frame.check(header, child.frameLimit());
        at += Frame.HEADER;
        if (type != Frame.Type.RESULT || length < ResultFrame.FIXED || length > batch.length - at) {
          throw new ProtocolException("a frame of type " + type + " among the results");
        }
        int value = at + ResultFrame.FIXED;
        count += result(child, in, at, batch, value, length - ResultFrame.FIXED) ? 1 : 0;
        at += length;
      }
    } catch (ProtocolException e) {
      broke(child, e.getMessage());
    } catch (OutOfMemoryError e) {
      lost(child, e);
    } finally {
      settleResults(child, count, before);
    }
  }

  /** A result whose value is a {@code byte[]}: this one. */
  void bytes(Child child, byte[] frame, byte[] bytes) {
    meter.received((long) frame.length + bytes.length);
    int count = 0;
    long before = child.served;
    try {
      count =
          result(child, ByteBuffer.wrap(frame), Frame.HEADER, bytes, WHOLE, bytes.length) ? 1 : 0;
    } catch (ProtocolException e) {
      broke(child, e.getMessage());
    } catch (OutOfMemoryError e) {
      lost(child, e);
    } finally {
      settleResults(child, count, before);
    }
  }

  /**
   * This JVM has no memory for what the child has sent: those items have run, and must not again.
   */
  private void lost(Child child, OutOfMemoryError why) {
    child.lost();
    broke(child, "its results could not be read here: " + why);
  }

  private void settleResults(Child child, int count, long before) {
    settlePace();
    if (count > 0) {
      staff.served(child);
      if (before == 0 && child.served > 0) {
        child.hasServed();
      }
      child.headSince = watch.limitNow();
      child.headAt = System.nanoTime();
      fire(child.slot(), child, new SlotState.Event.Answered<>(count));
      if (child.slot().isIdle()) {
        child.idleSince = System.nanoTime();
        child.busy(false);
        watch.childIdle();
      }
      watch.checkWear(child);
    }
    tellAnswered(); // now: the thread that passes them on may do so while this one goes on
  }

  /**
   * One result; false when it was known already, which a flush cut off by a death brings about.
   *
   * @param in holds its frame, whose fixed part is at {@code at}
   * @param batch holds its value, at {@code value}; or is it, if that is WHOLE
   */
  private boolean result(Child child, ByteBuffer in, int at, byte[] batch, int value, int length)
      throws ProtocolException {
    long seq = in.getLong(at);
    byte status = in.get(at + Long.BYTES);
    long nanos = in.getLong(at + Long.BYTES + 1);
    Handed first = child.hands.peekFirst();
    if (first != null && seq < first.seq) {
      return false;
    }
    if (first == null || seq != first.seq) {
      throw new ProtocolException(
          "answered item " + seq + " where " + (first == null ? "none" : first.seq) + " was due");
    }
    Flight flight = first.flight;
    if (status < ResultFrame.OK
        || status > ResultFrame.SKIPPED
        || (status == ResultFrame.SKIPPED) != (flight == null)
        || (status != ResultFrame.OK && value == WHOLE)) {
      throw new ProtocolException("item " + seq + " was answered with status " + status);
    }
    Answer answer = null; // first what needs memory: then all of it happens, or nothing
    if (flight != null) {
      answered.ensureCapacity(answered.size() + 1);
      answer =
          value == WHOLE
              ? Answer.bytes(flight, child.pid(), nanos, batch)
              : Answer.encoded(
                  flight, child.pid(), nanos, status, batch, value, length, flight.work.codec());
    }
    child.answered();
    if (flight != null && answer != null) {
      if (status == ResultFrame.OK && followsMedian) {
        flight.work.took(nanos);
      }
      flight.attempts++;
      child.served++;
      if (flight.work != paced) {
        settlePace();
        paced = flight.work;
      }
      flight.work.pace().took(nanos, flight.size + length);
      deliver(child, first, answer);
    }
    return true;
  }

  private void settlePace() {
    if (paced != null) {
      paced.pace().settle();
      paced = null;
    }
  }

  private void deliver(Child child, Handed handed, Answer answer) {
    Flight flight = answer.flight;
    if (flight.source.isCancelled()) {
      return;
    }
    if (!hub.active()) {
      answer(answer);
      return;
    }
    answer.share();
    answer(answer); // first: what follows is only told
    if (!handed.told) {
      hub.begun(child.pid(), flight.item);
    }
    hub.answered(answer);
  }

  /** The stream of an item is told of its answer, with others that it has by then. */
  void answer(Answer answer) {
    Source source = answer.flight.source;
    answered.ensureCapacity(answered.size() + 1); // before the answer counts: it needs memory
    if (source.answer(answer)) {
      answered.add(source);
    }
  }

  private void tellAnswered() {
    for (int i = answered.size() - 1; i >= 0; i--) {
      try {
        answered.get(i).tellAnswers();
        answered.remove(i);
      } catch (OutOfMemoryError e) { // with the next news
        watch.look(System.nanoTime() + AGAIN_NANOS);
      }
    }
  }

  // ---- ends

  /** A child is gone, with all it started, and its channel was read to the end. */
  private void bury(Child child) {
    try {
      boolean blamed = new Burial(this, child).settle();
      if ((blamed || child.served > 0) && isLost(child)) {
        staff.lost();
      }
      if (blamed || child.served > 0) {
        staff.served(child);
      } else if (mayBeBarren(child)) {
        barren(child);
      }
      tellAnswered(); // on a node, where that goes another way, an item ends before its child
      Duration age = Duration.ofNanos(System.nanoTime() - child.startedAt);
      if (child.up) {
        Duration busy = Duration.ofNanos(child.busyNanos());
        hub.tell(
            new Event.Exit(
                child.pid(), child.death(), age, child.served, busy, child.exitReason()));
      } else if (mayBeBarren(child)) {
        hub.tell(new Event.StartFailed(child.pid(), child.death(), age));
      }
    } finally { // whatever a damaged child brings about
      for (Waiter waiter : waiters) {
        if (waiter.wantGone() != null) {
          waiter.wantGone().remove(child);
        }
      }
      removing++;
      child.remove().whenComplete((v, e) -> post(() -> removing--));
    }
  }

  /** Whether nobody had wished it gone for its own sake. */
  private static boolean isLost(Child child) {
    return child.verdict == null
        ? child.askedAt == 0
        : child.verdict.reason() != Verdict.Reason.STOP;
  }

  /** Whether its death says that children cannot start: it was not we who ended it. */
  private boolean mayBeBarren(Child child) {
    boolean ours =
        child.verdict != null
            && child.verdict.reason() != Verdict.Reason.START
            && child.verdict.reason() != Verdict.Reason.PROTOCOL;
    return !ours && child.askedAt == 0 && !finishing && !Departure.isOver();
  }

  /**
   * This JVM ends: what waits for a child waits in vain; what is known of those that ran stands.
   */
  private void depart() {
    if (dispatcher.load() > 0 || !waiters.isEmpty()) {
      RuntimeException why = new DelegateException.StartFailed(Departure.NO_CHILDREN);
      dispatcher.giveUpSuspects(true);
      dispatcher.giveUpSuspects(false);
      waiters.removeIf(w -> w.wantUp() > 0 && fail(w.done(), why));
      dispatcher.failWaiting(why);
    }
  }

  private void barren(Child child) {
    RuntimeException why = staff.barren(child);
    if (why == null) {
      return;
    }
    dispatcher.giveUpSuspects(child.large());
    if (child.large()) {
      return; // that says nothing of the others
    }
    waiters.removeIf(w -> w.wantUp() > 0 && fail(w.done(), why));
    if (!staff.hasHope()) {
      staff.gaveUp();
      dispatcher.giveUpSuspects(true); // what is known of those that ran stands
      dispatcher.failWaiting(why);
    }
  }

  /** The answer to an item whose child died. */
  void answerDead(Child child, Handed handed, Answer answer) {
    deliver(child, handed, answer);
  }

  // ---- streams

  @Override
  Shipped acquire(Object work, Object origin) {
    return works.acquire(work, origin);
  }

  /** A work of another parent, as a node has it. Any thread. */
  Shipped adopt(List<String> urls, byte[] bytes) {
    return works.adopt(urls, bytes);
  }

  /** A work that is in use is used once more. Any thread. */
  Shipped again(Shipped work) {
    return works.again(work);
  }

  /** A work is used once less. Any thread. */
  void release(Shipped work) {
    post(() -> forgetIfUnused(work));
  }

  /** Takes out items that have not begun, for another to run; none where none waits. Any thread. */
  void surrender(int most, Consumer<List<Flight>> to) {
    post(() -> to.accept(finishing ? List.of() : dispatcher.surrender(most)));
  }

  /**
   * Takes out all items that have not begun, and tells what is known of those that were to run
   * again. Any thread.
   */
  void surrenderAll(Consumer<List<Flight>> to) {
    post(
        () -> {
          if (finishing) {
            to.accept(List.of());
          } else {
            dispatcher.giveUpSuspects(true);
            dispatcher.giveUpSuspects(false);
            to.accept(dispatcher.surrender(Integer.MAX_VALUE));
            tellAnswered();
          }
        });
  }

  @Override
  boolean admit() {
    return dispatcher.admit();
  }

  @Override
  void leave() {
    dispatcher.leave();
  }

  @Override
  void arrived(int count) {
    dispatcher.arrived(count);
  }

  @Override
  void wake(Source source) {
    dispatcher.wake(source);
  }

  @Override
  void open(Source source) {
    if (!accepting) {
      throw rejected();
    }
    post(
        () -> {
          if (finishing) {
            source.fail(rejected());
          } else {
            sources.add(source);
          }
        });
  }

  @Override
  void end(Source source, Shipped work, boolean clean) {
    post(
        () -> {
          sources.remove(source);
          if (!clean) {
            dispatcher.drop(source);
          }
          forgetIfUnused(work);
        });
  }

  private void forgetIfUnused(Shipped work) {
    works.release(
        work,
        id -> {
          for (Slot slot : slots) {
            Child child = slot.upChild();
            if (child != null) {
              child.forget(id);
            }
          }
        });
  }

  // ---- the front's wishes

  @Override
  public Mono<Void> spawn(int children) {
    return Mono.defer(
        () -> {
          CompletableFuture<Void> done = new CompletableFuture<>();
          post(
              () -> {
                if (!accepting || finishing) {
                  fail(done, rejected());
                  return;
                }
                staff.keep(children);
                resize(children);
                sources.forEach(Source::roomChanged);
                waiters.add(new Waiter(children, null, done));
              });
          return Mono.fromFuture(done, true);
        });
  }

  @Override
  public Mono<Void> cleanup() {
    return Mono.defer(
        () -> {
          CompletableFuture<Void> done = new CompletableFuture<>();
          post(
              () -> {
                if (terminated) {
                  Threads.run(() -> done.complete(null)); // they are gone already
                  return;
                }
                staff.keep(0);
                Set<Child> gone = new HashSet<>();
                for (Slot slot : slots) {
                  Child child = slot.child();
                  if (child != null) {
                    gone.add(child);
                  }
                }
                waiters.add(new Waiter(0, gone, done));
                slots.forEach(slot -> retire(slot, Then.REST, ExitReason.STOPPED));
              });
          return Mono.fromFuture(done, true);
        });
  }

  @Override
  public List<Long> pids() {
    return Living.of(this);
  }

  @Override
  public Mono<Boolean> makeArchive() {
    return Mono.defer(
        () -> {
          CompletableFuture<Boolean> done = new CompletableFuture<>();
          post(
              () -> {
                Launcher launcher = null;
                for (Slot slot : slots) {
                  Child up = slot.upChild();
                  launcher = launcher == null && up != null ? up.launcher() : launcher;
                }
                Launcher found = launcher;
                Threads.run(
                    () -> {
                      makeArchive(found, done);
                    });
              });
          return Mono.fromFuture(done, true);
        });
  }

  private void makeArchive(@Nullable Launcher launcher, CompletableFuture<Boolean> done) {
    try {
      if (launcher == null) {
        done.complete(false);
      } else {
        launcher
            .makeArchive(options.launch())
            // who is told may close this, which waits for the thread that tells
            .whenComplete((made, e) -> Threads.run(() -> done.complete(e == null && made)));
      }
    } catch (IOException | RuntimeException e) {
      log.debug("no class archive", e);
      done.complete(false);
    }
  }

  /** Not in the drain: who is told may close the scheduler and wait for that. */
  private static boolean fail(CompletableFuture<Void> done, Throwable why) {
    Threads.run(() -> done.completeExceptionally(why));
    return true;
  }

  private boolean isMet(Waiter waiter) {
    Set<Child> wantGone = waiter.wantGone();
    if (wantGone != null) {
      if (!wantGone.isEmpty() || removing > 0) {
        return false;
      }
      staff.stopped();
      hub.tell(new Event.Cleanup());
    } else if (finishing) {
      return fail(waiter.done(), rejected());
    } else {
      long up = slots.stream().filter(slot -> slot.upChild() != null).count();
      // a later spawn or cleanup may want fewer
      if (up < Math.min(waiter.wantUp(), staff.kept()) || slots.size() > staff.most()) {
        return false;
      }
    }
    Threads.run(() -> waiter.done().complete(null));
    return true;
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
            Future<?> end =
                Threads.TIMER.schedule(
                    this::dispose,
                    Math.min(grace.toMillis(), Integer.MAX_VALUE),
                    TimeUnit.MILLISECONDS);
            closed.whenComplete((v, e) -> end.cancel(false));
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
          for (Slot slot : slots) {
            Child child = slot.child();
            if (child != null && child.verdict == null) {
              child.verdict = Verdict.of(Verdict.Reason.STOP, "");
            }
            fire(slot, new SlotState.Event.Close<>());
          }
        });
  }

  @Override
  public boolean isDisposed() {
    return !accepting;
  }

  private void terminate() {
    terminated = true;
    stay.left();
    watch.stop();
    RejectedExecutionException why = rejected();
    for (Source source : List.copyOf(sources)) {
      source.fail(why);
    }
    sources.clear();
    waiters.forEach(w -> fail(w.done(), why));
    waiters.clear();
    meter.tellLast();
    if (staff.isTold()) {
      hub.tell(new Event.Cleanup());
    }
    hub.close();
    Threads.run(() -> closed.complete(null));
  }
}
