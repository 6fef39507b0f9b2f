package io.delegate.process;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A program that locks what was unpacked as one that sweeps does, and removes it when told so. */
final class LockHolder {
  private LockHolder() {}

  static Process start(Path directory) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-cp",
            Path.of(LockHolder.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString(),
            LockHolder.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    try (FileChannel channel =
        FileChannel.open(directory.resolve("used"), StandardOpenOption.WRITE)) {
      boolean locked = channel.tryLock() != null;
      System.out.println(locked ? "locked" : "in use");
      if (locked && System.in.read() >= 0) {
        Files.move(directory, directory.resolveSibling("draft-gone"));
      }
    }
  }
}
