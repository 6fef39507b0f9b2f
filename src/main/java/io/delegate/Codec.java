package io.delegate;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Turns items and results into bytes and back.
 *
 * <p>The same codec is made in the parent and in each child, there by its public constructor
 * without parameters; it must be on the class path of both. Strings, boxed primitives, {@code
 * byte[]}, arrays of primitives and {@code null} never reach a codec: they have forms of their own
 * on the wire. A codec is called by many threads at a time and must never keep a caller waiting for
 * another.
 */
public interface Codec {
  /**
   * Encodes one value.
   *
   * @param value what to encode, never null
   * @return its bytes, an array of its own
   * @throws IOException when it cannot be encoded; the message names the class and, where the codec
   *     can tell, the path of fields that leads to it
   */
  byte[] encode(Object value) throws IOException;

  /**
   * Decodes one value. Whatever the bytes, it returns or throws; it never hangs.
   *
   * @param bytes the array that holds it
   * @param offset where it starts
   * @param length how many bytes it has
   * @param loader where to look for classes
   * @return the value
   * @throws IOException when the bytes are damaged
   * @throws ClassNotFoundException when a class of the value is not to be found
   */
  @Nullable Object decode(byte[] bytes, int offset, int length, ClassLoader loader)
      throws IOException, ClassNotFoundException;

  /**
   * Whether this codec can work in this JVM, which decides the automatic choice.
   *
   * @return an empty string when it can, else what is missing and what would mend it
   */
  default String unusable() {
    return "";
  }
}
