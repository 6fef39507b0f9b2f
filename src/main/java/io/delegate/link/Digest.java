package io.delegate.link;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The SHA-256 of a file, which is its name wherever it goes. */
public final class Digest {
  /** How many bytes it has. */
  static final int LENGTH = 32;

  private final byte[] bytes;

  /**
   * One that was told.
   *
   * @param bytes 32 of them
   */
  Digest(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  /**
   * The digest of what went through that.
   *
   * @param digest made by {@link #begin}
   * @return its end
   */
  public static Digest of(MessageDigest digest) {
    return new Digest(digest.digest());
  }

  /**
   * For a file that is read piece by piece.
   *
   * @return a new digest
   */
  public static MessageDigest begin() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Digest other && Arrays.equals(bytes, other.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** In hexadecimal digits: good for a file's name. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
