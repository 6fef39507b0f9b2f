package io.delegate.report;

import io.delegate.Death;
import io.delegate.ExitReason;
import org.jspecify.annotations.Nullable;

/** A place on the screen and the child that has it. */
final class LiveChild {
  enum State {
    IDLE("idle"),
    RUNNING("running"),
    SLOW("slow"),
    GONE("gone");

    private final String word;

    State(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /**
   * How a child is at one moment.
   *
   * @param pid its process
   * @param state what it does
   * @param item what it runs or has just run
   * @param running how long it has run that, in ns; -1 where it has not begun or has ended
   * @param end how it ended; empty for one that did as it was asked
   * @param progress how far the item is, as it said last
   */
  record Now(
      long pid,
      State state,
      @Nullable Named item,
      long running,
      String end,
      @Nullable Named progress) {
    /** One that says nothing of how far its item is. */
    Now(long pid, State state, @Nullable Named item, long running, String end) {
      this(pid, state, item, running, end, null);
    }
  }

  /** Between two fast items a child is not idle: it would flicker. */
  private static final long BREATH = 500_000_000;

  /** Time to read how it ended. */
  private static final long MOURNING = 5_000_000_000L;

  private long pid;
  private State state = State.GONE;
  private @Nullable Named item;
  private @Nullable Named progress;
  private long since;
  private String end = "";

  void spawn(long child, long now) {
    pid = child;
    state = State.IDLE;
    item = null;
    since = now - BREATH;
    end = "";
  }

  void begin(Named begun, long now) {
    state = State.RUNNING;
    item = begun;
    progress = null;
    since = now;
  }

  void slow(Named running, long begun) {
    state = State.SLOW;
    item = item == null ? running : item;
    since = begun;
  }

  void progress(Named said) {
    progress = said;
  }

  /** How long the item ran, in ns; -1 when it never began. */
  long finish(long now) {
    boolean ran = state == State.RUNNING || state == State.SLOW;
    long took = ran ? now - since : -1;
    progress = null;
    if (state != State.GONE) {
      state = State.IDLE;
      since = now;
    }
    return took;
  }

  void exit(Death how, ExitReason reason, long now) {
    end =
        switch (reason) {
          case CANCELLED -> "cancelled";
          case TIMED_OUT -> "killed for time";
          default -> reason.isLost() ? Casualty.why(how) : "";
        };
    state = State.GONE;
    item = null;
    progress = null;
    since = now;
  }

  boolean isGone() {
    return state == State.GONE;
  }

  boolean isForgotten(long now) {
    return isGone() && now - since > MOURNING;
  }

  Now look(long now) {
    if (state != State.IDLE) {
      return new Now(pid, state, item, isGone() ? -1 : now - since, end, progress);
    }
    if (now - since < BREATH) {
      return new Now(pid, State.RUNNING, item, -1, "");
    }
    item = null; // it may be large
    return new Now(pid, State.IDLE, null, -1, "");
  }
}
