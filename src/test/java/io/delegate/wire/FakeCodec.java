package io.delegate.wire;

import io.delegate.Codec;
import java.io.IOException;
import java.util.List;

/** Knows the empty list only, as three bytes. */
final class FakeCodec implements Codec {
  static final FakeCodec INSTANCE = new FakeCodec();

  private FakeCodec() {}

  @Override
  public byte[] encode(Object value) throws IOException {
    if (!List.of().equals(value)) {
      throw new IOException("not the empty list but " + value.getClass().getName());
    }
    return new byte[] {(byte) 0xc0, (byte) 0xde, (byte) 0xc0};
  }

  @Override
  public Object decode(byte[] bytes, int offset, int length, ClassLoader loader)
      throws IOException {
    if (length != 3
        || bytes[offset] != (byte) 0xc0
        || bytes[offset + 1] != (byte) 0xde
        || bytes[offset + 2] != (byte) 0xc0) {
      throw new IOException("damaged");
    }
    return List.of();
  }
}
