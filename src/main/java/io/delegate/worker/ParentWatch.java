package io.delegate.worker;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Ends this JVM when the parent's end of stdin closes, which the kernel does even for a parent that
 * was killed. {@code halt} needs no cooperation of the work: a loop without end or an ignored
 * interrupt cannot hold it up.
 */
final class ParentWatch extends Thread {
  /** How often the parent is looked at while this JVM exits. */
  private static final long LOOK_MILLIS = 20;

  private final FileChannel stdin;

  private ParentWatch(FileChannel stdin) {
    super("delegate-parent-watch");
    this.stdin = stdin;
    setDaemon(true);
    setPriority(MAX_PRIORITY);
  }

  /** Reads the token and watches from then on; false when the parent is gone already. */
  static boolean start(ByteBuffer token) throws IOException {
    FileChannel stdin = new FileInputStream(FileDescriptor.in).getChannel();
    while (token.hasRemaining()) {
      if (stdin.read(token) < 0) {
        return false;
      }
    }
    ParentWatch watch = new ParentWatch(stdin);
    watch.start();
    Runtime.getRuntime().addShutdownHook(new Wake(watch));
    return true;
  }

  @Override
  public void run() {
    leaveInterruptsToParent();
    ByteBuffer nothing = ByteBuffer.allocate(16);
    try {
      while (stdin.read(nothing.clear()) >= 0) {
        // the parent has nothing more to say here
      }
    } catch (IOException e) {
      if (isInterrupted()) { // this JVM exits
        watchByLooking();
        return;
      }
    }
    end();
  }

  /** The user's shutdown hooks may take their time, and must not outlive the parent. */
  private static void watchByLooking() {
    ProcessHandle parent = ProcessHandle.current().parent().orElse(null);
    Thread.interrupted();
    try {
      while (parent == null || parent.isAlive()) {
        sleep(LOOK_MILLIS);
      }
      end();
    } catch (InterruptedException e) {
      // only a hook of the user's would do that
    }
  }

  /**
   * A JVM that exits waits up to 300 ms for threads that are in the system's read: this takes the
   * watch out of it.
   */
  private static final class Wake extends Thread {
    private final Thread watch;

    Wake(Thread watch) {
      super("delegate-wake");
      this.watch = watch;
    }

    @Override
    public void run() {
      watch.interrupt();
    }
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
