package io.delegate.report;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Where the time of the children went. {@link #toString()} is a table of some lines for people.
 *
 * @param children the most there might be
 * @param elapsed from when the first was asked for until the last was gone
 * @param started how many came up
 * @param failedStarts how many ended before they were up
 * @param lost how many died, or were killed, though nobody wished them gone
 * @param items how many outcomes there were
 * @param starting how long the children took to come up, all together
 * @param idle how long they had nothing in hand, all together
 * @param channel how long they had items in hand and ran none, all together: the items and results
 *     were on their way, were encoded or decoded, or loaded their classes
 * @param working how long they ran items, all together
 * @param waited how long items were under way without running, all together
 * @param slowest those that ran longest, the longest first
 * @param missing how much news was left out, since there was too much of it at once: what is said
 *     of items is too little then
 */
public record Efficiency(
    int children,
    Duration elapsed,
    long started,
    long failedStarts,
    long lost,
    long items,
    Duration starting,
    Duration idle,
    Duration channel,
    Duration working,
    Duration waited,
    List<Slow> slowest,
    long missing) {

  /** Below that much work the way to a child and back is not worth it. */
  private static final Duration LITTLE = Duration.ofNanos(20_000);

  /**
   * An item that ran long.
   *
   * @param item one line of it
   * @param took how long it ran
   * @param outcome what became of it: success, failure, aborted, timed out
   */
  public record Slow(String item, Duration took, String outcome) {}

  /**
   * With the list copied.
   *
   * @param children the most there might be
   * @param elapsed how long all took
   * @param started how many came up
   * @param failedStarts how many did not
   * @param lost how many died
   * @param items how many outcomes there were
   * @param starting time to come up
   * @param idle time with nothing in hand
   * @param channel time with items in hand, and none running
   * @param working time that items ran
   * @param waited time that items did not run
   * @param slowest those that ran longest
   * @param missing how much news was left out
   */
  public Efficiency {
    slowest = List.copyOf(slowest);
  }

  /** The children's time: all four kinds together. */
  private Duration total() {
    return starting.plus(idle).plus(channel).plus(working);
  }

  /**
   * The share of the children's time in which they ran items.
   *
   * @return 0 to 1
   */
  public double efficiency() {
    return share(working);
  }

  private double share(Duration part) {
    return total().isZero() ? 0 : (double) part.toNanos() / total().toNanos();
  }

  private Duration mean(Duration all) {
    return items == 0 ? Duration.ZERO : all.dividedBy(items);
  }

  /**
   * What could be better, in one sentence.
   *
   * @return empty when there is nothing to say
   */
  public String suggestion() {
    if (items == 0 || total().isZero() || missing > 0) {
      return "";
    }
    if (channel.compareTo(working) > 0 && mean(working).compareTo(LITTLE) < 0) {
      return "An item takes %s of work, and %s on its way: too little for a process. Put more into one."
          .formatted(Spans.of(mean(working)), Spans.of(mean(channel)));
    }
    if (lost > 0 && share(starting) > 0.25) {
      return "%.0f %% of the children's time went into starts: %d were lost. See why they die."
          .formatted(100 * share(starting), lost);
    }
    int enough = (int) Math.max(1, Math.ceil(children * (1 - share(idle))));
    if (share(idle) > 0.4 && enough < children) {
      return "The children had nothing to do for %.0f %% of their time: %d would do."
          .formatted(100 * share(idle), enough);
    }
    int processors = Runtime.getRuntime().availableProcessors();
    if (share(idle) < 0.05 && children < processors && mean(waited).compareTo(mean(working)) > 0) {
      return "Items waited for %s on average, and this machine has %d processors: more children would help."
          .formatted(Spans.of(mean(waited)), processors);
    }
    return "";
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    line(text, "children", "at most %d; %d started, %d lost", children, started, lost);
    if (failedStarts > 0) {
      line(text, "", "%d more did not come up", failedStarts);
    }
    line(text, "items", "%,d in %s", items, Spans.of(elapsed));
    part(text, "work", working);
    part(text, "channel", channel);
    part(text, "idle", idle);
    part(text, "start", starting);
    line(
        text,
        "an item",
        "ran %s, and waited %s, on average",
        Spans.of(mean(working)),
        Spans.of(mean(waited)));
    for (Slow slow : slowest) {
      line(text, "slow", "%9s  %s (%s)", Spans.of(slow.took()), slow.item(), slow.outcome());
    }
    if (missing > 0) {
      line(text, "missing", "%,d events: too many at once; more ran than is told here", missing);
    }
    if (!suggestion().isEmpty()) {
      line(text, "hint", "%s", suggestion());
    }
    return text.toString();
  }

  private void part(StringBuilder text, String name, Duration part) {
    line(text, name, "%5.1f %%  %s", 100 * share(part), Spans.of(part));
  }

  private static void line(StringBuilder text, String name, String format, Object... values) {
    text.append(text.isEmpty() ? "" : "\n")
        .append(String.format(Locale.ROOT, "%-10s", name))
        .append(String.format(Locale.ROOT, format, values));
  }
}
