package io.delegate.codec;

import io.delegate.Codec;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Kryo, wherever it does exactly what Java serialization would: the same values as {@link FstCodec}
 * go by it, and all others through Java serialization as a whole. It needs nothing of {@code
 * sun.misc.Unsafe}.
 *
 * <p>It needs {@code com.esotericsoftware:kryo} 5 on the class path of the program. Classes need
 * not be registered, but must be {@code Serializable}; what {@link JdkCodec} refuses is refused
 * here with the same message. Any number of threads may call; none waits for another. A class
 * loader that was decoded with is not kept alive.
 *
 * <p>Kryo looks for {@code Unsafe} when it is loaded. From JDK 24 on the JVM warns of that, unless
 * it was started with {@code --sun-misc-unsafe-memory-access=allow} or {@code -Dkryo.unsafe=false}.
 * Children have the first by themselves.
 */
public final class KryoCodec implements Codec {
  static final byte KRYO = 2;

  private static final Map<String, String> NEEDED =
      new TreeMap<>(
          Map.of(
              "com.esotericsoftware.kryo.Kryo", "com.esotericsoftware:kryo:5.6.2",
              "com.esotericsoftware.minlog.Log", "com.esotericsoftware:minlog",
              "com.esotericsoftware.reflectasm.FieldAccess", "com.esotericsoftware:reflectasm",
              "org.objenesis.Objenesis", "org.objenesis:objenesis"));

  /** Makes a codec; Kryo itself is loaded by the first call that needs it. */
  public KryoCodec() {}

  /**
   * Encodes one value.
   *
   * @throws IOException when it cannot be encoded; for a class that is not serializable the message
   *     names the class and, where it can be told, the path of fields that leads to it; when Kryo
   *     is not on the class path it names the artifact
   */
  @Override
  public byte[] encode(Object value) throws IOException {
    byte[] bytes = Formats.fast(KryoSessions.ALL, value);
    if (bytes != null) {
      return bytes;
    }
    Formats.require("Kryo", NEEDED);
    return Formats.slow(value);
  }

  /**
   * Decodes one value.
   *
   * @throws IOException when the bytes are damaged, or a class refuses what it reads, or Kryo is
   *     not on the class path
   * @throws ClassNotFoundException when {@code loader} does not find a class of the value
   */
  @Override
  public @Nullable Object decode(byte[] bytes, int offset, int length, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    if (!Formats.isFast(KRYO, bytes, offset, length)) {
      return Formats.slow(bytes, offset, length, loader);
    }
    try {
      return Formats.fast(KryoSessions.ALL, bytes, offset, length, loader);
    } catch (IOException | ClassNotFoundException thrown) {
      Formats.require("Kryo", NEEDED);
      throw thrown;
    }
  }

  /**
   * Whether Kryo can work in this JVM. Loads nothing of it.
   *
   * @return an empty string when it can, else what is missing and what would mend it
   */
  @Override
  public String unusable() {
    String absent = Formats.absent("Kryo", NEEDED);
    return absent.isEmpty()
        ? unusable(
            Runtime.version().feature(),
            System.getProperty(FstCodec.UNSAFE_ACCESS, ""),
            System.getProperty("kryo.unsafe", ""))
        : absent;
  }

  static String unusable(int feature, String unsafeAccess, String kryoUnsafe) {
    return kryoUnsafe.equals("false") || FstCodec.unusable(feature, unsafeAccess).isEmpty()
        ? ""
        : "Kryo looks for sun.misc.Unsafe, which this JVM warns of or denies; -Dkryo.unsafe=false"
            + " or --sun-misc-unsafe-memory-access=allow lets it work";
  }
}
