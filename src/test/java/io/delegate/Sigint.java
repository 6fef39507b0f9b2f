package io.delegate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A shell starts what runs in the background with SIGINT ignored, all its descendants inherit that,
 * and a JVM leaves it so. A program whose end by Ctrl-C is tested needs the signal back.
 */
public final class Sigint {
  private Sigint() {}

  /** Words to put before a command so that it hears SIGINT; none where it does anyway. */
  public static List<String> heard() {
    return isIgnored() ? List.of("env", "--default-signal=INT") : List.of();
  }

  private static boolean isIgnored() {
    Path status = Path.of("/proc/self/status");
    try {
      return Files.exists(status)
          && Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("SigIgn:"))
              .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
