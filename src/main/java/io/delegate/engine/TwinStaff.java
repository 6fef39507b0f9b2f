package io.delegate.engine;

import io.delegate.Death;
import io.delegate.Death.Cause;
import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.Outcome;
import io.delegate.Progress;
import io.delegate.wire.ResultFrame;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * The children of a twin: when they start, what they are given, and how they end, by the rules of
 * {@link Staff}, {@link Dispatcher} and {@link Burial}. Used in the twin's drain.
 */
final class TwinStaff {
  /** Above any pid of Linux, so that nobody takes it for one. */
  private static final AtomicLong PIDS = new AtomicLong(10_000_000);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final int MOST_DOUBLINGS = 7;
  private static final int INITIALIZER_FAILED = 70;

  private static final Death KILLED = new Death(137, Optional.of("SIGKILL"), Cause.SIGNAL, "");
  private static final Death ENDED = new Death(0, Optional.empty(), Cause.EXIT, "");

  private final TwinEngine engine;
  private final Options options;
  private final Plot plot;
  private final TwinClock clock;
  private final TwinQueue queue;

  /** Read by any thread. */
  private final List<TwinChild> children = new CopyOnWriteArrayList<>();

  private int most;
  private int keep;
  private boolean initTold;

  /** So many in a row have died before they served; those that were started together are one. */
  private int barren;

  private long countedAt;
  private boolean pausing;
  private Disposable pause = Disposables.disposed();

  TwinStaff(TwinEngine engine, Plot plot, TwinClock clock, TwinQueue queue) {
    this.engine = engine;
    this.options = engine.options();
    this.plot = plot;
    this.clock = clock;
    this.queue = queue;
    this.most = options.children();
  }

  List<Long> pids() {
    return children.stream().map(child -> child.pid).toList();
  }

  boolean isEmpty() {
    return children.isEmpty();
  }

  /** Whether that many are up, or as many as a later wish left of them. */
  boolean areUp(int wanted) {
    return count(child -> child.up && !child.retiring()) >= Math.min(wanted, keep)
        && children.size() <= most;
  }

  /** Those there are now all end. */
  List<TwinChild> retireAll() {
    keep = 0;
    List<TwinChild> all = List.copyOf(children);
    all.forEach(child -> retire(child, ExitReason.STOPPED));
    return all;
  }

  /** They are gone, whatever they had in hand. */
  boolean anyLives(List<TwinChild> some) {
    return some.stream().anyMatch(children::contains);
  }

  void keep(int wanted) {
    keep = wanted;
    most = wanted;
    for (Predicate<TwinChild> kind :
        List.<Predicate<TwinChild>>of(c -> !c.up, c -> c.flight == null, c -> true)) {
      for (TwinChild child : children) {
        if (count(c -> !c.retiring()) > most && !child.retiring() && kind.test(child)) {
          retire(child, ExitReason.SHRUNK);
        }
      }
    }
  }

  boolean isTold() {
    return initTold;
  }

  /** Those that follow are told of as the first were. */
  void stopped() {
    initTold = false;
  }

  void close() {
    pause.dispose();
  }

  private int count(Predicate<TwinChild> which) {
    return (int) children.stream().filter(which).count();
  }

  private @Nullable TwinChild any(Predicate<TwinChild> which) {
    return children.stream().filter(which).findFirst().orElse(null);
  }

  // ---- starting

  private int wanted() {
    int load = queue.size() + queue.suspects() + count(child -> child.flight != null);
    int spares = load == 0 || options.spares() == Spares.FOLLOW ? 0 : options.spares();
    return (int) Math.min(most, Math.max(keep, (long) load + spares));
  }

  /** Starts the children that are lacking, and makes room for fresh ones where those must be. */
  void hire() {
    while (!pausing && children.size() < most) {
      int staffed = count(child -> !child.retiring());
      if (staffed >= Math.max(wanted(), staffed + lackingFresh())) {
        return;
      }
      start();
    }
    for (int left = lackingFresh() - count(child -> child.retiring()); left > 0; left--) {
      TwinChild old = any(child -> child.isIdle() && !child.fresh);
      old = old != null ? old : any(c -> !c.fresh && !c.retiring() && !c.alone);
      if (old == null) {
        return;
      }
      retire(old, ExitReason.RECYCLED);
      if (!pausing && children.size() < most) {
        start();
      }
    }
  }

  private int lackingFresh() {
    return Math.max(0, queue.suspects() - count(child -> child.fresh && !child.retiring()));
  }

  private void start() {
    if (!initTold) {
      initTold = true;
      engine.hub().tell(new Event.Init(most));
    }
    TwinChild child = new TwinChild(PIDS.incrementAndGet(), clock.now());
    children.add(child);
    Plot.Birth birth = plot.birth();
    Duration limit = options.startLimit();
    if (birth.after().compareTo(limit) >= 0) {
      String note = "it was not up within " + limit + " (option startTimeout)";
      Death late = new Death(KILLED.exitCode(), KILLED.signal(), Cause.START_FAILED, note);
      child.life.add(after(limit, () -> died(child, late)));
    } else {
      child.life.add(after(birth.after(), () -> born(child, birth.death())));
    }
  }

  /** At once where there is nothing to wait for. */
  private Disposable after(Duration delay, Runnable what) {
    if (delay.isZero()) {
      what.run();
      return Disposables.disposed();
    }
    return clock.after(delay, () -> engine.post(what));
  }

  private void born(TwinChild child, @Nullable Death death) {
    if (!children.contains(child)) {
      return;
    }
    byte[] initializer = engine.initializer();
    if (death != null) {
      died(child, death);
    } else if (initializer == null) {
      ready(child, null);
    } else {
      ClassLoader loader = engine.initializerLoader();
      run(
          child.life,
          () -> child.failure = TwinRun.initialize(initializer, loader),
          () -> ready(child, child.failure));
    }
  }

  /** Runs that with a thread of its own, for as long as nobody disposes it; then goes on here. */
  private void run(Disposable.Composite with, Runnable what, Runnable then) {
    Disposable.Swap run = Disposables.swap();
    with.add(run);
    engine.outside(() -> run.update(TwinClock.run(what, () -> engine.post(then))));
  }

  private void ready(TwinChild child, @Nullable String failure) {
    if (!children.contains(child)) {
      return;
    }
    if (failure != null) {
      String tail = "Delegate: the initializer threw\n" + failure.strip();
      died(child, new Death(INITIALIZER_FAILED, Optional.empty(), Cause.START_FAILED, tail));
      return;
    }
    child.up = true;
    engine.hub().tell(new Event.Spawn(child.pid, child.age(clock.now())));
    if (options.maxAge() != null) {
      child.life.add(after(options.maxAge(), () -> retire(child, ExitReason.RECYCLED)));
    }
    rest(child);
  }

  private void rest(TwinChild child) {
    Duration limit = options.idleLimit();
    if (limit != null) {
      child.whileThis(
          after(
              limit,
              () -> {
                if (child.isIdle() && count(c -> !c.retiring()) > wanted()) {
                  retire(child, ExitReason.IDLE);
                } else if (child.isIdle()) {
                  rest(child);
                }
              }));
    }
  }

  // ---- items

  /** Gives items to whoever has nothing to do. */
  void hand() {
    for (TwinChild c = freshOne(); c != null && queue.suspects() > 0; c = freshOne()) {
      Flight flight = Objects.requireNonNull(queue.nextSuspect());
      c.alone = true;
      begin(c, flight);
    }
    for (TwinChild c = any(TwinChild::isIdle); c != null; c = any(TwinChild::isIdle)) {
      Flight flight = queue.next();
      if (flight == null) {
        return;
      }
      engine.left(1);
      begin(c, flight);
    }
  }

  private @Nullable TwinChild freshOne() {
    return any(child -> child.isIdle() && child.fresh);
  }

  private void begin(TwinChild child, Flight flight) {
    if (flight.source.isCancelled()) {
      flight.source.discard(flight);
      return;
    }
    Plot.Cue cue;
    try {
      cue = plot.cue(flight.item, flight.attempts + 1);
    } catch (Throwable thrown) { // a condition of the script's
      engine.fail(flight.source, thrown);
      return;
    }
    child.begin(flight, clock.now());
    tellBegun(child, flight);
    Duration limit = options.limit() == null ? null : options.limit().limit(flight.work.median());
    if (limit != null) {
      child.whileThis(after(limit, () -> timedOut(child, flight, limit, Outcome.Limit.ITEM)));
    }
    Duration silence = options.silenceLimit();
    if (silence != null) {
      child.whileThis(after(silence, () -> listen(child, flight, silence)));
    }
    Duration slow = options.slowLimit();
    if (slow != null) {
      child.whileThis(after(slow, () -> tellSlow(child, flight)));
    }
    child.whileThis(after(cue.after(), () -> act(child, flight, cue)));
  }

  /** At the latest before its end is told. */
  private void tellBegun(TwinChild child, Flight flight) {
    if (!child.told && engine.hub().active()) {
      child.told = true;
      engine.hub().begun(child.pid, flight.item);
    }
  }

  private void deliver(TwinChild child, Answer answer) {
    tellBegun(child, answer.flight);
    engine.deliver(answer);
  }

  private void tellSlow(TwinChild child, Flight flight) {
    if (runs(child, flight)) {
      engine.hub().slow(child.pid, flight.item, ran(child));
    }
  }

  /** Its item may have given a sign of life meanwhile. */
  private void listen(TwinChild child, Flight flight, Duration silence) {
    if (!runs(child, flight)) {
      return;
    }
    long left = child.heardAt + silence.toNanos() - clock.now();
    if (left > 0) {
      child.whileThis(after(Duration.ofNanos(left), () -> listen(child, flight, silence)));
    } else {
      timedOut(child, flight, silence, Outcome.Limit.SILENCE);
    }
  }

  private void said(TwinChild child, Flight flight, Progress progress) {
    if (!runs(child, flight)) {
      return;
    }
    boolean waits = child.said != null;
    child.said = progress;
    if (!waits) {
      Duration pause = child.pause(clock.now());
      child.whileThis(after(pause, () -> tellProgress(child, flight)));
    }
  }

  private void tellProgress(TwinChild child, Flight flight) {
    Progress progress = child.flight == flight ? child.tell(clock.now()) : null;
    if (progress != null) {
      tellBegun(child, flight);
      engine.hub().progressed(child.pid, flight.item, progress);
    }
  }

  /** Not if its child is gone: what was under way for it then comes too late. */
  private boolean runs(TwinChild child, Flight flight) {
    return child.flight == flight && children.contains(child);
  }

  private Duration ran(TwinChild child) {
    return Duration.ofNanos(Math.max(0, clock.now() - child.beganAt));
  }

  private void act(TwinChild child, Flight flight, Plot.Cue cue) {
    if (!runs(child, flight)) {
      return; // a timer may go off just as it is disposed
    }
    Plot.Act act = cue.act();
    if (act instanceof Plot.Act.Die die) {
      died(child, die.death());
    } else if (act instanceof Plot.Act.Garble) {
      answered(child, flight, TwinRun.Result.GARBLED, cue.then());
    } else if (act instanceof Plot.Act.Give give) {
      run(child, flight, () -> item -> given(give), cue.then());
    } else if (act instanceof Plot.Act.Throw scripted) {
      run(child, flight, () -> item -> thrown(scripted), cue.then());
    } else if (act instanceof Plot.Act.Run) {
      run(child, flight, () -> engine.work(child, flight.work), cue.then());
    }
  }

  @SuppressWarnings("NullAway") // a work may return null
  private static Object given(Plot.Act.Give give) {
    return give.value();
  }

  private static Object thrown(Plot.Act.Throw scripted) throws Exception {
    if (scripted.thrown() instanceof Error error) {
      throw error;
    }
    throw (Exception) scripted.thrown();
  }

  private void run(TwinChild child, Flight flight, TwinRun.Maker work, @Nullable Death then) {
    Disposable.Composite run = Disposables.composite();
    child.whileThis(run);
    TwinSelf self =
        new TwinSelf(
            child,
            flight.attempts + 1,
            options.name(),
            clock,
            progress -> engine.post(() -> said(child, flight, progress)));
    run.add(self::end);
    AtomicReference<TwinRun.@Nullable Result> result = new AtomicReference<>();
    run(
        run,
        () -> {
          child.thread = Thread.currentThread();
          result.set(TwinRun.of(flight, work, options, self));
          child.thread = null;
        },
        () -> answered(child, flight, Objects.requireNonNull(result.get()), then));
  }

  private void answered(
      TwinChild child, Flight flight, TwinRun.Result result, @Nullable Death then) {
    if (!runs(child, flight)) {
      return; // it was killed
    }
    long nanos = ran(child).toNanos();
    if (result.status() == ResultFrame.OK && options.limit() != null) {
      flight.work.took(nanos);
    }
    byte[] bytes = result.bytes();
    Answer answer =
        Answer.encoded(
            flight, child.pid, nanos, result.status(), bytes, 0, bytes.length, flight.work.codec());
    flight.attempts++;
    child.served++;
    barren = 0;
    deliver(child, answer);
    child.end(clock.now());
    if (child.wish != null) {
      end(child, ENDED, child.wish);
    } else if (child.served >= options.maxItems()) {
      end(child, ENDED, ExitReason.RECYCLED);
    } else if (then != null) {
      died(child, then);
    } else {
      rest(child);
    }
  }

  private void timedOut(TwinChild child, Flight flight, Duration limit, Outcome.Limit which) {
    if (!runs(child, flight)) {
      return;
    }
    String dump = child.threadDump();
    tellProgress(child, flight); // the last it has said tells how far it got
    remove(child);
    flight.attempts++;
    child.served++;
    barren = 0;
    deliver(child, Answer.timedOut(flight, child.pid, ran(child), limit, dump, which));
    tellExit(child, KILLED, ExitReason.TIMED_OUT);
  }

  // ---- ends

  /** What runs for a stream that ends is killed. */
  void kill(Source source) {
    for (TwinChild child : children) {
      if (child.flight != null && child.flight.source == source) {
        end(child, KILLED, ExitReason.CANCELLED);
      }
    }
  }

  void killAll() {
    children.forEach(child -> end(child, KILLED, ExitReason.STOPPED));
  }

  private void retire(TwinChild child, ExitReason why) {
    if (child.flight != null) {
      child.wish = child.wish == null ? why : child.wish;
    } else if (children.contains(child)) {
      end(child, ENDED, why);
    }
  }

  /** By our wish: nobody is blamed. */
  private void end(TwinChild child, Death how, ExitReason why) {
    remove(child);
    if (child.up) {
      tellExit(child, how, why);
    }
  }

  private void remove(TwinChild child) {
    if (child.flight != null) {
      // counts as busy to its end, and what runs for it is interrupted
      Flight had = child.flight;
      child.end(clock.now());
      child.flight = had;
    }
    children.remove(child);
    child.stop();
    engine.post(() -> {}); // another may be needed, or waited for
  }

  private void tellExit(TwinChild child, Death how, ExitReason why) {
    long now = clock.now();
    Death death = child.death(how, now);
    engine
        .hub()
        .tell(new Event.Exit(child.pid, death, child.age(now), child.served, child.busy(), why));
  }

  /** By itself: what it ran is blamed. */
  private void died(TwinChild child, Death how) {
    if (!children.contains(child)) {
      return;
    }
    remove(child);
    long now = clock.now();
    boolean blamed = child.flight != null && blame(child, child.flight, child.death(how, now));
    if (blamed || child.served > 0) {
      barren = 0;
    } else {
      barren(child, child.death(how, now));
    }
    if (child.up) {
      ExitReason lost = ExitReason.of(how);
      // exit code 0 was nobody's wish but its own
      tellExit(child, how, lost.isLost() ? lost : ExitReason.CRASHED);
    } else {
      engine.hub().tell(new Event.StartFailed(child.pid, child.death(how, now), child.age(now)));
    }
  }

  private boolean blame(TwinChild child, Flight flight, Death death) {
    if (flight.source.isCancelled()) {
      return false;
    }
    flight.attempts++;
    Answer answer = Answer.aborted(flight, child.pid, ran(child), death);
    if (flight.attempts <= options.retries()) {
      flight.lastWord = answer;
      queue.addSuspect(flight);
    } else {
      child.served++;
      deliver(child, answer);
    }
    return true;
  }

  /** It died before it served: the pause before the next start grows, until there is no hope. */
  private void barren(TwinChild child, Death death) {
    if (barren == 0 || child.startedAt - countedAt >= 0) {
      barren++;
      countedAt = clock.now();
      pausing = true;
      pause.dispose();
      pause =
          clock.after(
              FIRST_PAUSE.multipliedBy(1L << Math.min(MOST_DOUBLINGS, barren - 1)),
              () -> engine.post(() -> pausing = false));
    }
    boolean serves = any(c -> c.up && (c.served > 0 || c.flight != null)) != null;
    if (barren < Staff.BARREN_LIMIT || (child.up && child.fresh && serves)) {
      return;
    }
    RuntimeException why = Burial.cannotStart(death, "", options);
    Flight flight = queue.nextSuspect();
    for (; flight != null; flight = queue.nextSuspect()) {
      engine.tell(flight, Objects.requireNonNull(flight.lastWord));
    }
    engine.failSpawn(why);
    if (any(c -> !c.retiring()) == null) {
      barren = 0;
      pausing = false;
      pause.dispose();
      keep = 0;
      engine.failWaiting(why);
    }
  }
}
