package io.delegate.cli;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/**
 * An item by its content: the first half of its SHA-256, so that no two items of any input have the
 * same.
 */
record Key(long high, long low) {
  /** Characters of its text form. */
  static final int LENGTH = 32;

  static Key of(String item) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      ByteBuffer sum = ByteBuffer.wrap(sha.digest(item.getBytes(StandardCharsets.UTF_8)));
      return new Key(sum.getLong(), sum.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /**
   * Reads its text form.
   *
   * @throws NumberFormatException when it is something else
   */
  static Key parse(String text) {
    if (text.length() != LENGTH) {
      throw new NumberFormatException("a key of " + text.length() + " characters");
    }
    int half = LENGTH / 2;
    return new Key(
        Long.parseUnsignedLong(text, 0, half, 16), Long.parseUnsignedLong(text, half, LENGTH, 16));
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%016x%016x", high, low);
  }
}
