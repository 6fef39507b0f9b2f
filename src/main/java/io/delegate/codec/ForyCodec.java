package io.delegate.codec;

import io.delegate.Codec;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Apache Fory, wherever it does exactly what Java serialization would: the same values as {@link
 * FstCodec} go by it, and all others through Java serialization as a whole. It compiles code for
 * each class it meets, so that it is the fastest, and by far the slowest for a first object.
 *
 * <p>It needs {@code org.apache.fory:fory-core} 1.6 or later on the class path of the program.
 * Classes need not be registered, but must be {@code Serializable}; what {@link JdkCodec} refuses
 * is refused here with the same message. Any number of threads may call; none waits for another.
 * Fory keeps what it knows of classes, and so keeps their loader: it is not for a server that loads
 * the same applications again and again.
 *
 * <p>Compiled code believes what it reads. So there is a checksum before it, and damaged bytes are
 * refused before Fory sees them.
 *
 * <p>From JDK 24 on it needs {@code --sun-misc-unsafe-memory-access=allow}. Children have that by
 * themselves.
 */
public final class ForyCodec implements Codec {
  static final byte FORY = 3;

  private static final Map<String, String> NEEDED =
      Map.of("org.apache.fory.Fory", "org.apache.fory:fory-core:1.6.0");

  /** Makes a codec; Fory itself is loaded by the first call that needs it. */
  public ForyCodec() {}

  /**
   * Encodes one value.
   *
   * @throws IOException when it cannot be encoded; for a class that is not serializable the message
   *     names the class and, where it can be told, the path of fields that leads to it; when Fory
   *     is not on the class path it names the artifact
   */
  @Override
  public byte[] encode(Object value) throws IOException {
    byte[] bytes = Formats.fast(ForySessions.ALL, value);
    if (bytes != null) {
      return bytes;
    }
    Formats.require("Fory", NEEDED);
    return Formats.slow(value);
  }

  /**
   * Decodes one value.
   *
   * @throws IOException when the bytes are damaged, or a class refuses what it reads, or Fory is
   *     not on the class path
   * @throws ClassNotFoundException when {@code loader} does not find a class of the value
   */
  @Override
  public @Nullable Object decode(byte[] bytes, int offset, int length, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    if (!Formats.isFast(FORY, bytes, offset, length)) {
      return Formats.slow(bytes, offset, length, loader);
    }
    try {
      return Formats.fast(ForySessions.ALL, bytes, offset, length, loader);
    } catch (IOException | ClassNotFoundException thrown) {
      Formats.require("Fory", NEEDED);
      throw thrown;
    }
  }

  /**
   * Whether Fory can work in this JVM. Loads nothing of it.
   *
   * @return an empty string when it can, else what is missing and what would mend it
   */
  @Override
  public String unusable() {
    String absent = Formats.absent("Fory", NEEDED);
    return absent.isEmpty()
        ? unusable(Runtime.version().feature(), System.getProperty(FstCodec.UNSAFE_ACCESS, ""))
        : absent;
  }

  static String unusable(int feature, String unsafeAccess) {
    return FstCodec.unusable(feature, unsafeAccess).isEmpty()
        ? ""
        : "Fory needs sun.misc.Unsafe, which this JVM warns of or denies;"
            + " --sun-misc-unsafe-memory-access=allow lets it work";
  }
}
