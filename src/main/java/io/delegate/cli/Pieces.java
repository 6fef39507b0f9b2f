package io.delegate.cli;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/** What stands between separators, read as it is asked for. */
final class Pieces {
  private static final int BUFFER = 1 << 13;

  private final Reader in;
  private final char separator;
  private final int longest;
  private final char[] buffer = new char[BUFFER];
  private int at;
  private int end;
  private long number;

  /**
   * Makes one that has read nothing.
   *
   * @param longest characters of a piece: what does not end must not fill the memory
   */
  Pieces(Reader in, char separator, int longest) {
    this.in = in;
    this.separator = separator;
    this.longest = longest;
  }

  /** Without its separator; the last one need not have any. Null at the end. */
  @Nullable String next() throws IOException {
    number++;
    StringBuilder piece = new StringBuilder(0);
    boolean any = false;
    while (at < end || fill()) {
      any = true;
      int begin = at;
      while (at < end && buffer[at] != separator) {
        at++;
      }
      if (piece.length() + (at - begin) > longest) {
        throw new IOException("item %d has more than %,d characters".formatted(number, longest));
      }
      piece.append(buffer, begin, at - begin);
      if (at < end) {
        at++;
        return piece.toString();
      }
    }
    return any ? piece.toString() : null;
  }

  /** Whether the last one was the first. */
  boolean isFirst() {
    return number == 1;
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }
}
