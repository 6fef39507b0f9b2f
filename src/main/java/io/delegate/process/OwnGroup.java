package io.delegate.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the control groups (version 2) of this JVM are. */
final class OwnGroup {
  private static final String UNIFIED = "0::";
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  private OwnGroup() {}

  /** The directory of the group this JVM is in; null where there is none to be seen. */
  static @Nullable Path own(Proc proc) {
    try {
      String group = null;
      for (String line : lines(proc.file("self/cgroup"))) {
        group = line.startsWith(UNIFIED) ? line.substring(UNIFIED.length()) : group;
      }
      if (group == null || group.contains("/..")) { // moved out of its namespace
        return null;
      }
      for (String line : lines(proc.file("self/mountinfo"))) {
        Path path = inMount(line, group);
        if (path != null && Files.isDirectory(path)) {
          return path;
        }
      }
    } catch (IOException | RuntimeException e) {
      // no such system
    }
    return null;
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
  }

  /**
   * A line reads {@code 40 30 0:37 <root> <mount point> <options> … - <type> …}; the root is the
   * group that is seen at the mount point.
   */
  private static @Nullable Path inMount(String line, String group) {
    int dash = line.indexOf(" - ");
    if (dash < 0 || !line.startsWith("cgroup2 ", dash + 3)) {
      return null;
    }
    String[] fields = line.substring(0, dash).split(" ", -1);
    String root = fields[3].equals("/") ? "" : plain(fields[3]);
    if (!(group + "/").startsWith(root + "/")) {
      return null;
    }
    return Path.of(plain(fields[4]) + group.substring(root.length()));
  }

  /** Blanks and the like stand there as octal numbers. */
  private static String plain(String escaped) {
    return OCTAL
        .matcher(escaped)
        .replaceAll(m -> Character.toString((char) Integer.parseInt(m.group(1), 8)));
  }
}
