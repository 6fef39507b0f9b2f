package io.delegate.codec;

import io.delegate.Codec;
import org.jspecify.annotations.Nullable;

/**
 * Stands for the codec of another parent: children are told its name, and nothing is read here.
 *
 * @param className of which children make their codec
 */
record NamedCodec(String className) implements Codec {
  @Override
  public byte[] encode(Object value) {
    throw none();
  }

  @Override
  public @Nullable Object decode(byte[] bytes, int offset, int length, ClassLoader loader) {
    throw none();
  }

  private IllegalStateException none() {
    return new IllegalStateException("nothing is encoded by " + className + " here");
  }
}
