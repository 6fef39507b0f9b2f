package io.delegate.web;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** The whole body is one item. */
final class WholeCutter implements Cutter {
  private final int maxBytes;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  WholeCutter(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public List<Line> add(ByteBuf piece) {
    if (bytes.size() + (long) piece.readableBytes() > maxBytes) {
      throw Problem.of(ProblemKind.ITEM_TOO_LONG, "the body has more than " + maxBytes + " bytes")
          .with("limit", maxBytes);
    }
    try {
      piece.readBytes(bytes, piece.readableBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array does not
    }
    return List.of();
  }

  @Override
  public List<Line> end() {
    byte[] all = bytes.toByteArray();
    return List.of(new Line(0, Utf8.decode(all, all.length, 0)));
  }
}
