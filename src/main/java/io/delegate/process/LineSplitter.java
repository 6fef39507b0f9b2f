package io.delegate.process;

import io.delegate.wire.Mark;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes into lines; longer ones than {@link #LONGEST} into pieces of it. Takes out the marks
 * of its own child: whatever only looks like one, cut short, made up or another's, is text.
 */
final class LineSplitter {
  static final int LONGEST = 8 * 1024;

  /** Takes what was found, in order. */
  interface Found {
    void mark(Mark mark);

    /** A line, and the mark before its first byte. */
    void line(Mark mark, String line);
  }

  private final byte[] line = new byte[LONGEST];
  private final Charset charset;
  private final byte[] prefix;
  private final Found found;
  private int length;

  /** What may become a mark. It has no second {@link Mark#START}, so it is looked at once. */
  private final byte[] held = new byte[Mark.LONGEST];

  private int heldLength;
  private Mark mark = Mark.NONE;
  private Mark lineMark = Mark.NONE;

  LineSplitter(Charset charset, byte[] prefix, Found found) {
    this.charset = charset;
    this.prefix = prefix.clone();
    this.found = found;
  }

  /** For bytes without marks. */
  LineSplitter(Charset charset, Consumer<String> lines) {
    this(
        charset,
        new byte[0],
        new Found() {
          @Override
          public void mark(Mark mark) {}

          @Override
          public void line(Mark mark, String line) {
            lines.accept(line);
          }
        });
  }

  void add(ByteBuffer bytes) {
    byte[] all = bytes.array();
    int at = bytes.arrayOffset() + bytes.position();
    int end = at + bytes.remaining();
    bytes.position(bytes.limit());
    while (at < end) {
      if (heldLength > 0) {
        hold(all[at++]);
        continue;
      }
      int from = at;
      while (at < end && all[at] != '\n' && all[at] != Mark.START) {
        at++;
      }
      text(all, from, at - from);
      if (at < end) {
        special(all[at++]);
      }
    }
  }

  private void special(byte b) {
    if (b == '\n') {
      emit(length > 0 && line[length - 1] == '\r' ? length - 1 : length);
      length = 0;
    } else if (b == Mark.START && prefix.length > 0) {
      held[heldLength++] = b;
    } else {
      text(new byte[] {b}, 0, 1);
    }
  }

  private void hold(byte b) {
    if (b == Mark.START) {
      release();
      held[heldLength++] = b;
    } else if (heldLength < prefix.length ? b == prefix[heldLength] : isInside(b)) {
      held[heldLength++] = b;
    } else {
      Mark found = b == Mark.END ? heldMark() : null;
      if (found == null) {
        release();
        special(b);
      } else {
        heldLength = 0;
        pass(found);
      }
    }
  }

  private boolean isInside(byte b) {
    return (b & 0xFF) >= ' ' && heldLength < held.length - 1;
  }

  private @Nullable Mark heldMark() {
    return heldLength > prefix.length ? Mark.decode(held, prefix.length, heldLength) : null;
  }

  /** It was no mark. */
  private void release() {
    int count = heldLength;
    heldLength = 0;
    text(held, 0, count);
  }

  private void pass(Mark next) {
    if (next.seq() != mark.seq()) {
      rest(); // of the item before, which wrote no end of line
    }
    mark = next;
    found.mark(next);
  }

  private void text(byte[] bytes, int from, int count) {
    int at = from;
    for (int left = count; left > 0; ) {
      if (length == LONGEST) {
        cut();
      }
      if (length == 0) {
        lineMark = mark;
      }
      int some = Math.min(left, LONGEST - length);
      System.arraycopy(bytes, at, line, length, some);
      length += some;
      at += some;
      left -= some;
    }
  }

  /** What stood after the last line's end. */
  void end() {
    release();
    rest();
  }

  private void rest() {
    if (length > 0) {
      emit(length);
      length = 0;
    }
  }

  private void cut() {
    int at = length;
    if (charset.equals(StandardCharsets.UTF_8)) {
      at = startOfLastCharacter();
    }
    emit(at);
    length -= at;
    System.arraycopy(line, at, line, 0, length);
  }

  /** A character of several bytes may be complete only with the byte to come. */
  private int startOfLastCharacter() {
    int at = length - 1;
    while (at > length - 4 && (line[at] & 0xC0) == 0x80) {
      at--;
    }
    return (line[at] & 0xC0) == 0xC0 ? at : length;
  }

  private void emit(int end) {
    found.line(length == 0 ? mark : lineMark, new String(line, 0, end, charset));
  }
}
