package io.delegate.engine;

import io.delegate.Codec;

/** For values that need none. */
final class NoCodec implements Codec {
  static final NoCodec INSTANCE = new NoCodec();

  private NoCodec() {}

  @Override
  public byte[] encode(Object value) {
    throw new AssertionError("encodes a " + value.getClass());
  }

  @Override
  public Object decode(byte[] bytes, int offset, int length, ClassLoader loader) {
    throw new AssertionError("decodes " + length + " bytes");
  }
}
