package io.delegate.codec;

import io.delegate.Codec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import org.jspecify.annotations.Nullable;

/**
 * Java serialization: slower than {@link FstCodec}, needs nothing but the JDK.
 *
 * <p>Beyond what the JDK itself serializes it takes a {@link java.nio.file.Path} of the default
 * file system. A record that refers to itself through its own components reads back with null
 * there, as Java serialization defines it. Objects and codec may be used by any number of threads;
 * no call waits for another.
 */
public final class JdkCodec implements Codec {
  /** Makes a codec; it holds no state. */
  public JdkCodec() {}

  /**
   * Encodes one value.
   *
   * @throws IOException when it cannot be encoded; for a class that is not serializable the message
   *     names the class and, where it can be told, the path of fields that leads to it
   */
  @Override
  public byte[] encode(Object value) throws IOException {
    return encode(value, 0, false);
  }

  /**
   * Encodes behind {@code ahead} bytes, which are left zero for the caller's own mark; {@code
   * forms} for a reader with a filter.
   */
  static byte[] encode(Object value, int ahead, boolean forms) throws IOException {
    var bytes = new ByteArrayOutputStream(256);
    for (int i = 0; i < ahead; i++) {
      bytes.write(0);
    }
    try (var out = new JdkOutput(bytes, forms)) {
      out.writeObject(value);
    } catch (NotSerializableException refused) {
      throw explained(value, refused);
    } catch (Throwable thrown) {
      throw Fence.encoding(value, thrown);
    }
    return bytes.toByteArray();
  }

  /**
   * Decodes one value.
   *
   * @throws IOException when the bytes are damaged, or a class refuses what it reads
   * @throws ClassNotFoundException when {@code loader} does not find a class of the value
   */
  @Override
  public @Nullable Object decode(byte[] bytes, int offset, int length, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    try (var in = new JdkInput(new ByteArrayInputStream(bytes, offset, length), length, loader)) {
      return in.readObject();
    } catch (Throwable thrown) {
      throw Fence.decoding(length, thrown);
    }
  }

  private static IOException explained(Object value, NotSerializableException refused) {
    String culprit = refused.getMessage();
    String path = FieldPath.to(value, culprit);
    var told =
        new IOException(culprit + " is not serializable" + (path.isEmpty() ? "" : ", at " + path));
    told.initCause(refused);
    return told;
  }
}
