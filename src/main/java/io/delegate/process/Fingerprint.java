package io.delegate.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What files are told by: the JVM takes an archive for stale by the same signs. */
final class Fingerprint {
  /** Some time that the format of zip can hold. */
  private static final FileTime NO_DATE = FileTime.fromMillis(946_684_800_000L);

  private Fingerprint() {}

  /** Where it is, how long, and when it was written. */
  static String of(Path file) throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
    return file + "|" + found.size() + "|" + found.lastModifiedTime().toMillis();
  }

  /** Makes a file that was generated look the same whenever it was. */
  static void dateless(Path file) throws IOException {
    Files.setLastModifiedTime(file, NO_DATE);
  }

  /** 128 bits, in hexadecimal digits. */
  static String hash(String content) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
