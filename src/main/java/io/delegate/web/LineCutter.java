package io.delegate.web;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Lines that end with LF or CRLF, the last one also without; those without text are left out. */
final class LineCutter implements Cutter {
  private static final byte LF = '\n';

  private final int maxBytes;
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
  private long number = 1;

  LineCutter(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public List<Line> add(ByteBuf piece) {
    List<Line> lines = new ArrayList<>();
    while (piece.isReadable()) {
      int length = piece.bytesBefore(LF);
      keep(piece, length < 0 ? piece.readableBytes() : length);
      if (length >= 0) {
        piece.skipBytes(1);
        finish(lines);
      }
    }
    return lines;
  }

  @Override
  public List<Line> end() {
    List<Line> lines = new ArrayList<>();
    finish(lines);
    return lines;
  }

  private void keep(ByteBuf piece, int length) {
    // one more for the CR, which is not known to be one yet
    if (begun.size() + (long) length > maxBytes + 1L) {
      throw tooLong();
    }
    try {
      piece.readBytes(begun, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array does not
    }
  }

  private void finish(List<Line> lines) {
    byte[] bytes = begun.toByteArray();
    begun.reset();
    int length = bytes.length;
    if (length > 0 && bytes[length - 1] == '\r') {
      length--;
    }
    if (length > maxBytes) {
      throw tooLong();
    }
    String text = Utf8.decode(bytes, length, number);
    if (!text.isEmpty()) {
      lines.add(new Line(number, text));
    }
    number++;
  }

  private Problem tooLong() {
    return Problem.of(
            ProblemKind.ITEM_TOO_LONG, "line %d has more than %d bytes".formatted(number, maxBytes))
        .with("line", number)
        .with("limit", maxBytes);
  }
}
