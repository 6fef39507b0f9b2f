package io.delegate.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/**
 * What files are told by. The JVM takes an archive for stale by length and time; tools that build
 * the same jar the same way give all jars one time, so here the directory of a jar counts as well,
 * which has a sum over each of its files.
 */
final class Fingerprint {
  /** Some time that the format of zip can hold. */
  private static final FileTime NO_DATE = FileTime.fromMillis(946_684_800_000L);

  /** The end of a zip file: 22 bytes, and a comment of at most that many more. */
  private static final int END = 22;

  private static final int LONGEST_COMMENT = 65_535;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int SIZE_AT = 12;

  private static final int MOST_KNOWN = 4_096;
  private static final Map<String, String> JARS = new ConcurrentHashMap<>();

  private Fingerprint() {}

  /** Where it is, how long, and when it was written. */
  static String of(Path file) throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
    return file + "|" + found.size() + "|" + found.lastModifiedTime().toMillis();
  }

  /** The same, and whether it is the very file that it was, on this machine. */
  static String now(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return of(file);
    }
    Map<String, Object> found =
        Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino,dev");
    return file + "|" + new TreeMap<>(found);
  }

  /** The same, and what is in it. */
  static String ofJar(Path jar) throws IOException {
    String looks = now(jar);
    String known = JARS.get(looks);
    if (known == null) {
      known = of(jar) + "|" + directorySum(jar);
      if (JARS.size() >= MOST_KNOWN) {
        JARS.clear();
      }
      JARS.put(looks, known);
    }
    return known;
  }

  /** Over the central directory of a zip file; over all of it where that cannot be found. */
  private static String directorySum(Path jar) throws IOException {
    try (FileChannel channel = FileChannel.open(jar)) {
      long size = channel.size();
      int tail = (int) Math.min(size, END + LONGEST_COMMENT);
      ByteBuffer end = read(channel, size - tail, tail).order(ByteOrder.LITTLE_ENDIAN);
      long directory = -1;
      for (int at = tail - END; at >= 0 && directory < 0; at--) {
        if (end.getInt(at) == END_SIGNATURE) {
          directory = Integer.toUnsignedLong(end.getInt(at + SIZE_AT)) + (tail - at);
        }
      }
      CRC32C sum = new CRC32C();
      long start = directory < 0 || directory > size ? 0 : size - directory;
      for (long at = start; at < size; at += LONGEST_COMMENT) {
        sum.update(read(channel, at, (int) Math.min(LONGEST_COMMENT, size - at)));
      }
      return Long.toHexString(sum.getValue());
    }
  }

  private static ByteBuffer read(FileChannel channel, long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) >= 0) {
      // more
    }
    return bytes.flip();
  }

  /** Makes a file that was generated look the same whenever it was. */
  static void dateless(Path file) throws IOException {
    Files.setLastModifiedTime(file, NO_DATE);
  }

  /** For what is in such a file. */
  static FileTime noDate() {
    return NO_DATE;
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
