package io.delegate.web;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Those who look, and the clock that tells them what is new: it runs only while there are any. */
final class Audience {
  /** Four a second: what moves is seen to move, and numbers can still be read. */
  static final Duration TICK = Duration.ofMillis(250);

  /** Each may hold one frame: the first one has some MB at worst. */
  static final int MAX_VIEWERS = 32;

  /** For one frame: a phone in a tunnel comes back, and begins anew. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Board board;
  private final Duration patience;
  private final Set<Viewer> viewers = new LinkedHashSet<>(); // guarded by this, as all below
  private Scheduler.@Nullable Worker clock;
  private boolean closed;

  Audience(Board board) {
    this(board, PATIENCE);
  }

  Audience(Board board, Duration patience) {
    this.board = board;
    this.patience = patience;
  }

  /** How long one may take nothing of its frame. */
  Duration patience() {
    return patience;
  }

  /** One more; throws the problem where there is no room. The first frame comes at once. */
  synchronized void enter(Viewer viewer) {
    if (closed) {
      throw Problems.busy("the dashboard is closed");
    }
    if (viewers.size() >= MAX_VIEWERS) {
      throw Problems.busy(MAX_VIEWERS + " are looking already");
    }
    Scheduler.Worker running = clock;
    if (running == null) {
      running = Schedulers.boundedElastic().createWorker();
      running.schedulePeriodically(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
      clock = running;
    }
    viewers.add(viewer);
    running.schedule(() -> viewer.show(board));
  }

  synchronized void leave(Viewer viewer) {
    viewers.remove(viewer);
    Scheduler.Worker running = clock;
    if (running != null && viewers.isEmpty()) {
      running.dispose();
      clock = null;
    }
  }

  synchronized int count() {
    return viewers.size();
  }

  /** Whether anything runs. */
  synchronized boolean isAwake() {
    return clock != null;
  }

  private synchronized List<Viewer> all() {
    return new ArrayList<>(viewers);
  }

  private void tick() {
    for (Viewer viewer : all()) {
      viewer.show(board);
    }
  }

  void close() {
    synchronized (this) {
      closed = true;
    }
    for (Viewer viewer : all()) {
      viewer.end();
    }
  }
}
