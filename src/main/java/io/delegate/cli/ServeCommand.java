package io.delegate.cli;

import io.delegate.ProcessScheduler;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The subcommand {@code serve}: a work behind HTTP, until it is told to stop. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Runs a method over the items of HTTP requests, in child processes. A POST of lines "
          + "(Content-Type application/x-ndjson) is answered with one line of JSON per item, as "
          + "they come; text/plain is a single item.",
    },
    footer = {
      "",
      "Exit status: 1 when it cannot go on, 2 bad usage, 130 Ctrl-C, 143 SIGTERM.",
      "",
      "All four outcomes at once, from another shell:",
      "  delegate serve --work io.delegate.cli.Samples::mixed --timeout 1s",
      "  printf '%%s\\n' one fail crash hang | curl -sN -H 'Content-Type: application/x-ndjson' "
          + "--data-binary @- http://127.0.0.1:8080/",
    })
final class ServeCommand implements Callable<Integer> {
  /** The values of {@code --items}, as they are written. */
  enum Items {
    TEXT,
    JSON
  }

  private final PrintWriter err;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final WorkOptions options = new WorkOptions();

  @Option(
      names = "--listen",
      paramLabel = "[HOST:]PORT",
      converter = Address.Converter.class,
      defaultValue = "127.0.0.1:8080",
      description = {
        "Where to listen (default: ${DEFAULT-VALUE}; port 0: any). Who reaches it may run the work: "
            + "there is no password, and no TLS."
      })
  private Address listen = new Address(Address.HERE, 8080);

  @Option(
      names = "--allowed-host",
      paramLabel = "NAME",
      description = {
        "What else the server goes by, behind a proxy. On this machine alone it takes requests "
            + "for names of this machine only, and from no pages of other sites. May be repeated."
      })
  private List<String> allowedHosts = List.of();

  @Option(
      names = "--items",
      paramLabel = "FORM",
      description = {
        "What a line is: text (default), the item as it is; json, a JSON string that holds it."
      })
  private Items items = Items.TEXT;

  @Option(
      names = "--dashboard",
      negatable = true,
      description = {
        "Whether there is a page to watch it, under /delegate/ (default: when only this machine "
            + "reaches it)."
      })
  private @Nullable Boolean dashboard;

  @Option(
      names = "--evidence",
      negatable = true,
      description = {
        "Whether clients are told stack traces, thread dumps and stderr (default: when only this "
            + "machine reaches it)."
      })
  private @Nullable Boolean evidence;

  @Option(
      names = "--request-timeout",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "How long a request may take (default: no limit).")
  private @Nullable Duration requestTimeout;

  @Option(
      names = "--write-timeout",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      defaultValue = "10m",
      description = {
        "How long a client may take nothing of what is ready for it; then its request is cancelled "
            + "(default: ${DEFAULT-VALUE})."
      })
  private Duration writeTimeout = Duration.ofMinutes(10);

  @Option(
      names = "--heartbeat",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "After how long without an outcome an empty line is sent (default: never).")
  private @Nullable Duration heartbeat;

  @Option(
      names = "--max-item",
      paramLabel = "SIZE",
      converter = SizeConverter.OfOne.class,
      defaultValue = "1m",
      description = "How large one item may be (default: ${DEFAULT-VALUE}).")
  private long maxItem = 1 << 20;

  @Option(
      names = "--max-body",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "How large the body of a request may be (default: no limit).")
  private @Nullable Long maxBody;

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      description = "How many requests are served at once (default: ${DEFAULT-VALUE}).")
  private int maxRequests = 256;

  @Option(
      names = "--max-waiting",
      paramLabel = "N",
      description = {
        "How many more may wait; others are told to come again, with status 503 (default: "
            + "${DEFAULT-VALUE})."
      })
  private int maxWaiting = 1_000;

  @Option(
      names = "--queue-timeout",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      defaultValue = "1m",
      description = {
        "How long one may wait; then it is told the same (default: ${DEFAULT-VALUE}). A client that "
            + "hangs up while it waits may keep its place in the line as long."
      })
  private Duration queueTimeout = Duration.ofMinutes(1);

  @Option(
      names = "--ahead",
      paramLabel = "N",
      description = {
        "How many items of a request run at once at most, and how many results are held for a "
            + "client that does not read: less where they are large (default: ${DEFAULT-VALUE})."
      })
  private int ahead = 256;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      defaultValue = "5s",
      description = {
        "On Ctrl-C and SIGTERM: how long requests under way may still take (default: "
            + "${DEFAULT-VALUE}); a second one ends them."
      })
  private Duration grace = Duration.ofSeconds(5);

  ServeCommand(PrintWriter err) {
    this.err = err;
  }

  @Override
  public Integer call() {
    Reports reports = options.reports(null, err);
    Service service;
    ProcessScheduler children;
    try {
      check();
      service = new Service(limits(), options, reports);
      Setup setup = options.setup(false, reports.reporters());
      children = ProcessChildren.scheduler(setup);
      service.open(setup.work(), children, err);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    CompletableFuture<Integer> stopped = new CompletableFuture<>();
    StopSignals.hear(
        status -> {
          try {
            err.println("delegate serve: stopping");
            service.close(grace);
            children.close();
            reports.print(err);
          } finally {
            stopped.complete(status);
          }
        });
    return stopped.join();
  }

  private void check() {
    WorkOptions.check(maxRequests > 0, "--max-requests", maxRequests, "give at least 1");
    WorkOptions.check(maxWaiting >= 0, "--max-waiting", maxWaiting, "give at least 0");
    WorkOptions.check(ahead > 0, "--ahead", ahead, "give at least 1");
  }

  private ServeLimits limits() {
    boolean ours = listen.isLoopback();
    return new ServeLimits(
        listen,
        allowedHosts,
        items,
        dashboard == null ? ours : dashboard,
        evidence == null ? ours : evidence,
        requestTimeout,
        writeTimeout,
        heartbeat,
        (int) maxItem,
        maxBody,
        maxRequests,
        maxWaiting,
        queueTimeout,
        ahead);
  }
}
