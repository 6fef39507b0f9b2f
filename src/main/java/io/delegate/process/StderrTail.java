package io.delegate.process;

import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines of a child's stderr. Written by its reader, read by anyone. */
final class StderrTail {
  private static final int LINES = 40;
  private static final int CHARS = 8 * 1024;

  private final Deque<String> lines = new ArrayDeque<>();
  private int chars;
  private boolean outOfMemory;

  synchronized void add(String line) {
    outOfMemory |= line.startsWith(Autopsy.OUT_OF_MEMORY_LINE);
    lines.add(line);
    chars += line.length() + 1;
    while (lines.size() > LINES || (chars > CHARS && lines.size() > 1)) {
      chars -= lines.remove().length() + 1;
    }
  }

  synchronized boolean outOfMemory() {
    return outOfMemory;
  }

  synchronized String text() {
    return String.join("\n", lines);
  }
}
