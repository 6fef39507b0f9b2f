package io.delegate.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** The head of the file a JVM writes when it crashes: signal, place, frame. */
final class CrashReport {
  private static final int ENOUGH = 16 * 1024;
  private static final int LINES = 20;

  private CrashReport() {}

  /** Empty when there was no crash. */
  static String head(Path file) {
    if (!Files.exists(file)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(ENOUGH), StandardCharsets.UTF_8);
      return text.lines()
          .takeWhile(line -> line.isEmpty() || line.startsWith("#"))
          .filter(line -> line.length() > 1)
          .limit(LINES)
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      return "";
    }
  }
}
