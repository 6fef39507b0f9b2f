package io.delegate.link;

import io.delegate.wire.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what {@link Packer} has written, or anything else, as far as it makes sense. */
final class Unpacker {
  /** Reads one part. */
  @FunctionalInterface
  interface Part<T> {
    T read(Unpacker in) throws ProtocolException;
  }

  private final ByteBuffer in;

  Unpacker(byte[] bytes) {
    this(ByteBuffer.wrap(bytes));
  }

  private Unpacker(ByteBuffer in) {
    this.in = in;
  }

  int left() {
    return in.remaining();
  }

  private ByteBuffer atLeast(int bytes) throws ProtocolException {
    if (in.remaining() < bytes) {
      throw new ProtocolException("a message is cut off");
    }
    return in;
  }

  byte readByte() throws ProtocolException {
    return atLeast(1).get();
  }

  boolean readBoolean() throws ProtocolException {
    byte value = readByte();
    if (value != 0 && value != 1) {
      throw new ProtocolException("neither yes nor no: " + value);
    }
    return value == 1;
  }

  int readInt() throws ProtocolException {
    return atLeast(Integer.BYTES).getInt();
  }

  /** A count of things, of which each has at least one byte. */
  int readCount() throws ProtocolException {
    int count = readInt();
    if (count < 0 || count > in.remaining()) {
      throw new ProtocolException(count + " parts in " + in.remaining() + " bytes");
    }
    return count;
  }

  long readLong() throws ProtocolException {
    return atLeast(Long.BYTES).getLong();
  }

  double readDouble() throws ProtocolException {
    return atLeast(Double.BYTES).getDouble();
  }

  byte[] readBytes() throws ProtocolException {
    byte[] bytes = new byte[readCount()];
    in.get(bytes);
    return bytes;
  }

  String readText() throws ProtocolException {
    return new String(readBytes(), StandardCharsets.UTF_8);
  }

  Digest readDigest() throws ProtocolException {
    byte[] bytes = new byte[Digest.LENGTH];
    atLeast(bytes.length).get(bytes);
    return new Digest(bytes);
  }

  Duration readDuration() throws ProtocolException {
    return Duration.ofNanos(readLong());
  }

  <E extends Enum<E>> E readOneOf(E[] values) throws ProtocolException {
    byte code = readByte();
    if (code < 0 || code >= values.length) {
      throw new ProtocolException(
          "no " + values.getClass().getComponentType().getSimpleName() + " has the code " + code);
    }
    return values[code];
  }

  <T> @Nullable T readIf(Part<T> part) throws ProtocolException {
    return readBoolean() ? part.read(this) : null;
  }

  <T> List<T> readAll(Part<T> part) throws ProtocolException {
    int count = readCount();
    List<T> all = new ArrayList<>(Math.min(count, 1024));
    for (int i = 0; i < count; i++) {
      all.add(part.read(this));
    }
    return List.copyOf(all);
  }

  /** The next so many bytes, as parts of their own; this goes on behind them. */
  Unpacker within(int length) throws ProtocolException {
    ByteBuffer part = atLeast(length).slice(in.position(), length);
    in.position(in.position() + length);
    return new Unpacker(part);
  }
}
