package io.delegate.codec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Optional;

/**
 * Exceptions themselves, beside the text that tells them: by Java serialization, since their
 * classes write themselves, and only where that works without much ado.
 */
public final class Thrown {
  /** Two exceptions of a thousand frames each; a larger one is told by its text alone. */
  private static final int MOST_BYTES = 64 << 10;

  private static final byte[] NONE = {};

  private Thrown() {}

  /**
   * The bytes of an exception with its causes and those it suppressed.
   *
   * @param thrown the exception, whose own methods may do whatever they like
   * @return its bytes; none when it cannot be serialized, or not in 64 KiB
   */
  public static byte[] encode(Throwable thrown) {
    Bounded bytes = new Bounded();
    try (JdkOutput out = new JdkOutput(bytes, false)) {
      out.writeObject(thrown);
      out.flush();
      return bytes.toByteArray();
    } catch (Throwable unfit) { // the text is enough
      return NONE;
    }
  }

  /**
   * The exception itself.
   *
   * @param bytes the array that holds it
   * @param offset where it starts
   * @param length how many bytes it has
   * @param loader where to look for classes
   * @return the exception; empty when there are no bytes, it cannot be rebuilt, or could not be
   *     printed
   */
  public static Optional<Throwable> decode(
      byte[] bytes, int offset, int length, ClassLoader loader) {
    if (length == 0) {
      return Optional.empty();
    }
    try (JdkInput in =
        new JdkInput(new ByteArrayInputStream(bytes, offset, length), length, loader)) {
      Throwable thrown = (Throwable) in.readObject();
      // who logs it shall not be thrown at
      thrown.printStackTrace(new PrintWriter(Writer.nullWriter()));
      return Optional.of(thrown);
    } catch (Throwable damaged) {
      return Optional.empty();
    }
  }

  /** Takes no more than it may. */
  private static final class Bounded extends ByteArrayOutputStream {
    Bounded() {
      super(4_096);
    }

    @Override
    public synchronized void write(int b) {
      room(1);
      super.write(b);
    }

    @Override
    public synchronized void write(byte[] b, int offset, int length) {
      room(length);
      super.write(b, offset, length);
    }

    private void room(int more) {
      if (count + more > MOST_BYTES) {
        throw new Refusal("more than " + MOST_BYTES + " bytes");
      }
    }
  }
}
