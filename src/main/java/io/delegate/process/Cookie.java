package io.delegate.process;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A mark in the environment of a child, inherited by all it starts: {@code
 * DELEGATE_CHILD=<directory>/<n>}. Where a child is itself the parent of children, theirs is
 * appended after a colon, so that the outer tree still holds the inner one.
 */
final class Cookie {
  static final String VARIABLE = "DELEGATE_CHILD";
  private static final byte[] NAME = (VARIABLE + "=").getBytes(StandardCharsets.ISO_8859_1);

  private final byte[] mark;
  private final boolean prefix;

  private Cookie(String mark, boolean prefix) {
    this.mark = mark.getBytes(StandardCharsets.ISO_8859_1);
    this.prefix = prefix;
  }

  static Cookie exactly(String mark) {
    return new Cookie(mark, false);
  }

  static Cookie startingWith(String prefix) {
    return new Cookie(prefix, true);
  }

  /** What a child's variable holds. */
  static String value(@Nullable String inherited, String mark) {
    return inherited == null || inherited.isEmpty() ? mark : inherited + ":" + mark;
  }

  /** Whether the mark stands in an environment as the kernel shows it: NUL after each entry. */
  boolean isIn(byte[] environment, int length) {
    int entry = 0;
    while (entry < length) {
      int end = entry;
      while (end < length && environment[end] != 0) {
        end++;
      }
      if (startsWith(environment, entry, end, NAME)
          && isInValue(environment, entry + NAME.length, end)) {
        return true;
      }
      entry = end + 1;
    }
    return false;
  }

  private boolean isInValue(byte[] bytes, int from, int end) {
    int start = from;
    for (int at = from; at <= end; at++) {
      if (at == end || bytes[at] == ':') {
        if (startsWith(bytes, start, at, mark) && (prefix || at - start == mark.length)) {
          return true;
        }
        start = at + 1;
      }
    }
    return false;
  }

  private static boolean startsWith(byte[] bytes, int from, int end, byte[] what) {
    if (end - from < what.length) {
      return false;
    }
    for (int i = 0; i < what.length; i++) {
      if (bytes[from + i] != what[i]) {
        return false;
      }
    }
    return true;
  }
}
