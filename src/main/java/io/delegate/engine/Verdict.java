package io.delegate.engine;

import io.delegate.ExitReason;
import io.delegate.Outcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why we kill a child, decided once, before the kill.
 *
 * @param reason why
 * @param suspect the item it is killed for, if any
 * @param limit the limit that was passed, if any
 * @param which limit that was
 * @param note for the death, empty if the child itself has more to say
 */
record Verdict(
    Reason reason,
    @Nullable Handed suspect,
    @Nullable Duration limit,
    Outcome.Limit which,
    String note) {
  enum Reason {
    /** Its item ran too long. */
    TIMEOUT(ExitReason.TIMED_OUT),
    /** Nobody wants its item any more. */
    CANCEL(ExitReason.CANCELLED),
    /** It has outgrown its memory, and its item would not end. */
    MEMORY(ExitReason.OUT_OF_MEMORY),
    /** It took too long to come up. */
    START(ExitReason.CRASHED),
    /** It broke the rules of the channel. */
    PROTOCOL(ExitReason.PROTOCOL),
    /** It was not needed any more. */
    STOP(ExitReason.STOPPED);

    /** What is told of it. */
    final ExitReason exit;

    Reason(ExitReason exit) {
      this.exit = exit;
    }
  }

  static Verdict of(Reason reason, @Nullable Handed suspect, String note) {
    return new Verdict(reason, suspect, null, Outcome.Limit.ITEM, note);
  }

  static Verdict of(Reason reason, String note) {
    return of(reason, null, note);
  }
}
