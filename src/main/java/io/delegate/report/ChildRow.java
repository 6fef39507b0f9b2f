package io.delegate.report;

import io.delegate.ChildId;
import io.delegate.report.LiveChild.Now;
import io.delegate.report.LiveChild.State;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A child: its pid, what it does, its item, how far that is, and for how long it has run, against
 * the limit if there is one. A casualty has the same columns.
 */
final class ChildRow {
  private static final int PID = 7;
  private static final int STATE = 11;

  /** Below this a row has no room for the limit. */
  private static final int MEDIUM = 60;

  /** Below this it has none for the word of its state; a colour must do. */
  private static final int NARROW = 40;

  /** Below this it has none for how far the item is: that would be no more than dots. */
  private static final int LEAST = 5;

  /** Where items begin, if there is room for all. */
  private static final int ITEM = PID + 2 + STATE;

  private final Caption caption;
  private final Glyphs glyphs;
  private final int columns;

  ChildRow(Caption caption, Glyphs glyphs, int columns) {
    this.caption = caption;
    this.glyphs = glyphs;
    this.columns = columns;
  }

  Row of(Now child) {
    Row row = head(child.pid(), child.state().word(), ink(child.state()));
    String time = time(child);
    int end = columns - Columns.of(time);
    int room = Math.max(0, end - row.columns() - (time.isEmpty() ? 0 : 2));
    Named item = child.item();
    String text = item == null ? child.end() : item.text();
    row.add(Columns.cut(text, room, glyphs.more()), item == null ? Ink.DIM : Ink.PLAIN);
    Named progress = child.progress();
    if (item != null && progress != null) { // in what is left: the item comes first
      int rest = end - row.columns() - (time.isEmpty() ? 0 : 2) - 2;
      if (rest >= LEAST) {
        row.add("  ").add(Columns.cut(progress.text(), rest, glyphs.more()), Ink.DIM);
      }
    }
    return time.isEmpty() || row.columns() > end ? row : row.at(end).add(time, timeInk(child));
  }

  /** The item has half of the room at least: the reason is often long. */
  Row of(Casualty casualty) {
    Row row = head(casualty.pid(), casualty.outcome(), Ink.RED);
    int room = columns - row.columns();
    String why = "  " + casualty.reason();
    int most = Math.max(room / 2, room - Columns.of(why));
    row.add(Columns.cut(casualty.item().text(), Math.max(0, most), glyphs.more()));
    return row.add(Columns.cut(why, columns - row.columns(), glyphs.more()), Ink.DIM);
  }

  private Row head(long pid, String state, Ink ink) {
    String id = pid == 0 ? "-" : ChildId.text(pid);
    return columns < NARROW
        ? Row.of(Columns.cut(id + " ", columns, ""), ink)
        : Row.of(Columns.padLeft(id, PID) + "  ", Ink.DIM).add(state, ink).at(ITEM);
  }

  private String time(Now child) {
    if (child.running() < 0) {
      return "";
    }
    Duration limit = caption.limit();
    String time = Amounts.time(child.running());
    return limit == null || columns < MEDIUM ? time : time + " of " + Amounts.limit(limit);
  }

  private Ink timeInk(Now child) {
    return isNearItsLimit(child, caption.limit()) ? Ink.YELLOW : ink(child.state());
  }

  private static boolean isNearItsLimit(Now child, @Nullable Duration limit) {
    return limit != null && child.running() > Amounts.nanos(limit) / 5 * 4;
  }

  private static Ink ink(State state) {
    return switch (state) {
      case IDLE, GONE -> Ink.DIM;
      case RUNNING -> Ink.PLAIN;
      case SLOW -> Ink.YELLOW;
    };
  }
}
