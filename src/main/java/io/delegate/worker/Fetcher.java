package io.delegate.worker;

import io.delegate.wire.Found;
import io.delegate.wire.Frame;
import io.delegate.wire.ProtocolException;
import io.delegate.wire.Wanted;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Asks the parent for classes, one after the other, on a connection of its own that is made for the
 * first of them.
 *
 * <p>A thread, since whoever loads a class may be interrupted just then, which would close the
 * channel.
 */
class Fetcher extends Thread {
  private static @Nullable Fetcher own;

  private final Object turn = new Object();
  private final Object lock = new Object();
  private @Nullable Wanted question;
  private @Nullable Found answer;
  private long spent;

  Fetcher() {
    super("delegate-classes");
    setDaemon(true);
    setContextClassLoader(null);
  }

  /** The one of this JVM. */
  static synchronized Fetcher toParent() {
    Fetcher known = own;
    if (known == null) {
      known = new Fetcher();
      known.start();
      own = known;
    }
    return known;
  }

  /** Never: it would close the channel. */
  @Override
  public void interrupt() {}

  /** Waits for the answer, whoever interrupts. */
  Found ask(Wanted wanted) {
    boolean interrupted = false;
    try {
      synchronized (turn) {
        synchronized (lock) {
          if (spent >= Found.MOST_IN_ALL) {
            return Found.refused(
                ("this child has been given %,d MiB of classes and resources by the program, which"
                        + " is the most; put what is large into a jar or a file")
                    .formatted(Found.MOST_IN_ALL >> 20));
          }
          question = wanted;
          lock.notifyAll();
          Found found = answer;
          while (found == null) {
            try {
              lock.wait();
            } catch (InterruptedException e) {
              interrupted = true;
            }
            found = answer;
          }
          answer = null;
          spent += found.cost();
          return found;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void run() {
    try {
      serve();
    } catch (Throwable broken) {
      end();
    }
  }

  private void serve() throws IOException, InterruptedException {
    Wanted next = next();
    SocketChannel channel = connect();
    while (true) {
      ByteBuffer out = next.toFrame();
      while (out.hasRemaining()) {
        channel.write(out);
      }
      Found found = read(channel);
      synchronized (lock) {
        question = null;
        answer = found;
        lock.notifyAll();
      }
      next = next();
    }
  }

  private Wanted next() throws InterruptedException {
    synchronized (lock) {
      Wanted next = question;
      while (next == null) {
        lock.wait();
        next = question;
      }
      return next;
    }
  }

  private static Found read(SocketChannel channel) throws IOException {
    ByteBuffer head = fill(channel, ByteBuffer.allocate(Frame.HEADER));
    int length = head.getInt(Integer.BYTES);
    if (Frame.header(head, Found.MOST) != Frame.Type.FOUND) {
      throw new ProtocolException("the parent did not answer");
    }
    return Found.read(fill(channel, ByteBuffer.allocate(length)));
  }

  private static ByteBuffer fill(SocketChannel channel, ByteBuffer in) throws IOException {
    while (in.hasRemaining()) {
      if (channel.read(in) < 0) {
        throw new EOFException("the parent closed the channel");
      }
    }
    return in.flip();
  }

  SocketChannel connect() throws IOException {
    return Main.connectForClasses();
  }

  /** The parent is gone, or has had enough: no item must be blamed for a class it did not get. */
  void end() {
    ParentWatch.end();
  }
}
