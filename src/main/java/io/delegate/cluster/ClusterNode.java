package io.delegate.cluster;

import io.delegate.ProcessScheduler;
import io.delegate.engine.NodeService;
import io.delegate.engine.Options;
import io.delegate.link.Mesh;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A node of a cluster: child processes of this machine, for the parents that are in the cluster.
 * Each that has something to do gets an equal share of them, at least one, and none of another's.
 *
 * <p>Nothing that parents send is loaded here: works, items and results pass as bytes between them
 * and the children. When a parent is gone, what runs for it is killed.
 */
public final class ClusterNode implements AutoCloseable {
  private final NodeService service;
  private final String name;

  private ClusterNode(NodeService service, String name) {
    this.service = service;
    this.name = name;
  }

  /**
   * Joins a cluster as a node.
   *
   * @param cluster which
   * @param machine what concerns this machine: name, children, heap, flags, sandbox, JDK, output.
   *     What concerns works, such as limits, is the parents' affair
   * @return the node, which takes items from now on
   * @throws IOException when the cluster cannot be joined, or there is no place for files
   */
  public static ClusterNode start(Cluster cluster, ProcessScheduler.Builder machine)
      throws IOException {
    Objects.requireNonNull(cluster, "cluster");
    Options options = options(machine);
    Path cache = Options.usualArchives();
    if (cache == null) {
      throw new IOException(
          "there is no place for the files of parents: make the user's cache directory writable, or"
              + " set XDG_CACHE_HOME");
    }
    Mesh mesh = cluster.join(options.name());
    try {
      NodeService service = new NodeService(mesh, options, cache.resolve("nodes"), Version.own());
      return new ClusterNode(service, options.name());
    } catch (UncheckedIOException e) {
      mesh.close();
      throw e.getCause();
    } catch (IOException | RuntimeException e) {
      mesh.close();
      throw e;
    }
  }

  /** What was set, checked as for a scheduler of this machine. */
  private static Options options(ProcessScheduler.Builder machine) {
    AtomicReference<Options> found = new AtomicReference<>();
    ProcessScheduler never =
        NoEngine.build(
            machine,
            options -> {
              found.set(options);
              return new NoEngine(options.name());
            });
    never.dispose();
    return Objects.requireNonNull(found.get());
  }

  /**
   * What it is called.
   *
   * @return as parents are told
   */
  public String name() {
    return name;
  }

  /**
   * Takes no more items; those that have come may end, then it leaves the cluster. What is not done
   * when the grace is over is killed.
   *
   * @param grace how long
   * @return when subscribed, begins; completes when no child is left
   */
  public Mono<Void> drain(Duration grace) {
    return service.drain(grace);
  }

  /**
   * Waits for the end, as a program does that is nothing but a node: its own threads keep no JVM
   * alive.
   *
   * @return completes when no child is left and the cluster was left. Cancel changes nothing
   */
  public Mono<Void> onClose() {
    return service.onClose();
  }

  /**
   * Kills what runs, leaves the cluster, and waits until no child is left; on a thread that must
   * not block it does not wait. Parents are told {@link io.delegate.Death.Cause#NODE_LOST} of what
   * ran.
   */
  @Override
  public void close() {
    if (Schedulers.isInNonBlockingThread()) {
      drain(Duration.ZERO).subscribe();
    } else {
      drain(Duration.ZERO).block();
    }
  }
}
