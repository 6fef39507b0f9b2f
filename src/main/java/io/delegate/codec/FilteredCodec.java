package io.delegate.codec;

import io.delegate.Codec;
import java.io.IOException;
import java.io.InvalidClassException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parent's side where children are not trusted: items go out by {@link JdkCodec}, results come
 * in through a {@link FilteredInput}. A child makes an {@link UntrustedCodec}.
 */
final class FilteredCodec implements Codec {
  private final JdkCodec items = new JdkCodec();
  private final Allowed allowed;

  FilteredCodec(List<Class<?>> resultTypes) {
    allowed = new Allowed(resultTypes);
  }

  @Override
  public byte[] encode(Object value) throws IOException {
    return items.encode(value);
  }

  /** Decodes one result; the loader is not asked: an allowed class is known already. */
  @Override
  public @Nullable Object decode(byte[] bytes, int offset, int length, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    FilteredInput in = null;
    try {
      in = new FilteredInput(bytes, offset, length, allowed);
      return in.readObject();
    } catch (InvalidClassException refused) {
      String why = in == null ? null : in.why();
      throw why == null ? refused : new IOException(why + ", from an untrusted child", refused);
    } catch (Throwable thrown) {
      throw Fence.decoding(length, thrown);
    }
  }
}
