package io.delegate.test;

import io.delegate.Child;
import io.delegate.ItemContext;
import io.delegate.Work;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What works of both do: at item 3 something, else three times the item. */
final class Deeds {
  static volatile Object sink;

  private Deeds() {}

  /** What happens at an item. */
  @FunctionalInterface
  interface Deed extends Serializable {
    Object act() throws Exception;
  }

  static Work<Object, Object> triple() {
    return x -> 3 * (Integer) x;
  }

  static Work<Object, Object> at(Object item, Deed deed) {
    return x -> x.equals(item) ? deed.act() : (Object) (3 * (Integer) x);
  }

  static Object exit(int code) {
    System.exit(code);
    return "not reached";
  }

  static Object halt(int code) {
    Runtime.getRuntime().halt(code);
    return "not reached";
  }

  static Object signal(String signal) throws Exception {
    String pid = Long.toString(ProcessHandle.current().pid());
    new ProcessBuilder("kill", "-" + signal, pid).start().waitFor();
    return hang();
  }

  static Object crash() throws Exception {
    Class<?> type = Class.forName("sun.misc.Unsafe");
    var field = type.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    type.getMethod("putLong", long.class, long.class).invoke(field.get(null), 1L, 1L);
    return "not reached";
  }

  static Object eat() {
    List<long[]> all = new ArrayList<>();
    while (true) {
      all.add(new long[1 << 18]);
      sink = all;
    }
  }

  static Object hang() {
    while (true) {
      try {
        Thread.sleep(100_000);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  static Object spin() {
    while (true) {
      sink = Thread.currentThread();
    }
  }

  static Object sleep(long millis, Object result) throws InterruptedException {
    Thread.sleep(millis);
    return result;
  }

  static Object fail(Throwable thrown) throws Exception {
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (Exception) thrown;
  }

  /** Crashes where the file is not there yet, and makes it. */
  static Object crashOnce(String file) throws IOException {
    if (Files.exists(Path.of(file))) {
      return "again";
    }
    Files.createFile(Path.of(file));
    return exit(9);
  }

  /** The child ends a little later, when it has nothing to do. */
  static Object endSoon(int code) {
    new Thread(
            () -> {
              try {
                Thread.sleep(200);
              } catch (InterruptedException e) {
                // at once, then
              }
              Runtime.getRuntime().halt(code);
            })
        .start();
    return "returned";
  }

  static Object context() {
    return ItemContext.get("tenant");
  }

  static Object self() {
    Child child = Child.current().orElseThrow();
    return child.scheduler() + ", attempt " + child.attempt() + ", " + (child.pid() > 0);
  }

  static Object jvm() {
    return ManagementFactory.getRuntimeMXBean().getName().isEmpty();
  }

  /** Can be written, and not be read. */
  static final class Unreadable implements Serializable {
    private static final long serialVersionUID = 1L;

    private Object readResolve() throws InvalidObjectException {
      throw new InvalidObjectException("not to be read");
    }
  }

  /** Its own methods throw. */
  static final class Spiteful extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message for you");
    }

    @Override
    public String toString() {
      throw new IllegalStateException("no text for you");
    }
  }
}
