package io.delegate.process;

/** Threads that never keep the JVM up and hold on to nothing of whoever happened to start them. */
final class DaemonThread {
  private DaemonThread() {}

  /** How a thread is got: {@link DaemonThread#start}, but for tests. */
  interface Starter {
    /** Throws an OutOfMemoryError where the system gives none. */
    Thread start(String name, Runnable body);
  }

  static Thread start(String name, Runnable body) {
    Thread thread = new Thread(null, body, name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(DaemonThread.class.getClassLoader());
    thread.start();
    return thread;
  }
}
