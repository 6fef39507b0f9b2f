package io.delegate.codec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The form in which works travel: Java serialization, but for the most usual of them, lambdas and
 * records of plain values, a short one.
 *
 * <p>The JDK reads an object only after it has looked for a logger in each jar of the class path
 * (the static initializer of {@code ObjectInputFilter.Config}), which with 45 jars is a third of
 * what a child's start costs. So the child makes such a work as the JDK would: a lambda by {@code
 * $deserializeLambda$} of the class that has it, a record by its canonical constructor.
 */
public final class WorkCodec {
  /** Differs from the first byte of Java serialization. */
  private static final byte PLAIN = 1;

  private WorkCodec() {}

  /**
   * Encodes a work.
   *
   * @param work a serializable object
   * @return its form
   * @throws IOException as {@link JdkCodec#encode(Object)} does
   */
  public static byte[] encode(Object work) throws IOException {
    var bytes = new ByteArrayOutputStream(512);
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(PLAIN);
      if (new Plain(out).write(work)) {
        return bytes.toByteArray();
      }
    } catch (Throwable unusual) {
      // a name of 64 KiB, a class that is half there: the JDK says what is wrong
    }
    return new JdkCodec().encode(work);
  }

  /**
   * Decodes a work.
   *
   * @param bytes its form
   * @param loader of its classes
   * @return the work, or null if that was encoded
   * @throws IOException as {@link JdkCodec#decode} does
   * @throws ClassNotFoundException when {@code loader} does not find a class of the work
   */
  public static @Nullable Object decode(byte[] bytes, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    if (bytes.length == 0 || bytes[0] != PLAIN) {
      return new JdkCodec().decode(bytes, 0, bytes.length, loader);
    }
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes, 1, bytes.length - 1))) {
      return Plain.read(in, loader);
    } catch (Throwable thrown) {
      throw Fence.decoding(bytes.length, thrown);
    }
  }
}
