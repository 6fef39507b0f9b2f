package io.delegate.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What there is of children of this JVM, as the system sees it: whatever we believe ourselves. */
public final class Remains {
  private static final String OURS =
      PrivateDirectory.NAME_START + ProcessHandle.current().pid() + "-";

  private Remains() {}

  /**
   * The children, and what they started.
   *
   * @return pids; none where the system does not tell
   */
  public static List<Long> processes() {
    return Proc.SYSTEM.bearing(Cookie.startingWith(OURS));
  }

  /**
   * One child, and what it started.
   *
   * @param cookie its mark
   * @return pids; none where the system does not tell
   */
  public static List<Long> processes(String cookie) {
    return Proc.SYSTEM.bearing(Cookie.exactly(cookie));
  }

  /**
   * Those that make archives of classes now, and end by themselves.
   *
   * @return their marks, each of which begins with the name of its directory
   */
  public static Set<String> archiveMakers() {
    return ArchiveTraining.makers();
  }

  /**
   * The directories with sockets and ledgers.
   *
   * @return absolute paths
   */
  public static List<Path> directories() {
    Set<Path> bases = new LinkedHashSet<>();
    for (String property : List.of("java.io.tmpdir", "user.home")) {
      addBase(bases, System.getProperty(property, ""));
    }
    addBase(bases, "/tmp");
    List<Path> found = new ArrayList<>();
    for (Path base : bases) {
      try (Stream<Path> all = Files.list(base)) {
        all.filter(path -> isOurs(path.getFileName().toString())).forEach(found::add);
      } catch (IOException | RuntimeException e) {
        // not for us to read, so nothing of ours is in it
      }
    }
    return found;
  }

  private static void addBase(Set<Path> bases, String name) {
    try {
      bases.add(Path.of(name).toRealPath());
    } catch (IOException | RuntimeException e) {
      // no such place
    }
  }

  private static boolean isOurs(String name) {
    return name.startsWith(OURS) && PrivateDirectory.isName(name);
  }
}
