package io.delegate.codec;

import io.delegate.Codec;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fast serialization (FST), wherever it does exactly what Java serialization would: for the fields
 * of plain classes, records, enums, arrays, and the common value and collection types of the JDK. A
 * value that holds anything else goes through Java serialization as a whole; its first byte says
 * which of the two it was.
 *
 * <p>What {@link JdkCodec} refuses is refused here with the same message. Nothing of FST is loaded
 * before the first call. Any number of threads may call; none waits for another. A class loader
 * that was decoded with is not kept alive.
 */
public final class FstCodec implements Codec {
  static final byte FST = 1;

  // FST does not run without Jackson and Objenesis either: the verifier asks for their classes
  private static final Map<String, String> NEEDED =
      new TreeMap<>(
          Map.of(
              "org.nustaq.serialization.FSTConfiguration", "de.ruedigermoeller:fst:2.57",
              "com.fasterxml.jackson.core.JsonFactory", "com.fasterxml.jackson.core:jackson-core",
              "org.objenesis.Objenesis", "org.objenesis:objenesis"));

  static final String UNSAFE_ACCESS = "sun.misc.unsafe.memory.access";
  private static final int UNSAFE_DENIED_FROM = 24; // JEP 498: from there on it warns, on stderr

  /** Makes a codec; FST itself is loaded by the first call that needs it. */
  public FstCodec() {}

  /**
   * Encodes one value.
   *
   * @throws IOException when it cannot be encoded; for a class that is not serializable the message
   *     names the class and, where it can be told, the path of fields that leads to it
   */
  @Override
  public byte[] encode(Object value) throws IOException {
    byte[] bytes = Formats.fast(FstSessions.ALL, value);
    return bytes == null ? Formats.slow(value) : bytes;
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
    return Formats.isFast(FST, bytes, offset, length)
        ? Formats.fast(FstSessions.ALL, bytes, offset, length, loader)
        : Formats.slow(bytes, offset, length, loader);
  }

  /**
   * Whether FST can work in this JVM. Loads nothing of it.
   *
   * @return an empty string when it can, else what is missing and what would mend it
   */
  @Override
  public String unusable() {
    if (Formats.isMissing("sun.misc.Unsafe", FstCodec.class.getClassLoader())) {
      return "FST needs the module jdk.unsupported; --add-modules jdk.unsupported adds it";
    }
    String absent = Formats.absent("FST", NEEDED);
    return absent.isEmpty()
        ? unusable(Runtime.version().feature(), System.getProperty(UNSAFE_ACCESS, ""))
        : absent;
  }

  static String unusable(int feature, String unsafeAccess) {
    if (unsafeAccess.equals("deny")
        || feature >= UNSAFE_DENIED_FROM && !unsafeAccess.matches("allow|warn|debug")) {
      return "FST needs sun.misc.Unsafe, which this JVM warns of or denies;"
          + " --sun-misc-unsafe-memory-access=allow lets it work";
    }
    return "";
  }
}
