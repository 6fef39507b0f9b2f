package io.delegate.worker;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

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

  private final FileChannel stdin;
  private final long parent;

  private ParentWatch(FileChannel stdin, long parent) {
    super("delegate-parent-watch");
    this.stdin = stdin;
    this.parent = parent;
    setDaemon(true);
    setPriority(MAX_PRIORITY);
  }

  /** Reads the token and watches from then on; false when the parent is gone already. */
  static boolean start(ByteBuffer token, long parent) throws IOException {
    FileChannel stdin = new FileInputStream(FileDescriptor.in).getChannel();
    while (token.hasRemaining()) {
      if (stdin.read(token) < 0) {
        return false;
      }
    }
    new ParentWatch(stdin, parent).start();
    return true;
  }

  @Override
  public void run() {
    leaveInterruptsToParent();
    try {
      if (isParent()) {
        while (isParent()) {
          pause();
        }
      } else {
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

  private static void pause() {
    try {
      sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      // by a work that interrupts all threads it can find; the look is only earlier
    }
  }

  private boolean isParent() {
    return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L) == parent;
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

  /** Kills what this child started, then itself, without shutdown hooks. */
  static void end() {
    try {
      Offspring.kill();
    } finally {
      Runtime.getRuntime().halt(0);
    }
  }
}
