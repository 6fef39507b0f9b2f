package io.delegate.report;

import static java.util.stream.Collectors.joining;

import io.delegate.Death;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A run in a few words: what stays on the screen after it, and the lines of plain mode. */
final class ClosingLines {
  /** Faster ones are not worth a line. */
  private static final long WORTH_TELLING = 100_000_000;

  private static final int KINDS = 6;

  private final Caption caption;

  ClosingLines(Caption caption) {
    this.caption = caption;
  }

  /** At the end. */
  List<String> summary(LiveState state) {
    List<String> lines = new ArrayList<>();
    lines.add(caption.title() + ": " + counts(state));
    double mean = state.done() * 1e9 / Math.max(1, state.elapsed());
    lines.add(
        "  took "
            + Amounts.time(state.elapsed())
            + ", "
            + Amounts.rate(mean)
            + " items/s, "
            + children(state.started()));
    state.ends().forEach((outcome, kinds) -> lines.add("  " + outcome + ": " + kinds(kinds)));
    if (state.dropped() > 0) {
      lines.add(
          "  not all is in these numbers: "
              + Amounts.count(state.dropped(), "event")
              + " came too fast to be shown");
    }
    Named slowest = state.slowest();
    if (slowest != null && state.longest() >= WORTH_TELLING) {
      lines.add("  slowest: " + slowest.text() + ", " + Amounts.time(state.longest()));
    }
    return lines;
  }

  /** In between. */
  String progress(LiveState state) {
    long rest = caption.total() - state.done();
    String left =
        rest > 0 && state.steadyRate() > 0
            ? ", " + Amounts.left((long) (rest / state.steadyRate() * 1e9))
            : "";
    return caption.title()
        + ": "
        + counts(state)
        + "; "
        + Amounts.rate(state.rate())
        + " items/s, "
        + Amounts.clock(state.elapsed())
        + left;
  }

  String startFailed(Death how) {
    return caption.title() + ": a child did not come up: " + Casualty.start(how);
  }

  String casualty(Casualty casualty) {
    return "%s: %s: %s: %s (child %d)"
        .formatted(
            caption.title(),
            casualty.outcome(),
            casualty.item().text(),
            casualty.reason(),
            casualty.pid());
  }

  private String counts(LiveState state) {
    return "%s: %s success, %s failure, %s aborted, %s timed out"
        .formatted(
            caption.total() == state.done()
                ? Amounts.count(state.done(), "item")
                : caption.progress(state.done()),
            Amounts.number(state.success()),
            Amounts.number(state.failure()),
            Amounts.number(state.aborted()),
            Amounts.number(state.timedOut()));
  }

  private static String children(long started) {
    return started == 1 ? "1 child started" : Amounts.number(started) + " children started";
  }

  private static String kinds(Map<String, Long> kinds) {
    String first =
        kinds.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .limit(KINDS)
            .map(kind -> kind.getKey() + " (" + Amounts.number(kind.getValue()) + ")")
            .collect(joining(", "));
    int others = kinds.size() - KINDS;
    return others > 0 ? first + " and " + Amounts.count(others, "other kind") : first;
  }
}
