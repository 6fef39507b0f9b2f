package io.delegate.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file that says whose a private directory is: a magic line, pid, start time. Its owner holds a
 * lock on it for life, which also tells the living from the dead where pids mean nothing: in
 * containers that share a directory.
 *
 * <p>A process loses its lock on a file as soon as it closes any descriptor of it. So what belongs
 * to this JVM is never opened again. A class loader that has another Delegate knows by a system
 * property; not by the pid alone, which in a container is the same after each restart.
 */
final class Owner {
  private static final String FILE = "owner";
  private static final String MAGIC = "delegate private directory";

  /** Before the name of a directory: the system property that this JVM owns it. */
  private static final String OURS = "io.delegate.owns.";

  private Owner() {}

  /** Writes and locks the file; close the channel to let go. */
  static FileChannel claim(Path directory) throws IOException {
    Path draft = directory.resolve(FILE + ".new");
    FileChannel channel =
        FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    lockOrNull(channel);
    long pid = ProcessHandle.current().pid();
    String text = MAGIC + "\n" + pid + "\n" + startOf(pid) + "\n";
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    System.setProperty(OURS + directory.getFileName(), "true"); // before a sibling can see the file
    Files.move(draft, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    return channel;
  }

  /** Lets go of it. */
  static void release(Path directory, FileChannel claim) {
    try {
      claim.close();
    } catch (IOException e) {
      // the lock goes with the file
    }
    System.clearProperty(OURS + directory.getFileName());
  }

  /** True only if the file is there, is ours, and its owner is certainly gone. */
  static boolean isGone(Path directory) {
    Path file = directory.resolve(FILE);
    if (System.getProperty(OURS + directory.getFileName()) != null
        || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
      if (lines.size() < 3 || !lines.get(0).equals(MAGIC)) {
        return false;
      }
      long pid = Long.parseLong(lines.get(1));
      return !startOf(pid).equals(lines.get(2)) && canBeLocked(file);
    } catch (IOException | NumberFormatException unreadable) {
      return false;
    }
  }

  private static boolean canBeLocked(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      return lockOrNull(channel) != null;
    }
  }

  /** Null when another holds it, or the file system knows no locks: then nobody sweeps there. */
  private static @Nullable FileLock lockOrNull(FileChannel channel) {
    try {
      return channel.tryLock();
    } catch (IOException | OverlappingFileLockException e) {
      return null;
    }
  }

  private static String startOf(long pid) {
    return Proc.SYSTEM.available()
        ? Proc.SYSTEM.startOf(pid).orElse("gone")
        : ProcessHandle.of(pid)
            .flatMap(process -> process.info().startInstant())
            .map(start -> Long.toString(start.toEpochMilli()))
            .orElse("gone");
  }
}
