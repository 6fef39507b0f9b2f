package io.delegate.report;

import io.delegate.Death;
import io.delegate.Outcome;
import java.time.Duration;

/**
 * An item that was aborted or timed out.
 *
 * @param outcome which of the two, in a word
 * @param pid the child that died of it, 0 where none did
 * @param item the item
 * @param kind the kind of end in few words, of which there are not many
 * @param why the same with its numbers
 * @param words what the child said last; empty as a rule
 */
record Casualty(String outcome, long pid, Named item, String kind, String why, String words) {
  static Casualty aborted(long pid, Named item, Death death) {
    return new Casualty("aborted", pid, item, why(death), why(death), words(death));
  }

  static Casualty timedOut(long pid, Named item, Duration limit) {
    return timedOut(pid, item, limit, pid == 0 ? Outcome.Limit.QUEUE : Outcome.Limit.ITEM);
  }

  static Casualty timedOut(long pid, Named item, Duration limit, Outcome.Limit which) {
    if (which == Outcome.Limit.SILENCE) {
      String silent = "said nothing for longer than " + Amounts.limit(limit);
      return new Casualty("timed out", pid, item, "said nothing for too long", silent, "");
    }
    String did = pid == 0 ? "waited" : "ran";
    String why = did + " longer than " + Amounts.limit(limit);
    return new Casualty("timed out", pid, item, did + " too long", why, "");
  }

  /** All that is known in one line. */
  String reason() {
    return words.isEmpty() ? why : why + ": " + words;
  }

  static String why(Death death) {
    return switch (death.cause()) {
      case EXIT -> "exit code " + death.exitCode();
      case SIGNAL -> death.signal().map(signal -> "killed by " + signal).orElse("killed");
      case OUT_OF_MEMORY -> "out of memory";
      case NATIVE_CRASH -> "crashed in native code";
      case START_FAILED -> "never came up";
      case PROTOCOL -> "broke the rules of the channel";
    };
  }

  /** The JVM's words on its crash, else the last line on stderr. */
  private static String words(Death death) {
    String all = death.crash().isBlank() ? death.stderrTail() : death.crash();
    String last = "";
    for (String line : all.lines().toList()) {
      last = line.isBlank() ? last : line.strip();
    }
    return Line.of(last);
  }
}
