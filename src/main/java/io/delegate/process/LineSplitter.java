package io.delegate.process;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts bytes into lines; longer ones than {@link #LONGEST} into pieces of it. */
final class LineSplitter {
  static final int LONGEST = 8 * 1024;

  private final byte[] line = new byte[LONGEST];
  private final Charset charset;
  private final Consumer<String> lines;
  private int length;

  LineSplitter(Charset charset, Consumer<String> lines) {
    this.charset = charset;
    this.lines = lines;
  }

  void add(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte b = bytes.get();
      if (b == '\n') {
        emit(length > 0 && line[length - 1] == '\r' ? length - 1 : length);
        length = 0;
      } else {
        if (length == LONGEST) {
          cut();
        }
        line[length++] = b;
      }
    }
  }

  /** What stood after the last line's end. */
  void end() {
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
    lines.accept(new String(line, 0, end, charset));
  }
}
