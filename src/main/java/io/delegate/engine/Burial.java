package io.delegate.engine;

import io.delegate.Death;
import io.delegate.DelegateException;
import io.delegate.wire.Ledger;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * What a dead child leaves: results it had finished count, the item it was running is blamed, what
 * it had not begun goes to others.
 */
final class Burial {
  private final Pool pool;
  private final Child child;

  Burial(Pool pool, Child child) {
    this.pool = pool;
    this.child = child;
  }

  /** Gives every item in hand its end; whether one of them was blamed. */
  boolean settle() {
    if (child.hands.isEmpty()) {
      return false; // what is staged was sent, too: the death came between the two
    }
    try {
      pool.results(child, child.salvage());
    } catch (RuntimeException | InternalError damaged) {
      // a page that was cut short faults when it is read: then what was sent is all there is
    }
    if (child.hands.isEmpty()) {
      return false;
    }
    ArrayDeque<Handed> hands = new ArrayDeque<>(child.hands);
    child.hands.clear();
    Handed head = hands.stream().filter(handed -> handed.flight != null).findFirst().orElse(null);
    boolean blamed = false;
    for (Iterator<Handed> last = hands.descendingIterator(); last.hasNext(); ) {
      Handed handed = last.next();
      Flight flight = handed.flight;
      if (flight == null) {
        continue;
      }
      boolean cancelled = flight.source.isCancelled();
      if (handed == head ? !hasBegun(handed, flight) : !hasRun(handed)) {
        if (cancelled) {
          flight.source.discard(flight);
        } else {
          pool.dispatcher().giveBack(flight);
        }
      } else if (!cancelled && !isStopped()) {
        blame(handed, flight);
        blamed = true;
      }
    }
    return blamed;
  }

  /**
   * A child runs one item after the other, so only the oldest without a result can have begun,
   * whatever the ledger says of others: that is the child's memory, too.
   */
  private boolean hasBegun(Handed handed, Flight flight) {
    Ledger.State state = state(handed);
    if (state != Ledger.State.QUEUED && state != Ledger.State.REVOKED) {
      return true;
    }
    // once is bad luck; a child that hides what it runs must not get it again and again
    flight.unbegun += isOurs() ? 0 : 1;
    return flight.unbegun >= Staff.BARREN_LIMIT;
  }

  /**
   * Those behind it have run, and must not run again, only where what they came to did not reach
   * this JVM through no fault of the child's.
   */
  private boolean hasRun(Handed handed) {
    if (!child.resultsLost()) {
      return false;
    }
    Ledger.State state = state(handed);
    return state == Ledger.State.LOADING
        || state == Ledger.State.RUNNING
        || state == Ledger.State.DONE;
  }

  private boolean isOurs() {
    return child.verdict != null && child.verdict.reason() != Verdict.Reason.PROTOCOL;
  }

  private Duration ran(Handed handed) {
    try {
      return Duration.ofNanos(Math.max(0, System.nanoTime() - child.since(handed)));
    } catch (RuntimeException | InternalError damaged) {
      return Duration.ZERO;
    }
  }

  private Ledger.State state(Handed handed) {
    try {
      return child.stateOf(handed);
    } catch (RuntimeException | InternalError damaged) {
      return Ledger.State.FREE;
    }
  }

  /**
   * The scheduler was disposed: its streams end with that, not with the death of their children.
   */
  private boolean isStopped() {
    return child.verdict != null && child.verdict.reason() == Verdict.Reason.STOP;
  }

  private void blame(Handed handed, Flight flight) {
    Death death = child.death(handed);
    Duration took = ran(handed);
    tellLast(handed, flight);
    flight.attempts++;
    Verdict verdict = child.verdict;
    if (verdict != null && verdict.suspect() == handed && verdict.limit() != null) {
      child.served++;
      pool.answerDead(
          child,
          handed,
          Answer.timedOut(
              flight, child.pid(), took, verdict.limit(), child.threadDump, verdict.which()));
    } else if (flight.attempts <= pool.options().retries()) {
      flight.hadNoMemory = death.cause() == Death.Cause.OUT_OF_MEMORY;
      flight.lastWord = Answer.aborted(flight, child.pid(), took, death);
      pool.dispatcher().giveBack(flight);
    } else {
      child.served++;
      pool.answerDead(child, handed, Answer.aborted(flight, child.pid(), took, death));
    }
  }

  private void tellLast(Handed handed, Flight flight) {
    try {
      pool.watch().tellLast(child, handed, flight);
    } catch (RuntimeException | InternalError damaged) {
      // then nobody is told how far it got
    }
  }

  /** Why there are no children, with all that is known of the last that tried. */
  static RuntimeException cannotStart(Child child, Options options) {
    return cannotStart(child.death(), child.command(), options);
  }

  static RuntimeException cannotStart(Death death, String command, Options options) {
    StringBuilder text =
        new StringBuilder("no child of \"" + options.name() + "\" can be started: ");
    text.append(Staff.BARREN_LIMIT)
        .append(" in a row died before they served; the last: ")
        .append(death);
    if (!command.isEmpty()) {
      text.append("\ncommand: ").append(command);
    }
    if (!death.stderrTail().isBlank()) {
      text.append("\nit said: ").append(death.stderrTail().strip());
    }
    return new DelegateException.StartFailed(text.toString());
  }
}
