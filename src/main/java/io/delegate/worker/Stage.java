package io.delegate.worker;

import io.delegate.wire.Frame;
import io.delegate.wire.Ledger;
import io.delegate.wire.ResultFrame;
import io.delegate.wire.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where finished results wait until they are sent together: in the ledger, so that the parent can
 * read them even if this JVM dies first.
 *
 * <p>They are sent when no more input is at hand, when there are {@value #TOGETHER} or staging is
 * full, and by the flusher when one has waited some {@value #PATIENCE_MICROS} µs behind an item
 * that runs on. Sending comes before emptying: a death in between shows the parent a result twice,
 * which it can tell, and never loses one.
 */
final class Stage {
  private static final long PATIENCE_MICROS = 1_000;

  /** How much of a buffer in the heap one call is given, which copies all it is given first. */
  private static final int CHUNK = 128 << 10;

  /** So many results are sent though more items are at hand: else the parent has nothing to do. */
  private static final int TOGETHER = 512;

  /** After that many looks at an empty stage the flusher goes to sleep until it is woken. */
  private static final int IDLE_LOOKS = 50;

  private final Ledger ledger;
  private final SocketChannel channel;
  private final ByteBuffer staging;
  private final Thread flusher;
  private volatile boolean flusherSleeps;
  private long firstStaged;
  private int count;

  private int writes;

  Stage(Ledger ledger, SocketChannel channel) {
    this.ledger = ledger;
    this.channel = channel;
    this.staging = ledger.staging();
    this.flusher = new Flusher();
    flusher.start();
  }

  /** A class, since the first lambda of a JVM costs it some milliseconds. */
  private final class Flusher extends Thread {
    Flusher() {
      super("delegate-flusher");
      setDaemon(true);
    }

    @Override
    public void run() {
      flushNowAndThen();
    }
  }

  /** Stages a result that is a scalar, or nothing at all. */
  synchronized void scalar(long seq, byte status, long nanos, @Nullable Object value, int size)
      throws IOException {
    if (room(ResultFrame.FIXED + size)) {
      ResultFrame.put(staging, seq, status, nanos, size);
      if (size > 0) {
        Values.putScalar(staging, value);
      }
      publish();
    } else if (value instanceof byte[] array) {
      ByteBuffer head = ByteBuffer.allocate(Frame.HEADER + ResultFrame.FIXED + 1);
      ResultFrame.put(head, seq, status, nanos, size);
      Values.putTagOfBytes(head);
      write(head.flip());
      write(ByteBuffer.wrap(array));
    } else {
      ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER + ResultFrame.FIXED + size);
      ResultFrame.put(frame, seq, status, nanos, size);
      if (size > 0) {
        Values.putScalar(frame, value);
      }
      write(frame.flip());
    }
  }

  /** Stages a result that is encoded already. */
  synchronized void bytes(long seq, byte status, long nanos, byte[] value) throws IOException {
    if (room(ResultFrame.FIXED + value.length)) {
      ResultFrame.put(staging, seq, status, nanos, value.length);
      staging.put(value);
      publish();
    } else {
      ByteBuffer head = ByteBuffer.allocate(Frame.HEADER + ResultFrame.FIXED);
      ResultFrame.put(head, seq, status, nanos, value.length);
      write(head.flip());
      write(ByteBuffer.wrap(value));
    }
  }

  /** Sends, after all that is finished, what the threads do. */
  synchronized void dump(long seq, byte[] text) throws IOException {
    flush();
    ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER + Long.BYTES + text.length);
    Frame.putHeader(frame, Frame.Type.DUMP, Long.BYTES + text.length);
    write(frame.putLong(seq).put(text).flip());
  }

  /** Whether a payload fits, after a flush if need be; else the stage is empty now. */
  private boolean room(int payload) throws IOException {
    int bytes = Frame.HEADER + payload;
    if (staging.remaining() < bytes) {
      flush();
    }
    return staging.remaining() >= bytes;
  }

  private void publish() throws IOException {
    if (firstStaged == 0) {
      firstStaged = System.nanoTime() | 1;
    }
    ledger.staged(staging.position());
    if (++count >= TOGETHER) {
      flush();
    }
  }

  /** Sends what is staged. */
  synchronized void flush() throws IOException {
    if (staging.position() > 0) {
      write(staging.duplicate().flip());
      ledger.staged(0);
      staging.clear();
      firstStaged = 0;
      count = 0;
    }
  }

  /** How often anything was sent, which may take its time; exact for who has staged just now. */
  int writes() {
    return writes;
  }

  private void write(ByteBuffer bytes) throws IOException {
    writes++;
    Thread.interrupted(); // left behind by the user's code, it would close the channel
    int end = bytes.limit();
    while (bytes.position() < end) {
      if (!bytes.isDirect()) {
        bytes.limit(Math.min(end, bytes.position() + CHUNK));
      }
      channel.write(bytes);
    }
  }

  /** Called before an item runs while results wait. */
  void wakeFlusher() {
    if (flusherSleeps && firstStaged != 0) {
      LockSupport.unpark(flusher);
    }
  }

  private void flushNowAndThen() {
    int idle = 0;
    try {
      while (true) {
        if (idle < IDLE_LOOKS) {
          LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(PATIENCE_MICROS));
        } else {
          flusherSleeps = true;
          if (!waiting()) { // the runner may have staged before it could see that we sleep
            LockSupport.park(this);
          }
          flusherSleeps = false;
          idle = 0;
        }
        Thread.interrupted(); // by a work that interrupts all threads; parking would not wait
        idle = flushIfWaited() ? 0 : idle + 1;
      }
    } catch (IOException e) {
      ParentWatch.end(); // the channel broke
    }
  }

  private synchronized boolean waiting() {
    return firstStaged != 0;
  }

  /** Whether anything is staged at all. */
  private synchronized boolean flushIfWaited() throws IOException {
    if (firstStaged == 0) {
      return false;
    }
    if (System.nanoTime() - firstStaged >= TimeUnit.MICROSECONDS.toNanos(PATIENCE_MICROS) / 2) {
      flush();
    }
    return true;
  }
}
