package io.delegate.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds processes by a mark in their environment, which all that they start inherits. Pids alone
 * would not do: they are few, and used again within minutes. One that has ended, or is about to and
 * has given its memory back, has no environment.
 */
final class Marked {
  static final String VARIABLE = "DELEGATE_FAULTS";

  private Marked() {}

  static boolean runs(long pid, String mark) {
    return mark.equals(markOf(pid));
  }

  /** Our own children, without theirs. */
  static List<ProcessHandle> children(String mark) {
    return ProcessHandle.current().children().filter(process -> runs(process.pid(), mark)).toList();
  }

  /** Wherever in the tree of processes. */
  static List<Long> all(String mark) {
    List<Long> found = new ArrayList<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path path : (Iterable<Path>) processes::iterator) {
        String name = path.getFileName().toString();
        if (Character.isDigit(name.charAt(0)) && runs(Long.parseLong(name), mark)) {
          found.add(Long.parseLong(name));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return found;
  }

  /** The mark of a process, empty where there is none. */
  static String markOf(long pid) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "environ"));
      String environment = '\0' + new String(bytes, StandardCharsets.ISO_8859_1);
      int at = environment.indexOf('\0' + VARIABLE + '=');
      if (at < 0) {
        return "";
      }
      int start = at + VARIABLE.length() + 2;
      int end = environment.indexOf('\0', start);
      return environment.substring(start, end < 0 ? environment.length() : end);
    } catch (IOException e) {
      return ""; // gone, or not ours
    }
  }
}
