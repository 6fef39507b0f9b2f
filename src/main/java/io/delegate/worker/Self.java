package io.delegate.worker;

import java.io.IOException;
import java.io.RandomAccessFile;
import org.jspecify.annotations.Nullable;

/**
 * This process and its parent, as the system numbers them. From {@code /proc} where there is one:
 * {@link ProcessHandle} brings a thread pool along, which costs each child some milliseconds of its
 * start.
 *
 * @param pid the number of this process
 * @param parent the number of its parent now, which changes when that ends; {@link #UNKNOWN} where
 *     it is in another namespace, or cannot be read now
 */
record Self(long pid, long parent) {
  /** The name in it is no longer than 15 bytes, and the numbers that matter follow at once. */
  private static final int ENOUGH = 128;

  static final long UNKNOWN = 0;

  private static final String STAT = "/proc/self/stat";

  /**
   * What can be read again and again, also when no descriptor is left; null where there is none.
   */
  static @Nullable RandomAccessFile open() {
    return open(STAT);
  }

  static @Nullable RandomAccessFile open(String stat) {
    try {
      return new RandomAccessFile(stat, "r");
    } catch (IOException e) {
      return null;
    }
  }

  static Self look(@Nullable RandomAccessFile stat) {
    if (stat != null) {
      try {
        byte[] text = new byte[ENOUGH];
        stat.seek(0); // the system writes it anew
        return read(text, stat.read(text, 0, ENOUGH));
      } catch (IOException | RuntimeException e) {
        // the JDK may know
      }
    }
    ProcessHandle self = ProcessHandle.current();
    return new Self(self.pid(), self.parent().map(ProcessHandle::pid).orElse(UNKNOWN));
  }

  /** Such as {@code 4711 (java) S 4242 …}; the name may hold anything. */
  private static Self read(byte[] text, int length) throws IOException {
    int close = length - 1;
    while (close >= 0 && text[close] != ')') {
      close--;
    }
    if (close < 0 || close + 4 >= length) {
      throw new IOException("no process in " + STAT);
    }
    return new Self(number(text, 0, length), number(text, close + 4, length));
  }

  private static long number(byte[] text, int from, int length) throws IOException {
    long number = 0;
    int at = from;
    while (at < length && text[at] >= '0' && text[at] <= '9') {
      number = 10 * number + text[at++] - '0';
    }
    if (at == from) {
      throw new IOException("no number in " + STAT);
    }
    return number;
  }
}
