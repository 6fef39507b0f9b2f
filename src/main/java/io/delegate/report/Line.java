package io.delegate.report;

import java.util.Locale;

/** Text of the user's, made fit for a log. */
final class Line {
  /** About two lines of a wide terminal: enough to know an item by. */
  static final int LONGEST = 200;

  private Line() {}

  /** One line of a value, whatever its {@code toString()} does. */
  static String of(Object value) {
    String text;
    try {
      text = String.valueOf(value);
    } catch (Throwable thrown) {
      text =
          value.getClass().getName()
              + " (its toString() threw "
              + thrown.getClass().getName()
              + ")";
    }
    return escape(cut(text == null ? "null" : text));
  }

  /** One line, as long as it is. */
  static String whole(Object value) {
    return escape(String.valueOf(value));
  }

  /** Lines to stand below another, indented; nothing for no lines. */
  static String below(String text) {
    StringBuilder lines = new StringBuilder();
    text.lines()
        .filter(line -> !line.isBlank())
        .forEach(line -> lines.append("\n  | ").append(escape(cut(line))));
    return lines.toString();
  }

  private static String cut(String text) {
    if (text.length() <= LONGEST) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
    return text.substring(0, end) + "…";
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> escaped.append("\\n");
        case '\r' -> escaped.append("\\r");
        case '\t' -> escaped.append("\\t");
        default -> {
          if (isHarmless(c)) {
            escaped.append(c);
          } else {
            escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          }
        }
      }
    }
    return escaped.toString();
  }

  /** Neither ends a line, nor moves a cursor, nor turns the direction of what follows. */
  private static boolean isHarmless(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
