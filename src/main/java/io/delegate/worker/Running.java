package io.delegate.worker;

import io.delegate.Child;
import io.delegate.wire.Memo;
import java.util.Objects;

/** An item while it runs, for its work; loaded when the first work asks. */
final class Running implements Child {
  private final Memo memo;
  private final long seq;

  /** Not this object itself: the work has that, too, and could hold up the end of its item. */
  private final Object lock = new Object();

  private boolean over;

  Running(Memo memo, long seq) {
    this.memo = memo;
    this.seq = seq;
  }

  @Override
  public long pid() {
    return memo.pid();
  }

  @Override
  public int attempt() {
    return memo.attempt(seq);
  }

  @Override
  public String scheduler() {
    return memo.name();
  }

  @Override
  public void tick() {
    synchronized (lock) {
      if (!over) {
        memo.tick(System.nanoTime());
      }
    }
  }

  @Override
  public void progress(double fraction, String note) {
    Objects.requireNonNull(note, "note");
    synchronized (lock) { // other threads of the work may tell, too
      if (!over) {
        memo.say(seq, fraction, note);
        memo.tick(System.nanoTime());
      }
    }
  }

  /** Nothing is said of it after this. */
  void end() {
    synchronized (lock) {
      over = true;
    }
  }
}
