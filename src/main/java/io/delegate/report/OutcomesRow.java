package io.delegate.report;

import java.util.ArrayList;
import java.util.List;

/** The four outcomes and how many items had each; on the right, if there is room, the pace. */
final class OutcomesRow {
  private record Count(long items, String word, Ink ink) {
    String text() {
      return Amounts.number(items) + " " + word;
    }
  }

  private static final String GAP = "   ";

  private final Caption caption;
  private final Glyphs glyphs;

  OutcomesRow(Caption caption, Glyphs glyphs) {
    this.caption = caption;
    this.glyphs = glyphs;
  }

  Row of(LiveState state, int columns) {
    Row row = counts(state, columns);
    String pace = caption.total() == 0 ? "" : pace(state);
    int at = columns - Columns.of(pace);
    return row.columns() + GAP.length() <= at ? row.at(at).add(pace, Ink.DIM) : row;
  }

  /** How fast and since when. */
  static String pace(LiveState state) {
    return Columns.padLeft(Amounts.rate(state.rate()), 5)
        + " items/s"
        + GAP
        + Columns.padLeft(Amounts.clock(state.elapsed()), 6);
  }

  private Row counts(LiveState state, int columns) {
    List<Count> all =
        List.of(
            new Count(state.success(), "success", Ink.GREEN),
            new Count(state.failure(), "failure", Ink.YELLOW),
            new Count(state.aborted(), "aborted", Ink.RED),
            new Count(state.timedOut(), "timed out", Ink.RED));
    List<Count> some = new ArrayList<>(all.subList(1, 4));
    some.removeIf(count -> count.items() == 0);
    some.add(0, all.get(0));
    Count not = new Count(state.done() - state.success(), "not", Ink.RED);
    for (List<Count> counts : List.of(all, some, List.of(all.get(0), not))) {
      Row row = row(counts);
      if (row.columns() <= columns) {
        return row;
      }
    }
    return Row.of(Columns.cut(all.get(0).text(), columns, glyphs.more()), Ink.GREEN);
  }

  private static Row row(List<Count> counts) {
    Row row = new Row();
    for (Count count : counts) {
      row.add(row.columns() == 0 ? "" : GAP);
      row.add(count.text(), count.items() == 0 ? Ink.DIM : count.ink());
    }
    return row;
  }
}
