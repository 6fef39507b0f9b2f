package io.delegate.cli;

import io.delegate.Outcome;
import io.delegate.Outcome.Aborted;
import io.delegate.Outcome.Failure;
import io.delegate.Outcome.TimedOut;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Counts the outcomes, and keeps the first few that are no successes. */
final class Summary {
  private static final int SHOWN = 10;
  private static final int WIDTH = 160;

  /** Controls, also those of eight bits, ends of lines, and what turns the direction of text. */
  private static final Pattern OBEYED = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");

  private final String children;
  private final LongSupplier nanos;
  private final long began;
  private final List<String> shown = new ArrayList<>();
  private long successes;
  private long failures;
  private long aborted;
  private long timedOut;

  /** {@code children}: how many there were, for people. */
  Summary(String children, LongSupplier nanos) {
    this.children = children;
    this.nanos = nanos;
    this.began = nanos.getAsLong();
  }

  void count(Outcome<String, String> outcome) {
    if (outcome.isSuccess()) {
      successes++;
    } else if (outcome instanceof Failure<String, String> f) {
      failures++;
      show("failure", f.item(), f.error().toString());
    } else if (outcome instanceof Aborted<String, String> a) {
      aborted++;
      show("aborted", a.item(), a.death().toString());
    } else if (outcome instanceof TimedOut<String, String> t) {
      timedOut++;
      show("timed out", t.item(), did(t) + " longer than " + OutcomeJson.millis(t.limit()) + " ms");
    }
  }

  boolean allSucceeded() {
    return failures + aborted + timedOut == 0;
  }

  void print(PrintWriter err, boolean stopped, long skipped) {
    long items = successes + failures + aborted + timedOut;
    long spent = Math.max(1, nanos.getAsLong() - began);
    shown.forEach(err::println);
    long more = items - successes - shown.size();
    if (more > 0) {
      err.println("  … and " + more + " more");
    }
    err.printf(
        Locale.ROOT,
        "delegate: %s%d item%s: %d success, %d failure, %d aborted, %d timed out;"
            + " %.3f s, %.1f items/s, children: %s%s%n",
        stopped ? "stopped after " : "",
        items,
        items == 1 ? "" : "s",
        successes,
        failures,
        aborted,
        timedOut,
        spent / 1e9,
        items * 1e9 / spent,
        children,
        skipped == 0 ? "" : "; " + skipped + " left out, as the journal says");
    err.flush();
  }

  private void show(String outcome, String item, String why) {
    if (shown.size() < SHOWN) {
      shown.add("  " + outcome + ": " + clean(item) + ": " + clean(why));
    }
  }

  private static String did(TimedOut<?, ?> outcome) {
    return switch (outcome.which()) {
      case ITEM -> "ran";
      case START -> "its child loaded what it needs for";
      case QUEUE -> "waited";
      case SILENCE -> "said nothing for";
    };
  }

  /** One short line, and nothing that a terminal would obey. */
  private static String clean(String text) {
    int end = text.length() <= WIDTH ? text.length() : WIDTH;
    boolean half = end < text.length() && Character.isHighSurrogate(text.charAt(end - 1));
    String start = text.substring(0, half ? end - 1 : end) + (end < text.length() ? "…" : "");
    return harmless(start);
  }

  /** Its lines, all of them, with nothing in them that a terminal would obey. */
  static String lines(String text) {
    return text.lines().map(Summary::harmless).collect(Collectors.joining(System.lineSeparator()));
  }

  private static String harmless(String text) {
    return OBEYED.matcher(text).replaceAll(" ");
  }
}
