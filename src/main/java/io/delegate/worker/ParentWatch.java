package io.delegate.worker;

import java.io.IOException;
import java.io.InputStream;

/**
 * Ends this JVM when the parent's end of stdin closes, which the kernel does even for a parent that
 * was killed. {@code halt} needs no cooperation of the work: a loop without end or an ignored
 * interrupt cannot hold it up.
 */
final class ParentWatch {
  private ParentWatch() {}

  static void start(InputStream stdin) {
    Thread watch = new Thread(() -> watch(stdin), "delegate-parent-watch");
    watch.setDaemon(true);
    watch.setPriority(Thread.MAX_PRIORITY);
    watch.start();
  }

  private static void watch(InputStream stdin) {
    leaveInterruptsToParent();
    try {
      while (stdin.read() >= 0) {
        // the parent has nothing more to say here
      }
    } catch (IOException e) {
      // as good as the end
    }
    end();
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
