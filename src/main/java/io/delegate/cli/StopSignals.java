package io.delegate.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * SIGINT and SIGTERM, heard before the JVM acts on them: its shutdown hooks run all at once, and
 * that of the children ends them. A signal that this process was started to ignore stays ignored.
 */
final class StopSignals {
  /** By their names, the exit status that a shell gives a program they ended. */
  private static final Map<String, Integer> STATUS = Map.of("INT", 130, "TERM", 143);

  private StopSignals() {}

  /**
   * Calls that once, on a thread of its own, with the exit status. A second signal ends the JVM at
   * once. Where the JVM lets nobody hear signals it acts on them itself, as ever.
   */
  static void hear(IntConsumer stop) {
    AtomicBoolean heard = new AtomicBoolean();
    STATUS.forEach(
        (name, status) -> {
          Runnable once =
              () -> {
                if (heard.compareAndSet(false, true)) {
                  stop.accept(status);
                } else {
                  System.exit(status);
                }
              };
          try {
            handle(name, once);
          } catch (ReflectiveOperationException | IllegalArgumentException | LinkageError e) {
            // there is none of that name, or it belongs to the JVM (-Xrs)
          }
        });
  }

  /** By reflection: the class is in every JDK, but no part of Java. */
  private static void handle(String name, Runnable heard) throws ReflectiveOperationException {
    Class<?> signals = Class.forName("sun.misc.Signal");
    Class<?> handlers = Class.forName("sun.misc.SignalHandler");
    Object signal = signals.getConstructor(String.class).newInstance(name);
    Object ours =
        Proxy.newProxyInstance(
            handlers.getClassLoader(),
            new Class<?>[] {handlers},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "handle" -> {
                    new Thread(heard, "delegate-stop").start();
                    yield null;
                  }
                  case "equals" -> self == arguments[0];
                  case "hashCode" -> System.identityHashCode(self);
                  default -> "stop on SIG" + name;
                });
    var handle = signals.getMethod("handle", signals, handlers);
    try {
      Object before = handle.invoke(null, signal, ours);
      Object ignored = handlers.getField("SIG_IGN").get(null);
      if (ignored.equals(before)) {
        handle.invoke(null, signal, ignored);
      }
    } catch (InvocationTargetException e) {
      throw new ReflectiveOperationException(e.getCause());
    }
  }
}
