package io.delegate.codec;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The two formats of a codec that has a library: the library's own, and Java serialization for what
 * that is not left alone with. The first byte says which of the two it is.
 */
final class Formats {
  static final byte JDK = 0;

  private Formats() {}

  /** By the library, whose sessions throw for whatever stops it; null when something has. */
  static byte @Nullable [] fast(Sessions sessions, Object value) throws IOException {
    try {
      return sessions.encode(value);
    } catch (StackOverflowError | OutOfMemoryError exhausted) {
      throw Fence.encoding(value, exhausted);
    } catch (Throwable unfit) {
      return null; // Java serialization has the last word
    }
  }

  static byte[] slow(Object value) throws IOException {
    byte[] bytes = JdkCodec.encode(value, 1, false);
    bytes[0] = JDK;
    return bytes;
  }

  /** Whether it is in the library's format; else it is in the JDK's. */
  static boolean isFast(byte fast, byte[] bytes, int offset, int length) throws IOException {
    if (length < 1) {
      throw new IOException("nothing to decode");
    }
    byte format = bytes[offset];
    if (format != JDK && format != fast) {
      throw new IOException("unknown format " + format + ", " + length + " bytes");
    }
    return format == fast;
  }

  static @Nullable Object fast(
      Sessions sessions, byte[] bytes, int offset, int length, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    // a library may take the array over, and counts from its start
    byte[] own =
        offset == 0 && length == bytes.length
            ? bytes
            : Arrays.copyOfRange(bytes, offset, offset + length);
    try {
      return sessions.decode(own, loader);
    } catch (Throwable thrown) {
      throw Fence.decoding(length, thrown);
    }
  }

  static @Nullable Object slow(byte[] bytes, int offset, int length, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    return new JdkCodec().decode(bytes, offset + 1, length - 1, loader);
  }

  /** What a library needs and is not here: {@code needed} has a class of each jar. */
  static String absent(String library, Map<String, String> needed) {
    ClassLoader loader = Formats.class.getClassLoader();
    for (Map.Entry<String, String> each : needed.entrySet()) {
      if (isMissing(each.getKey(), loader)) {
        return library + " needs " + each.getValue() + ", which is not on the class path";
      }
    }
    return "";
  }

  /** Tells that it is absent, rather than what follows from that. */
  static void require(String library, Map<String, String> needed) throws IOException {
    String absent = absent(library, needed);
    if (!absent.isEmpty()) {
      throw new IOException(absent);
    }
  }

  static boolean isMissing(String className, ClassLoader loader) {
    try {
      Class.forName(className, false, loader);
      return false;
    } catch (ClassNotFoundException | LinkageError absent) {
      return true;
    }
  }
}
