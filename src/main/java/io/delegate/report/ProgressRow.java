package io.delegate.report;

/**
 * How far it is: with a bar and the time it takes yet where the number of items is known, else how
 * fast and since when. In a narrow window the least needed goes first.
 */
final class ProgressRow {
  private static final int SHORTEST_BAR = 10;
  private static final String GAP = "   ";

  private final Caption caption;
  private final Glyphs glyphs;

  ProgressRow(Caption caption, Glyphs glyphs) {
    this.caption = caption;
    this.glyphs = glyphs;
  }

  Row of(LiveState state, int columns) {
    return caption.total() == 0 ? open(state, columns) : towards(caption.total(), state, columns);
  }

  private Row open(LiveState state, int columns) {
    String items = caption.progress(state.done());
    for (String more : new String[] {GAP + OutcomesRow.pace(state), ""}) {
      if (Columns.of(items + more) <= columns) {
        return new Row().add(items).add(more, Ink.DIM);
      }
    }
    return new Row().add(Columns.cut(items, columns, glyphs.more()));
  }

  private Row towards(long total, LiveState state, int columns) {
    String items = Columns.padRight(caption.progress(state.done()), widest(total));
    String percent = GAP + Columns.padLeft(100 * Math.min(state.done(), total) / total + " %", 5);
    String left = GAP + Columns.padLeft(left(total, state), 11);
    for (String tail : new String[] {percent + left, percent}) {
      int room = columns - Columns.of(items + GAP + tail);
      if (room >= SHORTEST_BAR) {
        return bar(new Row().add(items + GAP), total, state, room).add(tail);
      }
    }
    boolean fits = Columns.of(items + percent) <= columns;
    String text = fits ? items + percent : caption.progress(state.done());
    return new Row().add(Columns.cut(text, columns, glyphs.more()));
  }

  /** As wide from the start as it will be at the end, so that nothing moves. */
  private int widest(long total) {
    return Columns.of(caption.progress(total));
  }

  private static String left(long total, LiveState state) {
    long rest = total - state.done();
    return rest > 0 && state.steadyRate() > 0
        ? Amounts.left((long) (rest / state.steadyRate() * 1e9))
        : "";
  }

  /** A cell at least for what was no success: it must not be overlooked. */
  private Row bar(Row row, long total, LiveState state, int cells) {
    int full = (int) (cells * Math.min(state.done(), total) / total);
    int red = Math.min(full, share(state.aborted() + state.timedOut(), total, cells));
    int yellow = Math.min(full - red, share(state.failure(), total, cells));
    return row.add(glyphs.full().repeat(full - red - yellow), Ink.GREEN)
        .add(glyphs.full().repeat(yellow), Ink.YELLOW)
        .add(glyphs.full().repeat(red), Ink.RED)
        .add(glyphs.open().repeat(cells - full), Ink.DIM);
  }

  private static int share(long count, long total, int cells) {
    return count == 0 ? 0 : (int) Math.max(1, cells * Math.min(count, total) / total);
  }
}
