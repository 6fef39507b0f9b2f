package io.delegate.web;

import java.util.Locale;

/** Text of the user's, made fit for a line of the page, where it is never more than text. */
final class ShortText {
  /** About two lines of a wide page: enough to know an item by. */
  static final int LONGEST = 200;

  private ShortText() {}

  /** One line of a value, whatever its {@code toString()} does. */
  static String of(Object value) {
    String text;
    try {
      text = String.valueOf(value);
    } catch (Throwable thrown) {
      text = value.getClass().getName() + " (its toString() threw " + thrown.getClass() + ")";
    }
    return oneLine(cut(text == null ? "" : text, LONGEST));
  }

  /** The end of a longer text is often what tells; so it is the beginning that goes. */
  static String tail(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    int begin = text.length() - longest;
    return "…" + text.substring(Character.isLowSurrogate(text.charAt(begin)) ? begin + 1 : begin);
  }

  static String cut(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    return text.substring(
            0, Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest)
        + "…";
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> {
          if (isHarmless(c)) {
            line.append(c);
          } else {
            line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          }
        }
      }
    }
    return line.toString();
  }

  /** Neither ends a line nor turns the direction of what follows. */
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
