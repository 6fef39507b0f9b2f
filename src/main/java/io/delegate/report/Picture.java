package io.delegate.report;

import io.delegate.report.LiveChild.Now;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns a run into the rows of the view. From the top: a rule, the last casualties, the children,
 * how far it is, the outcomes. What is at the bottom is needed most and stays longest when room is
 * short.
 */
final class Picture {
  private final Caption caption;
  private final Glyphs glyphs;

  Picture(Caption caption, Glyphs glyphs) {
    this.caption = caption;
    this.glyphs = glyphs;
  }

  /**
   * How many rows of a screen may be the view's: two thirds, the rest is for the program's own.
   * That needs two at least: no terminal knows a scroll region of one.
   */
  static int room(Size size) {
    return size.rows() < 3 || size.columns() < 1
        ? 0
        : Math.min(size.rows() * 2 / 3, size.rows() - 2);
  }

  List<Row> of(LiveState state, Size size) {
    int room = room(size);
    List<Row> rows = new ArrayList<>();
    if (room > 3) {
      rows.add(rule(state, size.columns()));
    }
    int free = Math.max(0, room - 2 - rows.size());
    int fallen = Math.min(state.casualties().size(), free / 3);
    rows.addAll(casualties(state, fallen, size.columns()));
    rows.addAll(children(state.children(), free - fallen, size.columns()));
    if (room > 0) {
      rows.add(new ProgressRow(caption, glyphs).of(state, size.columns()));
    }
    if (room > 1) {
      rows.add(new OutcomesRow(caption, glyphs).of(state, size.columns()));
    }
    return rows;
  }

  private Row rule(LiveState state, int columns) {
    long here = state.children().stream().filter(c -> c.state() != LiveChild.State.GONE).count();
    String right = " " + (here == 1 ? "1 child" : Amounts.number(here) + " children") + " ";
    String left =
        " " + Columns.cut(caption.title(), columns - Columns.of(right) - 8, glyphs.more()) + " ";
    int line = columns - Columns.of(left) - Columns.of(right) - 4;
    if (left.isBlank() || line < 1) {
      return Row.of(glyphs.rule().repeat(columns), Ink.DIM);
    }
    return Row.of(glyphs.rule().repeat(2), Ink.DIM)
        .add(left)
        .add(glyphs.rule().repeat(line) + right + glyphs.rule().repeat(2), Ink.DIM);
  }

  private List<Row> casualties(LiveState state, int rows, int columns) {
    List<Casualty> all = state.casualties();
    return all.subList(all.size() - rows, all.size()).stream()
        .map(new ChildRow(caption, glyphs, columns)::of)
        .toList();
  }

  private List<Row> children(List<Now> all, int rows, int columns) {
    ChildRow row = new ChildRow(caption, glyphs, columns);
    if (all.size() <= rows) {
      return all.stream().map(row::of).toList();
    }
    if (rows == 0) {
      return List.of();
    }
    Crowd crowd = Crowd.of(all, rows - 1, glyphs.more());
    List<Row> shown = new ArrayList<>(crowd.shown().stream().map(row::of).toList());
    shown.add(Row.of(Columns.cut(crowd.others(), columns, glyphs.more()), Ink.DIM));
    return shown;
  }
}
