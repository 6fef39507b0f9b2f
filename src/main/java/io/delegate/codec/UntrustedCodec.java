package io.delegate.codec;

import io.delegate.Codec;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The untrusted child's side: what it writes, a {@link FilteredCodec} reads. */
final class UntrustedCodec implements Codec {
  private final JdkCodec items = new JdkCodec();

  /** Made by name. */
  public UntrustedCodec() {}

  @Override
  public byte[] encode(Object value) throws IOException {
    return JdkCodec.encode(value, 0, true);
  }

  @Override
  public @Nullable Object decode(byte[] bytes, int offset, int length, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    return items.decode(bytes, offset, length, loader);
  }
}
