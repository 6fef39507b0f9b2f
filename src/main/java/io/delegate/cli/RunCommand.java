package io.delegate.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import reactor.core.Exceptions;
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
  private final InputStream in;
  private final OutputStream out;
  private final PrintWriter err;
  private final Function<Setup, Children> opener;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final WorkOptions options = new WorkOptions();

  @Option(names = "--ordered", description = "Print the outcomes in the order of the items.")
  private boolean ordered;

  @Option(
      names = {"-0", "--null"},
      description = "Items on stdin end with a NUL, as find -print0 has it, not with their line.")
  private boolean nul;

  @Option(
      names = "--dashboard",
      paramLabel = "[HOST:]PORT",
      converter = Address.Converter.class,
      description = {
        "Serves a page there on which to watch the run, while it lasts (HOST is 127.0.0.1 unless "
            + "given; port 0: any)."
      })
  private @Nullable Address dashboard;

  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description = {
        "Notes there what became of each item, by its content, once its line is written. A run "
            + "that was killed in between runs some items again, and loses none."
      })
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

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

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
    Reports reports = options.reports(items.isEmpty() ? null : (long) items.size(), err);
    Records records = null;
    Setup setup;
    Children opened;
    try (Watch watch = Watch.at(dryRun ? null : dashboard, options, reports)) {
      try {
        setup = setup(reports);
        if (dryRun) {
          return dryRun(source);
        }
        records = records();
        watch.open(err);
        opened = opener.apply(setup);
      } catch (IllegalArgumentException e) {
        close(records);
        throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
      }
      Summary summary = new Summary(setup.childrenForPeople(), System::nanoTime);
      int status =
          new Run(opened, setup.demand(), out, err, summary, records, reports::closeView)
              .over(source);
      reports.print(err);
      return status;
    }
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
        file == null ? null : Journal.open(file, options.work, mode()),
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
    boolean look = file != null && (retryFailed || Files.exists(file)); // it makes none
    Path known = look ? file : null;
    try (Records records =
        new Records(known == null ? null : Journal.look(known, options.work, mode()), null)) {
      long count = Objects.requireNonNull(records.left(source).count().block());
      err.printf(
          Locale.ROOT,
          "delegate: %d item%s would run through %s in at most %d children; %d left out%n",
          count,
          count == 1 ? "" : "s",
          options.work,
          options.children,
          records.skipped());
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      if (Exceptions.unwrap(e) instanceof IOException unread) {
        err.println("delegate run: " + unread.getMessage());
        return 1;
      }
      throw e;
    }
  }

  private Setup setup(Reports reports) {
    WorkOptions.check(
        journal != null || !(resume || retryFailed),
        resume ? "--resume" : "--retry-failed",
        "",
        "it needs a journal; add --journal FILE");
    Setup setup = options.setup(ordered, reports.reporters());
    if (!cluster.isGiven()) {
      return setup;
    }
    WorkOptions.check(
        options.javaHome == null,
        "--java-home",
        options.javaHome,
        "that is the affair of each node; give it to delegate node");
    return setup.on(cluster.cluster(0));
  }
}
