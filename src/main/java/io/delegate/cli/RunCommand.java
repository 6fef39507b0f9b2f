package io.delegate.cli;

import io.delegate.Delegate;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;

/** The subcommand {@code run}: checks every option before it starts anything. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Runs a method over items in child processes. Prints one line of JSON per outcome, "
          + "and at the end a summary on stderr.",
    },
    footer = {
      "",
      "Exit status: 0 all succeeded, 1 some did not, 2 bad usage, 130 Ctrl-C, 141 the reader of "
          + "stdout is gone.",
      "",
      "All four outcomes at once:",
      "  delegate run --work io.delegate.cli.Samples::mixed --timeout 1s one two fail crash hang",
    })
final class RunCommand implements Callable<Integer> {
  private static final Pattern HEAP = Pattern.compile("\\d+[kmgKMG]?");

  private final InputStream in;
  private final OutputStream out;
  private final PrintWriter err;
  private final Function<Setup, Children> opener;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--work",
      required = true,
      paramLabel = "CLASS::METHOD",
      description = {
        "A public static method of a public class, with one parameter: a String or a Path.",
        "Where there is one of each, that of String is taken."
      })
  private String work = "";

  @Option(
      names = "--classpath",
      paramLabel = "PATH",
      description =
          "Where else to look for classes: directories, jars, and DIR/* for all its jars.")
  private @Nullable String classPath;

  @Option(
      names = "--children",
      paramLabel = "N",
      description = "How many child processes at most (default: ${DEFAULT-VALUE}).")
  private int children = Delegate.DEFAULT_CHILDREN;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "How long one item may run: 5s, 500ms, 2m, 1h, PT5S (default: no limit).")
  private @Nullable Duration timeout;

  @Option(names = "--ordered", description = "Print the outcomes in the order of the items.")
  private boolean ordered;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      description = "The heap of one child at most, such as 256m (default: a share of the memory).")
  private @Nullable String heap;

  @Option(
      names = "--window",
      paramLabel = "N",
      description =
          "How many items a child may have in hand at most (default: it follows the work).")
  private @Nullable Integer window;

  @Option(
      names = "--java-home",
      paramLabel = "DIR",
      description = "The JDK that runs the children (default: the one that runs this).")
  private @Nullable Path javaHome;

  @Option(
      names = {"-0", "--null"},
      description = "Items on stdin end with a NUL, as find -print0 has it, not with their line.")
  private boolean nul;

  @Option(
      names = "--report",
      paramLabel = "KIND",
      defaultValue = "none",
      description = {
        "What goes on while it goes on, on stderr: terminal (a live view), log, json (each event a "
            + "line) or none (default)."
      })
  private Reports.Kind report = Reports.Kind.NONE;

  @Option(
      names = "--stats",
      description = "At the end, where the children's time went, and what could be better.")
  private boolean stats;

  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description = "Notes there what became of each item, by its content.")
  private @Nullable Path journal;

  @Option(
      names = "--resume",
      description = "Goes on with that journal: items that have succeeded are left out.")
  private boolean resume;

  @Option(
      names = "--retry-failed",
      description = "The same, but runs only items that were run and have not succeeded.")
  private boolean retryFailed;

  @Option(
      names = "--results",
      paramLabel = "DIR",
      description = "Writes each result into a file there; its line names the file.")
  private @Nullable Path results;

  @Option(
      names = "--dry-run",
      description = "Checks all options, counts the items that would run, and starts no child.")
  private boolean dryRun;

  @Parameters(
      arity = "0..*",
      paramLabel = "ITEM",
      description = {
        "The items; where there are none, each line of stdin (UTF-8) is one, read as needed, empty "
            + "lines left out. Write -- before items that start with a dash."
      })
  private List<String> items = List.of();

  RunCommand(InputStream in, OutputStream out, PrintWriter err, Function<Setup, Children> opener) {
    this.in = in;
    this.out = out;
    this.err = err;
    this.opener = opener;
  }

  @Override
  public Integer call() {
    Flux<String> source =
        !items.isEmpty() ? Flux.fromIterable(items) : nul ? Lines.betweenNuls(in) : Lines.of(in);
    Reports reports =
        new Reports(
            report, work, stats, timeout, items.isEmpty() ? null : (long) items.size(), err);
    Records records = null;
    Setup setup;
    Children opened;
    try {
      setup = setup(reports);
      if (dryRun) {
        return dryRun(source);
      }
      records = records();
      opened = opener.apply(setup);
    } catch (IllegalArgumentException e) {
      close(records);
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    Summary summary = new Summary(children, System::nanoTime);
    int status = new Run(opened, setup.demand(), out, err, summary, records).over(source);
    reports.print(err);
    return status;
  }

  private Journal.Mode mode() {
    return retryFailed
        ? Journal.Mode.RETRY_FAILED
        : resume ? Journal.Mode.RESUME : Journal.Mode.NEW;
  }

  private Records records() {
    Path file = journal;
    Path directory = results;
    return new Records(
        file == null ? null : Journal.open(file, work, mode()),
        directory == null ? null : new Results(directory));
  }

  private static void close(@Nullable Records records) {
    try {
      if (records != null) {
        records.close();
      }
    } catch (IOException e) {
      // nothing was noted
    }
  }

  private int dryRun(Flux<String> source) {
    Path file = journal;
    Path known = file != null && Files.exists(file) ? file : null; // it makes none
    try (Records records =
        new Records(known == null ? null : Journal.open(known, work, mode()), null)) {
      long count = Objects.requireNonNull(records.left(source).count().block());
      err.printf(
          Locale.ROOT,
          "delegate: %d item%s would run through %s in at most %d children; %d left out%n",
          count,
          count == 1 ? "" : "s",
          work,
          children,
          records.skipped());
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Setup setup(Reports reports) {
    check(
        journal != null || !(resume || retryFailed),
        resume ? "--resume" : "--retry-failed",
        "",
        "it needs a journal; add --journal FILE");
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
        method, entries, children, timeout, ordered, heap, window, javaHome, reports.reporters());
  }

  private static boolean isJava(Path home) {
    Path bin = home.resolve("bin");
    return Files.isExecutable(bin.resolve("java")) || Files.isExecutable(bin.resolve("java.exe"));
  }

  private static void check(boolean holds, String option, @Nullable Object value, String remedy) {
    if (!holds) {
      throw new IllegalArgumentException(
          "Invalid value for option '" + option + "': '" + value + "': " + remedy);
    }
  }
}
