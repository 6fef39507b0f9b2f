package io.delegate.process;

import io.delegate.wire.Marking;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our end of a child's output. A thread that reads a process' stream cannot be woken while anybody
 * holds the other end, so on Linux the same pipe is opened again, as a channel: its close wakes the
 * reader. Elsewhere the reader of an abandoned pipe stays until the last holder is gone.
 *
 * @param end to be read
 * @param marking whether the child may put marks into what it has in that place: it is our pipe for
 *     sure ({@link Marking#ALWAYS}), if it has this inode, or who knows what ({@link
 *     Marking#NEVER})
 */
record Pipe(ReadableByteChannel end, long marking) {
  private static final Logger LOG = LoggerFactory.getLogger(Pipe.class);
  private static final String LINK = "pipe:[";

  /**
   * Opens it.
   *
   * @param isJava the process is a JVM, which leaves its descriptors alone; a launcher may put
   *     another pipe in their place at once, which is none of ours to read
   */
  static Pipe of(Proc proc, long pid, int descriptor, InputStream stream, boolean isJava) {
    long inode = Marking.NEVER;
    if (proc.available()) {
      try {
        Path end = proc.file(pid + "/fd/" + descriptor);
        Path pipe = Files.readSymbolicLink(end);
        Path ours = isJava ? end : openHere(proc, pipe);
        if (pipe.toString().startsWith("pipe:") && ours != null) {
          inode = inode(pipe.toString());
          FileChannel channel = FileChannel.open(ours, StandardOpenOption.READ);
          stream.close();
          return new Pipe(channel, isJava ? Marking.ALWAYS : inode);
        }
      } catch (IOException e) {
        LOG.trace("the child has ended already", e);
      }
    }
    return new Pipe(Channels.newChannel(stream), isJava ? Marking.ALWAYS : inode);
  }

  private static long inode(String link) {
    try {
      return Long.parseLong(link.substring(LINK.length(), link.length() - 1));
    } catch (NumberFormatException | IndexOutOfBoundsException unknown) {
      return Marking.NEVER;
    }
  }

  /** Our own descriptor of a pipe: a launcher's may be another's by the time it is opened. */
  private static @Nullable Path openHere(Proc proc, Path pipe) throws IOException {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(proc.file("self/fd"))) {
      for (Path descriptor : open) {
        try {
          if (Files.readSymbolicLink(descriptor).equals(pipe)) {
            return descriptor;
          }
        } catch (IOException e) {
          // closed since
        }
      }
    }
    return null;
  }
}
