package io.delegate.engine;

import io.delegate.Progress;
import io.delegate.wire.Memo;
import java.util.Objects;
import java.util.function.Consumer;

/** What a work that runs in a twin knows of its child, and tells. */
final class TwinSelf implements io.delegate.Child {
  private final TwinChild child;
  private final int attempt;
  private final String scheduler;
  private final TwinClock clock;
  private final Consumer<Progress> told;

  /** Not this object itself: the work has that, too, and could hold up the twin. */
  private final Object lock = new Object();

  private boolean over;

  /** {@code told}: is given what the work says of its progress, on the thread that says it. */
  TwinSelf(
      TwinChild child, int attempt, String scheduler, TwinClock clock, Consumer<Progress> told) {
    this.child = child;
    this.attempt = attempt;
    this.scheduler = scheduler;
    this.clock = clock;
    this.told = told;
  }

  @Override
  public long pid() {
    return child.pid;
  }

  @Override
  public int attempt() {
    return attempt;
  }

  @Override
  public String scheduler() {
    return scheduler;
  }

  @Override
  public void tick() {
    boolean unused = alive();
  }

  @Override
  public void progress(double fraction, String note) {
    Objects.requireNonNull(note, "note");
    if (alive()) {
      told.accept(Memo.progress(fraction, note));
    }
  }

  private boolean alive() {
    long now = clock.now();
    synchronized (lock) { // against the end: the sign must not count for the item that follows
      if (!over) {
        child.heardAt = now;
      }
      return !over;
    }
  }

  /** Nothing is said of its item after this. */
  void end() {
    synchronized (lock) {
      over = true;
    }
  }
}
