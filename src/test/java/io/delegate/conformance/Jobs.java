package io.delegate.conformance;

import io.delegate.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Works that are light to load in a child, and wait for events instead of time. */
public final class Jobs {
  private Jobs() {}

  public static Integer triple(Integer i) {
    return 3 * i;
  }

  /** Marks each item it begins by a file of its name; those from {@code first} wait for a gate. */
  public static Work<Integer, Integer> gated(Path directory, int first, int last) {
    String at = directory.toString();
    return i -> {
      mark(at, "begun-" + i);
      while (i >= first && i <= last && !Files.exists(Path.of(at, "open"))) {
        Thread.sleep(5);
      }
      return 3 * i;
    };
  }

  public static boolean begun(Path directory, int item) {
    return Files.exists(directory.resolve("begun-" + item));
  }

  public static void open(Path directory) {
    mark(directory.toString(), "open");
  }

  private static void mark(String directory, String name) {
    try {
      Files.createFile(Path.of(directory, name));
    } catch (IOException e) {
      throw new IllegalStateException("run twice? " + name, e);
    }
  }

  /** Captures what cannot be serialised. */
  public static <T> Work<T, T> unsendable() {
    Object lock = new Object();
    return i -> {
      return lock.equals(i) ? null : i;
    };
  }
}
