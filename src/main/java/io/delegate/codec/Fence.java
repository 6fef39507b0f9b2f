package io.delegate.codec;

import java.io.IOException;

/** Turns whatever encoding or decoding throws into what {@link io.delegate.Codec} promises. */
final class Fence {
  private static final int CAUSES = 20; // deeper chains are told as damage

  private Fence() {}

  static IOException encoding(Object value, Throwable thrown) {
    String name = value.getClass().getName();
    if (thrown instanceof IOException known && known.getMessage() != null) {
      return known;
    }
    if (thrown instanceof StackOverflowError) {
      return new IOException(name + " is nested too deeply to encode", thrown);
    }
    if (thrown instanceof OutOfMemoryError) {
      return new IOException("out of memory while encoding " + name, thrown);
    }
    return new IOException("cannot encode " + name + ": " + thrown, thrown);
  }

  static IOException decoding(int length, Throwable thrown) throws ClassNotFoundException {
    Throwable cause = thrown;
    for (int i = 0; cause != null && i < CAUSES; i++, cause = cause.getCause()) {
      if (cause instanceof ClassNotFoundException missing) {
        throw missing;
      }
    }
    if (thrown instanceof StackOverflowError) {
      return new IOException("nested too deeply to decode, " + length + " bytes", thrown);
    }
    if (thrown instanceof OutOfMemoryError) {
      return new IOException("out of memory while decoding " + length + " bytes", thrown);
    }
    return new IOException("cannot decode " + length + " bytes: " + thrown, thrown);
  }
}
