package io.delegate.cli;

import io.delegate.Delegate;
import io.delegate.ProcessScheduler;
import io.delegate.cluster.Cluster;
import io.delegate.cluster.ClusterNode;
import io.delegate.cluster.JGroupsCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The subcommand {@code node}: children of this machine for a cluster, until it is told to stop.
 */
@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Runs works of other machines in child processes of this one: a node of a cluster. Nothing "
          + "that is sent here is loaded outside of the children.",
    },
    footer = {
      "",
      "Exit status: 1 when it cannot go on, 2 bad usage, 130 Ctrl-C, 143 SIGTERM.",
      "",
      "A node, and a run on it from another shell:",
      "  delegate node --children 6",
      "  delegate run --nodes 127.0.0.1:7800 --work io.delegate.cli.Samples::stats *.md",
    })
final class NodeCommand implements Callable<Integer> {
  private final PrintWriter err;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--children",
      paramLabel = "N",
      description = "How many child processes at most (default: ${DEFAULT-VALUE}).")
  private int children = Delegate.DEFAULT_CHILDREN;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What parents are told that this node is called (default: its address).")
  private @Nullable String name;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      description = "The heap of one child at most, such as 256m (default: a share of the memory).")
  private @Nullable String heap;

  @Option(
      names = "--java-home",
      paramLabel = "DIR",
      description = "The JDK that runs the children (default: the one that runs this).")
  private @Nullable Path javaHome;

  @Mixin private final ClusterOptions options = new ClusterOptions();

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      defaultValue = "30s",
      description = {
        "On Ctrl-C and SIGTERM: how long items that are here may still take (default: "
            + "${DEFAULT-VALUE}); a second one ends them."
      })
  private Duration grace = Duration.ofSeconds(30);

  NodeCommand(PrintWriter err) {
    this.err = err;
  }

  @Override
  public Integer call() {
    ClusterNode node;
    try {
      node = start();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    } catch (IOException | RuntimeException e) {
      err.println("delegate node: " + e.getMessage());
      return 1;
    }
    err.println("delegate node: \"" + node.name() + "\" takes items, in " + children + " children");
    CompletableFuture<Integer> stopped = new CompletableFuture<>();
    StopSignals.hear(
        status -> {
          try {
            err.println("delegate node: stopping");
            node.drain(grace).block();
          } finally {
            stopped.complete(status);
          }
        });
    return stopped.join();
  }

  private ClusterNode start() throws IOException {
    Cluster cluster = options.cluster(JGroupsCluster.DEFAULT_PORT);
    Address at =
        options.bind == null
            ? new Address(Address.HERE, JGroupsCluster.DEFAULT_PORT)
            : options.bind;
    ProcessScheduler.Builder machine =
        ProcessScheduler.builder().children(children).name(name == null ? at.toString() : name);
    if (heap != null) {
      machine = machine.heap(heap);
    }
    if (javaHome != null) {
      machine = machine.javaHome(javaHome.toAbsolutePath());
    }
    return ClusterNode.start(cluster, machine);
  }
}
