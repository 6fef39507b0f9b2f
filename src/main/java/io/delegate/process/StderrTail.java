package io.delegate.process;

import io.delegate.wire.Mark;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The last lines of a child's stderr. Written by its reader, read by anyone. */
final class StderrTail {
  private static final int LINES = 40;
  private static final int CHARS = 8 * 1024;

  private record Line(Mark mark, String text) {}

  private final Deque<Line> lines = new ArrayDeque<>();
  private Mark last = Mark.NONE;
  private int chars;
  private boolean outOfMemory;

  /** Whose the lines are that follow. */
  synchronized void mark(Mark mark) {
    last = mark;
  }

  synchronized void add(Mark mark, String line) {
    outOfMemory |= line.startsWith(Autopsy.OUT_OF_MEMORY_LINE);
    lines.add(new Line(mark, line));
    chars += line.length() + 1;
    while (lines.size() > LINES || (chars > CHARS && lines.size() > 1)) {
      chars -= lines.remove().text().length() + 1;
    }
  }

  synchronized void add(String line) {
    add(last, line);
  }

  synchronized boolean outOfMemory() {
    return outOfMemory;
  }

  synchronized String text() {
    return text(line -> true);
  }

  /**
   * The lines since that item began, for the last item of a child that is dead.
   *
   * <p>If it has a mark, they are what follows it. An item without one wrote nothing in Java. What
   * stands after the last mark of an earlier item is then of two kinds:
   *
   * <ul>
   *   <li>Lines of Java are of that earlier item, and none of ours. Only the JVM's last words are
   *       taken from among them: it says them once, when it dies.
   *   <li>Lines of native code are of that item, of fast ones after it which had no mark either, or
   *       of ours. Nobody can tell, all are of the last milliseconds, and what a crashing library
   *       said must not be lost: they are kept.
   * </ul>
   *
   * <p>All a child says that may not mark is of the second kind.
   */
  synchronized String text(long seq) {
    if (last.seq() >= seq) {
      return text(line -> line.mark().seq() >= seq);
    }
    return text(line -> line.mark().seq() == last.seq() && isNative(line));
  }

  private static boolean isNative(Line line) {
    return !line.mark().java() || line.text().startsWith(Autopsy.OUT_OF_MEMORY_LINE);
  }

  private String text(Predicate<Line> which) {
    return lines.stream().filter(which).map(Line::text).collect(Collectors.joining("\n"));
  }
}
