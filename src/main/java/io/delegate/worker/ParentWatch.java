package io.delegate.worker;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends this JVM when the parent is gone, however it went. {@code halt} needs no cooperation of the
 * work: a loop without end or an ignored interrupt cannot hold it up.
 *
 * <p>A child whose parent dies gets another, so a look now and then tells. With a launcher in
 * between it does not; then the end of stdin does, which the kernel closes with the parent. That is
 * second choice, since a JVM that exits waits 300 ms for a thread that is in the system's read.
 */
final class ParentWatch extends Thread {
  /** A tenth of what a child may outlive its parent; a look takes some 20 µs. */
  private static final long LOOK_MILLIS = 100;

  /** The same while it has nothing to do: what it leaves behind then is itself. */
  private static final long IDLE_MILLIS = 200;

  /** How soon a question of the parent's is seen while an item runs. */
  private static final long BUSY_MILLIS = 20;

  /** What {@link Offspring} opens at a time. */
  private static final int NEEDED = 3;

  /** So many descriptors are there at the end, even if a work has used up all the others. */
  private static final @Nullable RandomAccessFile[] RESERVE = new RandomAccessFile[NEEDED];

  private static volatile @Nullable Witness witness;

  private final FileChannel stdin;
  private final @Nullable RandomAccessFile stat;
  private final long parent;

  private ParentWatch(FileChannel stdin, @Nullable RandomAccessFile stat, long parent) {
    super("delegate-parent-watch");
    this.stdin = stdin;
    this.stat = stat;
    this.parent = parent;
    setDaemon(true);
    setPriority(MAX_PRIORITY);
  }

  /** Reads the token and watches from then on; false when the parent is gone already. */
  static boolean start(ByteBuffer token, @Nullable RandomAccessFile stat, long parent)
      throws IOException {
    FileChannel stdin = new FileInputStream(FileDescriptor.in).getChannel();
    while (token.hasRemaining()) {
      if (stdin.read(token) < 0) {
        return false;
      }
    }
    for (int i = 0; stat != null && i < NEEDED; i++) {
      RESERVE[i] = Self.open();
    }
    new ParentWatch(stdin, stat, parent).start();
    return true;
  }

  /** Who answers the parent's questions while an item runs. */
  static void witness(Witness told) {
    witness = told;
  }

  @Override
  public void run() {
    leaveInterruptsToParent();
    try {
      if (Self.look(stat).parent() == parent) {
        while (isParent()) {
          lookUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
        }
      } else {
        startWitness();
        ByteBuffer nothing = ByteBuffer.allocate(16);
        while (stdin.read(nothing.clear()) >= 0) {
          // the parent has nothing more to say here
        }
      }
    } catch (IOException e) {
      // as good as the end
    }
    end();
  }

  /** This thread waits for stdin then. */
  private static void startWitness() {
    Thread thread = new Thread(ParentWatch::lookOn, "delegate-witness");
    thread.setDaemon(true);
    thread.start();
  }

  private static void lookOn() {
    while (true) {
      lookUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
    }
  }

  private static void lookUntil(long end) {
    do {
      Witness w = witness;
      if (w == null) {
        pause(LOOK_MILLIS);
        return;
      }
      w.look();
      pause(w.isBusy() ? BUSY_MILLIS : IDLE_MILLIS);
    } while (System.nanoTime() - end < 0);
  }

  private static void pause(long millis) {
    try {
      sleep(millis);
    } catch (InterruptedException e) {
      // by a work that interrupts all threads it can find; the look is only earlier
    }
  }

  /** Not known where only the JDK can tell and a work has used up all descriptors: as before. */
  private boolean isParent() {
    long now = Self.look(stat).parent();
    return now == parent || now == Self.UNKNOWN;
  }

  /**
   * A terminal sends Ctrl-C to parent and children alike; what becomes of the children is for the
   * parent to say, which may want to let them end what they do. By reflection, since {@code
   * jdk.unsupported} need not be there.
   */
  private static void leaveInterruptsToParent() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object interrupt = signal.getConstructor(String.class).newInstance("INT");
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, interrupt, handler.getField("SIG_IGN").get(null));
    } catch (ReflectiveOperationException | RuntimeException e) {
      // then Ctrl-C ends the children first
    }
  }

  private static void release() {
    for (RandomAccessFile kept : RESERVE) {
      try {
        if (kept != null) {
          kept.close();
        }
      } catch (IOException e) {
        // its descriptor is free all the same
      }
    }
  }

  /** Kills what this child started, then itself, without shutdown hooks. */
  static void end() {
    try {
      release();
      Offspring.kill();
    } finally {
      Runtime.getRuntime().halt(0);
    }
  }
}
