package io.delegate.report;

import org.jline.utils.WCWidth;

/**
 * How much room a text takes on a terminal: none for a combining character, two columns for a wide
 * one. Needs JLine.
 */
final class Columns {
  private Columns() {}

  static int of(String text) {
    return text.codePoints().map(Columns::of).sum();
  }

  private static int of(int character) {
    return Math.max(0, WCWidth.wcwidth(character));
  }

  /** The text, or as much of it as fits before the mark that says there is more. */
  static String cut(String text, int columns, String more) {
    if (of(text) <= columns) {
      return text;
    }
    int room = columns - of(more);
    if (room < 0) {
      return "";
    }
    StringBuilder kept = new StringBuilder();
    int used = 0;
    for (int at = 0; at < text.length(); ) {
      int character = text.codePointAt(at);
      used += of(character);
      if (used > room) {
        break;
      }
      kept.appendCodePoint(character);
      at += Character.charCount(character);
    }
    return kept.append(more).toString();
  }

  static String padRight(String text, int columns) {
    return text + " ".repeat(Math.max(0, columns - of(text)));
  }

  static String padLeft(String text, int columns) {
    return " ".repeat(Math.max(0, columns - of(text))) + text;
  }

  /** Whether JLine is there. */
  static boolean known() {
    try {
      return WCWidth.wcwidth('a') == 1;
    } catch (LinkageError e) {
      return false;
    }
  }
}
