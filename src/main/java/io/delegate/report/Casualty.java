package io.delegate.report;

import io.delegate.Death;
import io.delegate.Outcome;
import java.time.Duration;
import java.util.List;

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
  /** By which the child begins. */
  private static final String INITIALIZER = "Delegate: the initializer threw";

  static Casualty aborted(long pid, Named item, Death death) {
    return new Casualty("aborted", pid, item, why(death), why(death), words(death));
  }

  static Casualty timedOut(long pid, Named item, Duration limit, Outcome.Limit which) {
    String did =
        switch (which) {
          case ITEM -> "ran";
          case START -> "loaded";
          case QUEUE -> "waited";
          case SILENCE -> "said nothing for";
        };
    String why = did + " longer than " + Amounts.limit(limit);
    return new Casualty("timed out", pid, item, did + " too long", why, "");
  }

  /** Why a child did not come up: what its initializer threw, else its last words. */
  static String start(Death death) {
    List<String> lines = death.stderrTail().lines().filter(line -> !line.isBlank()).toList();
    int thrown = lines.indexOf(INITIALIZER);
    if (thrown >= 0 && thrown + 1 < lines.size()) {
      return "the initializer threw " + Line.of(lines.get(thrown + 1).strip());
    }
    String words = words(death);
    return words.isEmpty() ? "exit code " + death.exitCode() : words;
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
      case NODE_LOST -> "its node was lost";
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
