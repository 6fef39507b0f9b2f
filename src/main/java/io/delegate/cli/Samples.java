package io.delegate.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Works to try the command line with: one that is useful, and some that misbehave. */
public final class Samples {
  private static final int BUFFER = 1 << 16;

  /** What {@link #eat} ate. */
  private static final List<byte[]> EATEN = new ArrayList<>();

  private Samples() {}

  /**
   * What {@link #stats} tells of a file; all but the hash as {@code wc} counts in the C locale.
   *
   * @param words runs of bytes that are no ASCII white space
   * @param lines newline characters
   * @param bytes its size
   * @param sha256 its SHA-256 in hexadecimal
   */
  public record Stats(long words, long lines, long bytes, String sha256) {}

  /**
   * Reads a file once, in constant memory.
   *
   * @param file the file
   * @return its numbers
   * @throws IOException when it cannot be read
   */
  public static Stats stats(Path file) throws IOException {
    MessageDigest digest = sha256();
    long words = 0;
    long lines = 0;
    long bytes = 0;
    boolean inWord = false;
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
        bytes += n;
        for (int i = 0; i < n; i++) {
          byte b = buffer[i];
          boolean space = b == ' ' || (b >= '\t' && b <= '\r');
          if (!space && !inWord) {
            words++;
          }
          inWord = !space;
          if (b == '\n') {
            lines++;
          }
        }
      }
    }
    return new Stats(words, lines, bytes, HexFormat.of().formatHex(digest.digest()));
  }

  /**
   * Throws: the outcome is a failure.
   *
   * @param item goes into the message
   */
  public static void fail(String item) {
    throw new IllegalStateException("no luck with " + item);
  }

  /**
   * Ends its JVM at once: the outcome is aborted.
   *
   * @param item is said on stderr first
   */
  public static void crash(String item) {
    System.err.println("about to crash on " + item);
    Runtime.getRuntime().halt(137);
  }

  /**
   * Never comes back, and hears no interrupt: with a time limit, the outcome is timed out.
   *
   * @param item is not looked at
   */
  public static void hang(String item) {
    while (true) {
      Thread.onSpinWait();
    }
  }

  /**
   * Fills the heap: the outcome is aborted, out of memory. Best tried with {@code --heap 64m}.
   *
   * @param item is not looked at
   */
  public static void eat(String item) {
    while (true) {
      EATEN.add(new byte[1 << 20]);
    }
  }

  /**
   * All of the above in one: what happens is up to the item.
   *
   * @param item {@code fail}, {@code crash}, {@code hang}, {@code eat}, or any other text
   * @return the length of any other text
   */
  public static int mixed(String item) {
    switch (item) {
      case "fail" -> fail(item);
      case "crash" -> crash(item);
      case "hang" -> hang(item);
      case "eat" -> eat(item);
      default -> {}
    }
    return item.length();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
