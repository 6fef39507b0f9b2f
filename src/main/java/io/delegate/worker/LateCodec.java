package io.delegate.worker;

import io.delegate.Codec;
import io.delegate.codec.Codecs;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The codec, loaded when the first value needs one: scalars never do. */
final class LateCodec implements Codec {
  private final String className;
  private final ClassLoader loader;
  private @Nullable Codec codec;

  LateCodec(String className, ClassLoader loader) {
    this.className = className;
    this.loader = loader;
  }

  /** Whether the next use loads it. */
  boolean isCold() {
    return codec == null;
  }

  private Codec codec() {
    if (codec == null) {
      codec = Codecs.byName(className, loader);
    }
    return codec;
  }

  @Override
  public byte[] encode(Object value) throws IOException {
    return codec().encode(value);
  }

  @Override
  public @Nullable Object decode(byte[] bytes, int offset, int length, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    return codec().decode(bytes, offset, length, loader);
  }
}
