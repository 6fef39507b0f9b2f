package io.delegate.test;

import io.delegate.engine.Living;
import io.delegate.process.Remains;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What there is of Delegate's children now, each in words. */
final class Leftovers {
  private Leftovers() {}

  /**
   * Children, as Delegate knows them, and processes and directories, as the system does.
   *
   * @param allowed the children that may be there, with what they started and their directory
   */
  static List<String> find(Predicate<Living> allowed) {
    List<Long> processes = Remains.processes();
    List<Path> directories = Remains.directories();
    // last: so what the system showed and is known is not taken for unknown
    List<Living> living = Living.all();
    Set<Long> may = new HashSet<>();
    Set<String> mayDirectories = new HashSet<>();
    Map<Long, Living> known = new HashMap<>();
    List<String> left = new ArrayList<>();
    for (Living child : living) {
      known.put(child.pid(), child);
      if (allowed.test(child)) {
        may.add(child.pid());
        may.addAll(Remains.processes(child.cookie()));
        mayDirectories.add(child.cookie().substring(0, child.cookie().indexOf('/')));
      } else {
        left.add(describe(child));
      }
    }
    for (String maker : Remains.archiveMakers()) { // of a scheduler that may be there
      if (mayDirectories.contains(maker.substring(0, maker.indexOf('/')))) {
        may.addAll(Remains.processes(maker));
      }
    }
    for (long pid : processes) {
      if (!may.contains(pid) && !known.containsKey(pid)) {
        left.add("process " + pid + ", which a child left behind: " + command(pid));
      }
    }
    for (Path directory : directories) {
      if (!mayDirectories.contains(directory.getFileName().toString())) {
        left.add("directory " + directory);
      }
    }
    return left;
  }

  /** Children alone, as Delegate knows them. */
  static List<String> children(Predicate<Living> asked) {
    return Living.all().stream().filter(asked).map(Leftovers::describe).toList();
  }

  private static String describe(Living child) {
    return "child %d of ProcessScheduler \"%s\": %s"
        .formatted(child.pid(), child.scheduler(), String.join(" ", child.command()));
  }

  private static String command(long pid) {
    return ProcessHandle.of(pid).flatMap(p -> p.info().commandLine()).orElse("(it has just ended)");
  }
}
