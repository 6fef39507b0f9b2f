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
    Thread watch =
        new Thread(
            () -> {
              try {
                while (stdin.read() >= 0) {
                  // the parent has nothing more to say here
                }
              } catch (IOException e) {
                // as good as the end
              }
              end();
            },
            "delegate-parent-watch");
    watch.setDaemon(true);
    watch.setPriority(Thread.MAX_PRIORITY);
    watch.start();
  }

  /** Kills what this child started, then itself, without shutdown hooks. */
  static void end() {
    try {
      ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    } finally {
      Runtime.getRuntime().halt(0);
    }
  }
}
