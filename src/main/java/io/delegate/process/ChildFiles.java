package io.delegate.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * What one child has in the private directory.
 *
 * @param exitLog where its JVM writes that it exits
 * @param crashReport where its JVM writes how it crashed
 * @param scratch the directory it runs in and has its temporary files in, or null for none
 */
record ChildFiles(Path exitLog, Path crashReport, @Nullable Path scratch) {
  /** The JDK copies by way of as much memory outside the heap. */
  private static final int CHUNK = 64 * 1024;

  static ChildFiles of(PrivateDirectory directory, long number, boolean scratch) {
    return new ChildFiles(
        directory.file("exit-" + number + ".log"),
        directory.file("hs_err-" + number + ".log"),
        scratch ? directory.file("scratch-" + number) : null);
  }

  /**
   * What a child wrote to a file, at most so many bytes; empty where nothing can be read. What is
   * in its place may be a trap, and change under our eyes: a FIFO holds up whoever opens it to
   * read. So it is opened to write as well, which waits for nobody, and read by position, which a
   * FIFO refuses.
   */
  static String head(Path file, int most) {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return "";
    }
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(most, channel.size()));
      do {
        bytes.limit(Math.min(bytes.capacity(), bytes.position() + CHUNK));
      } while (channel.read(bytes, bytes.position()) > 0);
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    } catch (IOException | OutOfMemoryError unreadable) { // it is long, and this JVM may be full
      return "";
    }
  }
}
