package io.delegate.link;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Writes the parts of messages one after the other; big-endian. */
final class Packer {
  private static final int FIRST = 256;

  /** A little less than the largest array. */
  private static final int LARGEST = Integer.MAX_VALUE - 64;

  private byte[] bytes = new byte[FIRST];
  private ByteBuffer out = ByteBuffer.wrap(bytes);

  private ByteBuffer room(int more) {
    if (out.remaining() < more) {
      long wanted = Math.max(2L * bytes.length, (long) out.position() + more);
      if ((long) out.position() + more > LARGEST) {
        throw new IllegalArgumentException("a message of more than " + LARGEST + " bytes");
      }
      int position = out.position();
      bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, LARGEST));
      out = ByteBuffer.wrap(bytes).position(position);
    }
    return out;
  }

  int size() {
    return out.position();
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, out.position());
  }

  Packer put(byte value) {
    room(1).put(value);
    return this;
  }

  Packer put(boolean value) {
    return put((byte) (value ? 1 : 0));
  }

  Packer put(int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  Packer put(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  Packer put(double value) {
    room(Double.BYTES).putDouble(value);
    return this;
  }

  Packer put(byte[] value) {
    return put(value, 0, value.length);
  }

  Packer put(byte[] value, int offset, int length) {
    room(Integer.BYTES + length).putInt(length).put(value, offset, length);
    return this;
  }

  Packer put(String value) {
    return put(value.getBytes(StandardCharsets.UTF_8));
  }

  Packer put(Digest value) {
    room(Digest.LENGTH).put(value.bytes());
    return this;
  }

  /** Nanoseconds; what is longer than 292 years is that. */
  Packer put(Duration value) {
    return put(nanos(value));
  }

  private static long nanos(Duration value) {
    try {
      return value.toNanos();
    } catch (ArithmeticException tooLong) {
      return value.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** Whether it is there, and if so, it. */
  <T> Packer putIf(@Nullable T value, BiConsumer<Packer, T> how) {
    put(value != null);
    if (value != null) {
      how.accept(this, value);
    }
    return this;
  }

  <T> Packer putAll(List<T> values, BiConsumer<Packer, T> how) {
    put(values.size());
    values.forEach(value -> how.accept(this, value));
    return this;
  }
}
