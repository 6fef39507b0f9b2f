package io.delegate.process;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The most memory a child had resident. The kernel keeps that number for as long as the process
 * runs, and drops it before the end can be seen, so it is asked for again and again.
 *
 * <p>Behind a launcher that stays in between, what counts is the JVM below it: the first descendant
 * with the name of the command; the launcher itself only as long as there is none.
 */
final class PeakMemory implements AutoCloseable {
  /** More launchers than that, one inside the other, are not looked through. */
  private static final int DEEPEST = 4;

  private static final String NAME = "java";

  private final Proc proc;
  private final long pid;
  private long jvm;
  private @Nullable RandomAccessFile status;
  private final byte[] buffer = new byte[4096]; // all of it as a rule; the number is in the middle
  private long peak;

  PeakMemory(Proc proc, long pid, boolean isJava) {
    this.proc = proc;
    this.pid = pid;
    this.jvm = isJava ? pid : 0;
  }

  /** The process of the JVM; 0 as long as only a launcher is known. */
  long jvm() {
    return jvm;
  }

  long bytes() {
    return peak;
  }

  void look() {
    if (!proc.available()) {
      return;
    }
    if (jvm == 0) {
      jvm = find(pid, 0);
    }
    if (status == null) {
      status = open(jvm == 0 ? pid : jvm);
    }
    String text = status == null ? "" : read(status);
    peak = Math.max(peak, highWater(text));
    if (jvm == 0) {
      close(); // the JVM is yet to come
    }
  }

  private long find(long process, int depth) {
    try (RandomAccessFile file = open(process)) {
      if (file == null) {
        return 0;
      }
      if (read(file).startsWith("Name:\t" + NAME + "\n")) {
        return process;
      }
    } catch (IOException e) {
      return 0;
    }
    return depth == DEEPEST ? 0 : findBelow(process, depth + 1);
  }

  private long findBelow(long process, int depth) {
    try (RandomAccessFile children = openFile(process + "/task/" + process + "/children")) {
      for (String child : read(children).trim().split(" ", -1)) {
        long found = child.isEmpty() ? 0 : find(Long.parseLong(child), depth);
        if (found != 0) {
          return found;
        }
      }
    } catch (IOException | NumberFormatException notTold) {
      // gone, or a kernel that does not list them
    }
    return 0;
  }

  /** Kept open, it costs a third, and is never that of a later process with the same pid. */
  private @Nullable RandomAccessFile open(long process) {
    try {
      return openFile(process + "/status");
    } catch (IOException gone) {
      return null;
    }
  }

  private RandomAccessFile openFile(String name) throws FileNotFoundException {
    return new RandomAccessFile(proc.file(name).toFile(), "r");
  }

  private String read(RandomAccessFile file) {
    try {
      file.seek(0);
      int length = file.read(buffer);
      return new String(buffer, 0, Math.max(0, length), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  /** Bytes; 0 for a zombie, which has none. */
  static long highWater(String status) {
    int at = status.indexOf("\nVmHWM:");
    int end = at < 0 ? -1 : status.indexOf(" kB\n", at);
    try {
      return end < 0 ? 0 : Long.parseLong(status.substring(at + 7, end).strip()) << 10;
    } catch (NumberFormatException otherSystem) {
      return 0;
    }
  }

  @Override
  public void close() {
    if (status != null) {
      try {
        status.close();
      } catch (IOException e) {
        // it was only read
      }
      status = null;
    }
  }
}
