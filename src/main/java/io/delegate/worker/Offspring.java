package io.delegate.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Kills what this child started when no parent is left to do it: its descendants, and on Linux also
 * those that have left the family but still bear its mark in their environment.
 */
final class Offspring {
  /** The variable by which the parent marked this child and all that it starts. */
  private static final String MARK = "DELEGATE_CHILD";

  private Offspring() {}

  static void kill() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    String mark = System.getenv(MARK);
    Path proc = Path.of("/proc");
    if (mark == null || !Files.isDirectory(proc.resolve("self"))) {
      return;
    }
    String entry = '\0' + MARK + '=' + mark + '\0';
    long self = ProcessHandle.current().pid();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        long pid = Long.parseLong(process.getFileName().toString());
        if (pid != self && bears(process, entry)) {
          ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
      }
    } catch (IOException | RuntimeException e) {
      // nothing more can be done from here; the next start of a parent sweeps
    }
  }

  private static boolean bears(Path process, String entry) {
    try {
      byte[] environment = Files.readAllBytes(process.resolve("environ"));
      return ('\0' + new String(environment, StandardCharsets.ISO_8859_1) + '\0').contains(entry);
    } catch (IOException e) {
      return false; // gone, or another user's
    }
  }
}
