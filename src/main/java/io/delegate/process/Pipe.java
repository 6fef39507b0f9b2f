package io.delegate.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our end of a child's output. A thread that reads a process' stream cannot be woken while anybody
 * holds the other end, so on Linux the same pipe is opened again, as a channel: its close wakes the
 * reader. Elsewhere the reader of an abandoned pipe stays until the last holder is gone.
 */
final class Pipe {
  private static final Logger LOG = LoggerFactory.getLogger(Pipe.class);

  private Pipe() {}

  /**
   * Opens it.
   *
   * @param isJava the process is a JVM, which leaves its descriptors alone; a launcher may put
   *     another pipe in their place at once, which is none of ours to read
   */
  static ReadableByteChannel of(
      Proc proc, long pid, int descriptor, InputStream stream, boolean isJava) {
    if (proc.available()) {
      try {
        Path end = proc.file(pid + "/fd/" + descriptor);
        Path pipe = Files.readSymbolicLink(end);
        if (pipe.toString().startsWith("pipe:") && (isJava || isOpenHere(proc, pipe))) {
          ReadableByteChannel channel = FileChannel.open(end, StandardOpenOption.READ);
          stream.close();
          return channel;
        }
      } catch (IOException e) {
        LOG.trace("the child has ended already", e);
      }
    }
    return Channels.newChannel(stream);
  }

  private static boolean isOpenHere(Proc proc, Path pipe) throws IOException {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(proc.file("self/fd"))) {
      for (Path descriptor : open) {
        try {
          if (Files.readSymbolicLink(descriptor).equals(pipe)) {
            return true;
          }
        } catch (IOException e) {
          // closed since
        }
      }
    }
    return false;
  }
}
