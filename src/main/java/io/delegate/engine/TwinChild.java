package io.delegate.engine;

import io.delegate.Death;
import io.delegate.ExitReason;
import io.delegate.Progress;
import io.delegate.Work;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** A child of a twin: no process, but all that is known of one. Changed in the twin's drain. */
final class TwinChild {
  /** As often as a real child is asked. */
  private static final long BETWEEN_NANOS = 100_000_000;

  final long pid;
  final long startedAt;

  /** The works it has, each made once; used by whatever runs for it. */
  private final Map<Shipped, Work<Object, Object>> works = new HashMap<>();

  /** Of its start, and its age. */
  final Disposable.Composite life = Disposables.composite();

  /** Of what it does now, or of its rest. */
  private Disposable.Composite now = Disposables.composite();

  boolean up;

  /** It was given nothing yet. */
  boolean fresh = true;

  /** Why it ends when it has nothing in hand; null if it does not. */
  @Nullable ExitReason wish;

  /** It runs an item again, and makes room for nobody. */
  boolean alone;

  /** Listeners know that its item has begun. */
  boolean told;

  /** What its initializer threw. */
  volatile @Nullable String failure;

  long served;
  @Nullable Flight flight;
  long beganAt;

  /** When its item gave its last sign of life; its beginning is the first. Set by any thread. */
  volatile long heardAt;

  /** The latest that its item has said and nobody was told, and when something was told last. */
  @Nullable Progress said;

  private long toldAt;
  private long busyNanos;

  /** The thread that runs its item, if one does. */
  volatile @Nullable Thread thread;

  TwinChild(long pid, long startedAt) {
    this.pid = pid;
    this.startedAt = startedAt;
    this.toldAt = startedAt - BETWEEN_NANOS;
  }

  boolean isIdle() {
    return up && flight == null && !retiring();
  }

  boolean retiring() {
    return wish != null;
  }

  void begin(Flight item, long at) {
    renew();
    fresh = false;
    told = false;
    flight = item;
    beganAt = at;
    heardAt = at;
    said = null;
  }

  /** Its item has its answer. */
  void end(long at) {
    renew();
    busyNanos += Math.max(0, at - beganAt);
    flight = null;
  }

  /** How long what it says has to wait, or else one would be told of too much. */
  Duration pause(long at) {
    return Duration.ofNanos(Math.max(0, toldAt + BETWEEN_NANOS - at));
  }

  /** What it has said last, if nobody was told; now somebody is. */
  @Nullable Progress tell(long at) {
    Progress last = said;
    said = null;
    toldAt = last == null ? toldAt : at;
    return last;
  }

  private void renew() {
    now.dispose();
    now = Disposables.composite();
  }

  /** Ends with what it does now. */
  void whileThis(Disposable what) {
    now.add(what);
  }

  void stop() {
    life.dispose();
    now.dispose();
  }

  Duration busy() {
    return Duration.ofNanos(busyNanos);
  }

  /** So it ended, now. */
  Death death(Death how, long at) {
    return new Death(
        how.exitCode(),
        how.signal(),
        how.cause(),
        how.stderrTail(),
        how.crash(),
        how.crashReport(),
        how.peakMemory(),
        age(at),
        served,
        how.escaped());
  }

  Duration age(long at) {
    return Duration.ofNanos(Math.max(0, at - startedAt));
  }

  /** One of its own, as a process has; on the thread that runs it. */
  Work<Object, Object> work(Shipped shipped) throws IOException, ClassNotFoundException {
    Work<Object, Object> known = works.get(shipped);
    if (known == null) {
      known = TwinRun.unpack(shipped);
      works.put(shipped, known);
    }
    return known;
  }

  /** What the thread of its work does; of a script's hang, that. */
  String threadDump() {
    Thread running = thread;
    if (running == null) {
      return "\"main\" RUNNABLE\n\tin a script, which lets it hang\n";
    }
    StringBuilder text = new StringBuilder("\"main\" ").append(running.getState()).append('\n');
    for (StackTraceElement frame : running.getStackTrace()) {
      text.append("\tat ").append(frame).append('\n');
    }
    return text.toString();
  }
}
