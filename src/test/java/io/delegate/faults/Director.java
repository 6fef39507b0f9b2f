package io.delegate.faults;

import io.delegate.ProcessScheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import reactor.core.publisher.Mono;

/** Does the acts of a schedule, each in its time, on a thread of its own. */
final class Director extends Thread {
  /** A wish, and what became of it. */
  record Wish(Act act, CompletableFuture<Void> done) {}

  private final Schedule schedule;
  private final ProcessScheduler on;
  private final String mark;
  private final AtomicInteger progress;
  private final List<Trace> traces;
  private final List<Taker> takers;
  private final long start = System.nanoTime();
  private volatile boolean over;

  final Blows blows = new Blows();
  final List<Wish> wishes = new ArrayList<>();
  final Queue<String> wrongs = new ConcurrentLinkedQueue<>();
  volatile Throwable failure;

  Director(
      Schedule schedule,
      ProcessScheduler on,
      String mark,
      AtomicInteger progress,
      List<Trace> traces,
      List<Taker> takers) {
    super("faults-director-" + mark);
    this.schedule = schedule;
    this.on = on;
    this.mark = mark;
    this.progress = progress;
    this.traces = traces;
    this.takers = takers;
    setDaemon(true);
  }

  /** No more acts; one that is under way is ended. */
  void end() throws InterruptedException {
    over = true;
    join();
  }

  @Override
  public void run() {
    try {
      List<Act> acts = schedule.acts();
      for (int i = 0; i < acts.size(); i++) {
        Act act = acts.get(i);
        if (isDue(act, latest(acts.subList(i, acts.size())))) {
          LockSupport.parkNanos(1_000L * act.delayMicros());
          perform(act);
        }
      }
    } catch (Throwable e) {
      failure = e;
    }
  }

  /**
   * When the first of these acts is done whatever has come: one that waits for outcomes must not
   * hold up a cancel behind it, without which no more may come. 0 for never.
   */
  private static long latest(List<Act> acts) {
    return acts.stream().mapToLong(Act::latest).filter(latest -> latest > 0).min().orElse(0);
  }

  /** Waits for its time; false when the streams are over before that. */
  private boolean isDue(Act act, long latest) {
    while (!over) {
      boolean late = latest > 0 && System.nanoTime() - start > 1_000_000 * latest;
      boolean reached = progress.get() >= act.after();
      if (late || (reached && (!act.isBlow() || !Marked.children(mark).isEmpty()))) {
        return true;
      }
      LockSupport.parkNanos(reached ? 4_000_000 : 300_000); // a look for children costs more
    }
    return false;
  }

  private void perform(Act act) throws IOException, InterruptedException {
    switch (act.what()) {
      case KILL, TERM, SEGV -> {
        ProcessHandle child = pick(act.pick());
        if (child != null) {
          blows.strike(act.what(), child);
        }
      }
      case STALL -> {
        ProcessHandle child = pick(act.pick());
        if (child != null) {
          blows.strike(act.what(), child);
          LockSupport.parkNanos((long) 40_000_000 * (1 + act.pick()));
          Blows.signal("CONT", child);
        }
      }
      case SPAWN -> wish(act, on.spawn(act.pick()));
      case CLEANUP -> cleanup(act);
      case CANCEL -> {
        takers.get(act.pick()).cancel();
        traces.get(act.pick()).cancelReturned();
      }
      case DISPOSE -> on.dispose();
      case FINISH -> finish(act);
    }
  }

  private ProcessHandle pick(int which) {
    List<ProcessHandle> children = Marked.children(mark);
    return children.isEmpty() ? null : children.get(which % children.size());
  }

  private void cleanup(Act act) {
    List<Long> before = Marked.children(mark).stream().map(ProcessHandle::pid).toList();
    wish(
        act,
        on.cleanup()
            .doOnSuccess(
                v ->
                    before.stream()
                        .filter(pid -> Marked.runs(pid, mark))
                        .forEach(pid -> wrongs.add("law 5: child " + pid + " outlives cleanup"))));
  }

  private void finish(Act act) {
    wish(
        act,
        on.disposeGracefully(Duration.ofMillis(act.pick()))
            .doOnSuccess(
                v ->
                    Marked.all(mark)
                        .forEach(pid -> wrongs.add("law 5: " + pid + " outlives the dispose"))));
  }

  private void wish(Act act, Mono<Void> mono) {
    wishes.add(new Wish(act, mono.toFuture()));
  }
}
