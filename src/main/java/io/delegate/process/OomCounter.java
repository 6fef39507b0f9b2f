package io.delegate.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the kernel counts the processes of a cgroup that it killed for memory: in {@code
 * memory.events} (version 2) or {@code memory.oom_control} (version 1), as {@code oom_kill}.
 */
final class OomCounter {
  private static final Pattern KILLS = Pattern.compile("(?m)^oom_kill (\\d+)$");
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  private OomCounter() {}

  /** The counter for a process, if it has one that can be read. */
  static Optional<Path> counterOf(Proc proc, long pid) {
    try {
      List<String> cgroups = lines(proc.file(pid + "/cgroup"));
      // where version 1 has the memory, version 2 may be mounted beside it without
      Optional<Path> first = counter(proc, cgroups, "memory", "memory.oom_control");
      return first.isPresent() ? first : counter(proc, cgroups, "", "memory.events");
    } catch (IOException | RuntimeException goneOrNoSuchSystem) {
      return Optional.empty();
    }
  }

  /** How many it has killed; -1 where that is not told, or no longer. */
  static long kills(Path counter) {
    try {
      Matcher matcher = KILLS.matcher(Files.readString(counter, StandardCharsets.ISO_8859_1));
      return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
    } catch (IOException | NumberFormatException gone) {
      return -1;
    }
  }

  /**
   * A group of the child's own has no counter of its own where no controller is switched on for it;
   * those above count what is killed in it as well.
   */
  private static Optional<Path> counter(
      Proc proc, List<String> cgroups, String controller, String file) throws IOException {
    for (String line : cgroups) {
      String[] fields = line.split(":", 3); // number, controllers, path
      if (fields.length == 3 && List.of(fields[1].split(",")).contains(controller)) {
        return directory(proc, controller, fields[2])
            .flatMap(
                directory ->
                    Stream.iterate(directory, Objects::nonNull, Path::getParent)
                        .map(above -> above.resolve(file))
                        .filter(counter -> kills(counter) >= 0)
                        .findFirst());
      }
    }
    return Optional.empty();
  }

  /** The path of a cgroup begins at its root; what is mounted here may begin further down. */
  private static Optional<Path> directory(Proc proc, String controller, String cgroup)
      throws IOException {
    for (String line : lines(proc.file("self/mountinfo"))) {
      String[] halves = line.split(" - ", 2);
      String[] mount = halves[0].split(" ", -1); // …, root, mount point, …
      String[] type = halves.length < 2 ? new String[0] : halves[1].split(" ", -1);
      if (mount.length > 4 && type.length > 2 && isFor(controller, type)) {
        String root = unescape(mount[3]);
        Path point = Path.of(unescape(mount[4]));
        String below =
            root.equals("/")
                ? cgroup
                : (cgroup + "/").startsWith(root + "/") ? cgroup.substring(root.length()) : "/";
        return Optional.of(point.resolve(below.replaceFirst("^/+", "")));
      }
    }
    return Optional.empty();
  }

  private static boolean isFor(String controller, String[] type) {
    return controller.isEmpty()
        ? type[0].equals("cgroup2")
        : type[0].equals("cgroup") && List.of(type[2].split(",")).contains(controller);
  }

  private static String unescape(String path) {
    return OCTAL
        .matcher(path)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(match.group(1), 8))));
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file, StandardCharsets.UTF_8);
  }
}
