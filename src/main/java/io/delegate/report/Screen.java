package io.delegate.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last rows of a terminal. What anybody else writes scrolls above them.
 *
 * <p>The terminal's scroll region does that: it ends where the view begins, and the cursor is
 * always in it. Each change is one write, which the kernel does not mix with those of others, and
 * leaves the cursor where it found it.
 */
final class Screen {
  private static final String SAVE = "\u001b7";
  private static final String RESTORE = "\u001b8";
  private static final String WHOLE = "\u001b[r";
  private static final String ERASE_LINE = "\u001b[K";
  private static final String ERASE_BELOW = "\u001b[J";
  private static final String HIDE = "\u001b[?25l";
  private static final String SHOW = "\u001b[?25h";
  private static final String NO_WRAP = "\u001b[?7l";
  private static final String WRAP = "\u001b[?7h";

  /** One row down in the same column; the last row of the region scrolls. */
  private static final String DOWN = "\u001bD";

  private final OutputStream out;
  private final Charset charset;
  private @Nullable Size size;
  private List<Row> before = List.of();
  private int shown;
  private boolean closed;

  Screen(OutputStream out, Charset charset) {
    this.out = out;
    this.charset = charset;
  }

  /** Shows these rows in place of those before. */
  synchronized void draw(List<Row> rows, Size now) throws IOException {
    if (closed) {
      return;
    }
    StringBuilder codes = new StringBuilder(HIDE);
    if (!now.equals(size)) {
      erase(codes);
      if (before.stream().mapToInt(row -> row.columns() / now.columns() + 1).sum() >= now.rows()) {
        freshLine(codes, now.columns());
      }
      size = now;
    }
    int more = rows.size() - shown;
    if (more > 0) {
      codes.append(DOWN.repeat(more)).append(up(more));
    }
    codes.append(SAVE).append(NO_WRAP);
    int top = now.rows() - rows.size();
    if (more != 0 || !rows.isEmpty()) {
      codes.append("\u001b[1;").append(top).append('r');
    }
    for (int freed = 0; freed < -more; freed++) {
      codes.append(row(top + more + freed + 1)).append(ERASE_LINE);
    }
    for (int i = 0; i < rows.size(); i++) {
      codes.append(row(top + i + 1)).append(rows.get(i).codes());
      if (rows.get(i).columns() < now.columns()) { // or it would take the last character
        codes.append(ERASE_LINE);
      }
    }
    shown = rows.size();
    before = rows;
    write(codes.append(WRAP).append(RESTORE).append(SHOW));
  }

  /**
   * The size is another: the rows of the view are no longer where they were, and what is printed
   * next would run into them. They go now; to draw them anew may take a moment.
   */
  synchronized void wipe() throws IOException {
    if (!closed && size != null) {
      StringBuilder codes = new StringBuilder();
      erase(codes);
      size = null;
      write(codes);
    }
  }

  /** Gives the terminal back and leaves these lines on it, below all that was printed. */
  synchronized void close(List<Row> lines) throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    StringBuilder codes = new StringBuilder();
    if (size != null) {
      erase(codes);
      freshLine(codes, size.columns());
    }
    lines.forEach(line -> codes.append(line.codes()).append("\r\n"));
    write(codes);
  }

  /** Below the line of the cursor there is nothing but the view, wherever a new size put it. */
  private void erase(StringBuilder codes) {
    codes.append(SAVE).append(WHOLE).append(RESTORE);
    codes.append(DOWN).append(up(1));
    codes.append(SAVE).append(DOWN).append('\r').append(ERASE_BELOW).append(RESTORE);
    shown = 0;
  }

  /**
   * In a window that got much narrower the rows of the view were broken into so many that they may
   * have pushed the cursor's own line out; then it is in one of theirs. And at the end there is to
   * be a line for the summary. Nobody but the terminal knows whether the cursor is at the start of
   * a line: as many blanks as there are columns end on the same line if it is, on the next if not.
   */
  private static void freshLine(StringBuilder codes, int columns) {
    codes.append(" ".repeat(columns)).append('\r').append(ERASE_LINE);
  }

  private static String row(int row) {
    return "\u001b[" + row + ";1H";
  }

  private static String up(int rows) {
    return "\u001b[" + rows + "A";
  }

  private void write(StringBuilder codes) throws IOException {
    out.write(codes.toString().getBytes(charset));
    out.flush();
  }
}
