package io.delegate.cli;

import io.delegate.Delegate;
import io.delegate.Reporter;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options that say what runs, in which children, and who watches: of each command that runs.
 */
final class WorkOptions {
  private static final Pattern HEAP = Pattern.compile("\\d+[kmgKMG]?");

  @Option(
      names = "--work",
      required = true,
      paramLabel = "CLASS::METHOD",
      description = {
        "A public static method of a public class, with one parameter: a String or a Path.",
        "Where there is one of each, that of String is taken."
      })
  String work = "";

  @Option(
      names = "--classpath",
      paramLabel = "PATH",
      description =
          "Where else to look for classes: directories, jars, and DIR/* for all its jars.")
  @Nullable String classPath;

  @Option(
      names = "--children",
      paramLabel = "N",
      description = "How many child processes at most (default: ${DEFAULT-VALUE}).")
  int children = Delegate.DEFAULT_CHILDREN;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "How long one item may run: 5s, 500ms, 2m, 1h, PT5S (default: no limit).")
  @Nullable Duration timeout;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      description = "The heap of one child at most, such as 256m (default: a share of the memory).")
  @Nullable String heap;

  @Option(
      names = "--window",
      paramLabel = "N",
      description =
          "How many items a child may have in hand at most (default: it follows the work).")
  @Nullable Integer window;

  @Option(
      names = "--java-home",
      paramLabel = "DIR",
      description = "The JDK that runs the children (default: the one that runs this).")
  @Nullable Path javaHome;

  @Option(
      names = "--report",
      paramLabel = "KIND",
      defaultValue = "none",
      description = {
        "What goes on while it goes on, on stderr: terminal (a live view), log, json (each event a "
            + "line) or none (default)."
      })
  Reports.Kind report = Reports.Kind.NONE;

  @Option(
      names = "--stats",
      description = "At the end, where the children's time went, and what could be better.")
  boolean stats;

  /**
   * What is asked for, checked; an IllegalArgumentException names the option, the value and the
   * remedy.
   */
  Setup setup(boolean ordered, List<Reporter> reporters) {
    check(children > 0, "--children", children, "give at least 1");
    check(window == null || window > 0, "--window", window, "give at least 1, or leave it out");
    check(
        heap == null || HEAP.matcher(heap).matches(),
        "--heap",
        heap,
        "write it as 256m, 2g, 65536k");
    check(
        javaHome == null || isJava(javaHome),
        "--java-home",
        javaHome,
        "there is no bin/java in it; give the directory of a JDK or JRE");
    List<Path> entries = classPath == null ? List.of() : ClassPath.parse(classPath);
    MethodWork method = WorkFinder.find(work, entries);
    return new Setup(
        method, entries, children, timeout, ordered, heap, window, javaHome, reporters, null);
  }

  /** Who watches. The total is null where it is not known. */
  Reports reports(@Nullable Long total, PrintWriter err) {
    return new Reports(report, work, stats, timeout, total, err);
  }

  static void check(boolean holds, String option, @Nullable Object value, String remedy) {
    if (!holds) {
      throw new IllegalArgumentException(
          "Invalid value for option '" + option + "': '" + value + "': " + remedy);
    }
  }

  private static boolean isJava(Path home) {
    Path bin = home.resolve("bin");
    return Files.isExecutable(bin.resolve("java")) || Files.isExecutable(bin.resolve("java.exe"));
  }
}
