package io.delegate.codec;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Turns whatever encoding or decoding throws into what {@link io.delegate.Codec} promises. */
final class Fence {
  private static final int CAUSES = 20; // deeper chains are told as damage

  private Fence() {}

  /** As it is, for code of a library's that may throw nothing checked. */
  @SuppressWarnings("unchecked")
  static <T extends Throwable> T unchecked(Throwable thrown) throws T {
    throw (T) thrown;
  }

  static IOException encoding(Object value, Throwable thrown) {
    String name = value.getClass().getName();
    if (thrown instanceof IOException known && isTold(known)) {
      return known;
    }
    if (thrown instanceof StackOverflowError) {
      return new IOException(name + " is nested too deeply to encode", thrown);
    }
    if (thrown instanceof OutOfMemoryError) {
      return new IOException("out of memory while encoding " + name, thrown);
    }
    return new IOException("cannot encode " + name + ": " + told(thrown), thrown);
  }

  static IOException decoding(int length, Throwable thrown) throws ClassNotFoundException {
    ClassNotFoundException missing = missing(thrown);
    if (missing != null) {
      throw missing;
    }
    if (thrown instanceof StackOverflowError) {
      return new IOException("nested too deeply to decode, " + length + " bytes", thrown);
    }
    if (thrown instanceof OutOfMemoryError) {
      return new IOException("out of memory while decoding " + length + " bytes", thrown);
    }
    return new IOException("cannot decode " + length + " bytes: " + told(thrown), thrown);
  }

  private static @Nullable ClassNotFoundException missing(Throwable thrown) {
    try {
      Throwable cause = thrown;
      for (int i = 0; cause != null && i < CAUSES; i++, cause = cause.getCause()) {
        if (cause instanceof ClassNotFoundException missing) {
          return missing;
        }
      }
    } catch (Throwable hostile) {
      // a user's exception may throw from its own methods
    }
    return null;
  }

  private static boolean isTold(IOException known) {
    try {
      return known.getMessage() != null;
    } catch (Throwable hostile) {
      return false;
    }
  }

  private static String told(Throwable thrown) {
    try {
      return thrown.toString();
    } catch (Throwable hostile) {
      return thrown.getClass().getName();
    }
  }
}
