package io.delegate.worker;

import io.delegate.wire.Mark;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Below {@code System.out} or {@code System.err}: puts a mark in front of the first bytes that Java
 * code writes while an item runs, in the same write. {@link #begin} puts one there for what native
 * code will write.
 *
 * <p>On stderr the first write of an item has a mark behind it, too, so that native lines after it
 * are known as such and the next item need not begin with a mark. From the second write on it would
 * cost more than it saves.
 */
final class MarkedStream extends OutputStream {
  /** Up to so many bytes a pipe takes at once, so that nobody else's get in between. */
  private static final int AT_ONCE = 4096;

  /** Of bytes in the pipe nobody has read yet. Even the smallest pipe then takes a mark more. */
  private static final int BACKLOG = 2048;

  /** What the encoder of a {@code PrintStream} writes at most, from an array it uses again. */
  private static final int ENCODED = 8192;

  private static final byte[] NOTHING = {};

  private final Marks marks;
  private final byte[] prefix;
  private final OutputStream to;

  /** The same pipe, asked only how much is unread; null where that is not to be had. */
  private final @Nullable InputStream unread;

  /** It is stderr, which tells why a child died, and is worth more marks. */
  private final boolean isErr;

  private final ReentrantLock lock = new ReentrantLock();
  private final byte[] single = new byte[128];
  private int singles;

  private volatile @Nullable Begun marked;
  private volatile boolean java;
  private @Nullable Begun printed;
  private boolean labelled;
  private long markedAt;
  private volatile boolean deaf;

  MarkedStream(
      Marks marks, byte[] prefix, boolean isErr, OutputStream to, @Nullable InputStream unread) {
    this.isErr = isErr;
    this.marks = marks;
    this.prefix = prefix;
    this.to = to;
    this.unread = unread;
    this.deaf = unread == null;
    this.markedAt = System.nanoTime() - Marks.STALE; // the first item gets one
  }

  @Override
  public void write(int b) throws IOException {
    lock.lock();
    try {
      if (singles == single.length) {
        flushSingles();
      }
      single[singles++] = (byte) b;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    lock.lock();
    try {
      flushSingles();
      put(bytes, from, length);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void flush() throws IOException {
    if (singles == 0) { // else by this thread, or nobody asked it to flush
      return;
    }
    lock.lock();
    try {
      flushSingles();
    } finally {
      lock.unlock();
    }
  }

  private void flushSingles() throws IOException {
    int length = singles;
    singles = 0;
    if (length > 0) {
      put(single, 0, length);
    }
  }

  private void put(byte[] bytes, int from, int length) throws IOException {
    Begun now = marks.begun();
    if (marked == now && java) {
      to.write(bytes, from, length);
      return;
    }
    boolean first = printed != now;
    // the text of the item may print, through the encoder that handed us these bytes
    byte[] own = length <= ENCODED ? Arrays.copyOfRange(bytes, from, from + length) : bytes;
    int start = own == bytes ? from : 0;
    String label = now.label(marks.isRunner());
    byte[] before = new Mark(now.seq, true, label).encode(prefix);
    byte[] after = isErr && first ? new Mark(now.seq, false, label).encode(prefix) : NOTHING;
    if (before.length + length + after.length > AT_ONCE) {
      after = NOTHING;
    }
    int head = Math.min(length, AT_ONCE - before.length);
    byte[] all = Arrays.copyOf(before, before.length + head + after.length);
    System.arraycopy(own, start, all, before.length, head);
    System.arraycopy(after, 0, all, before.length + head, after.length);
    marked = now;
    printed = now;
    labelled = !label.isEmpty();
    java = after.length == 0;
    to.write(all);
    if (head < length) {
      to.write(own, start + head, length - head);
    }
  }

  /** Bytes written one by one and not flushed are those of the item that ends. */
  void end() {
    if (singles > 0 && lock.tryLock()) {
      try {
        if (hasRoom()) {
          flushSingles();
        }
      } catch (IOException e) {
        deaf = true;
      } finally {
        lock.unlock();
      }
    }
  }

  /** Whether what native code writes from now on would be taken for another item's. */
  boolean isDue(Begun begun, long now, long since) {
    if (deaf) {
      return false;
    }
    boolean slow = since >= (isErr ? Marks.SLOW : Marks.SLOW_OUT);
    return marked == begun
        ? !labelled && !java // its mark was written before its text was known
        : (java && isErr) || slow || now - markedAt >= Marks.STALE;
  }

  /**
   * Puts a mark at the start of an item. Never waits: whoever reads the pipe may be slow, and an
   * item that prints nothing has nothing to do with that.
   */
  void begin(Begun begun, long now) {
    String label = begun.plain();
    if ((marked == begun && label.isEmpty()) || !lock.tryLock()) {
      return;
    }
    try {
      if (hasRoom()) {
        to.write(new Mark(begun.seq, false, label).encode(prefix));
        marked = begun;
        labelled = !label.isEmpty();
        java = false;
        markedAt = now;
      }
    } catch (IOException e) {
      deaf = true; // closed by the user's code
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom() throws IOException {
    return unread != null && unread.available() <= BACKLOG;
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      flushSingles();
    } finally {
      deaf = true;
      lock.unlock();
      to.close();
    }
  }
}
