package io.delegate.cluster;

import io.delegate.Event;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import io.delegate.WorkScheduler;
import io.delegate.engine.Fleet;
import io.delegate.engine.Options;
import io.delegate.link.Mesh;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs works in the children of all nodes of a cluster, as a {@link ProcessScheduler} does in those
 * of this machine. Nodes may come and go while streams run.
 *
 * <p>An item runs at most once, unless {@link ProcessScheduler.Builder#retryAborted} says
 * otherwise: what was sent to a node that is lost is {@link Outcome.Aborted}, with {@link
 * io.delegate.Death.Cause#NODE_LOST}. It may have run, wholly or in part; where the node was only
 * cut off, it may be running still, until that node has seen it, too.
 */
public final class ClusterScheduler implements WorkScheduler {
  private final ProcessScheduler scheduler;

  private ClusterScheduler(ProcessScheduler scheduler) {
    this.scheduler = scheduler;
  }

  /**
   * Joins a cluster as a parent, with default options. Blocks until it has joined.
   *
   * @param cluster which
   * @return the scheduler; there may be no node yet
   * @throws IOException when the cluster cannot be joined
   */
  public static ClusterScheduler create(Cluster cluster) throws IOException {
    return create(cluster, ProcessScheduler.builder());
  }

  /**
   * Joins a cluster as a parent. Blocks until it has joined.
   *
   * @param cluster which
   * @param options what concerns works: limits, retries, codec, initializer, reporters and the
   *     like. What concerns machines is the nodes' affair, and so is the number of children; {@link
   *     ProcessScheduler.Builder#jvmArgs} come behind the node's own
   * @return the scheduler; there may be no node yet
   * @throws IOException when the cluster cannot be joined
   * @throws IllegalArgumentException for an option that only nodes can have
   */
  public static ClusterScheduler create(Cluster cluster, ProcessScheduler.Builder options)
      throws IOException {
    Objects.requireNonNull(cluster, "cluster");
    IOException[] thrown = new IOException[1];
    ProcessScheduler scheduler =
        NoEngine.build(
            options,
            checked -> {
              check(checked);
              try {
                Mesh mesh = cluster.join(checked.name());
                return new Fleet(checked, mesh, Version.own()).join();
              } catch (IOException e) {
                thrown[0] = e;
                return new NoEngine(checked.name());
              }
            });
    if (thrown[0] != null) {
      throw thrown[0];
    }
    return new ClusterScheduler(scheduler);
  }

  private static void check(Options options) {
    List<String> set = options.ofTheMachine();
    if (!set.isEmpty()) {
      throw new IllegalArgumentException(
          "option "
              + set.get(0)
              + ": that is the affair of each node; leave it out here, and set it where nodes are"
              + " started");
    }
  }

  @Override
  public String name() {
    return scheduler.name();
  }

  /**
   * Waits for nodes.
   *
   * @param children how many they are to have for this scheduler, all together
   * @return completes when there are that many; an error after {@link #dispose()}. Cancel changes
   *     nothing
   */
  public Mono<Void> awaitChildren(int children) {
    return scheduler.spawn(children);
  }

  @Override
  public <I, R> Flux<Outcome<I, R>> outcomes(
      Flux<? extends I> items, Work<? super I, ? extends R> work) {
    return scheduler.outcomes(items, work);
  }

  @Override
  public <I, R> Flux<Outcome<I, R>> outcomesInOrder(
      Flux<? extends I> items, Work<? super I, ? extends R> work) {
    return scheduler.outcomesInOrder(items, work);
  }

  @Override
  public <I, R> Mono<Outcome<I, R>> submit(Work<? super I, ? extends R> work, I item) {
    return scheduler.submit(work, item);
  }

  @Override
  public Flux<Event> events() {
    return scheduler.events();
  }

  @Override
  public Mono<Void> disposeGracefully(Duration grace) {
    return scheduler.disposeGracefully(grace);
  }

  /** Ends streams under way; nodes kill what runs for them. Returns at once. */
  @Override
  public void dispose() {
    scheduler.dispose();
  }

  @Override
  public boolean isDisposed() {
    return scheduler.isDisposed();
  }

  @Override
  public void close() {
    scheduler.close();
  }
}
