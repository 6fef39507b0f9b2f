package io.delegate.cli;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Reporter;
import io.delegate.WorkScheduler;
import io.delegate.cluster.Cluster;
import io.delegate.cluster.ClusterScheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;

/** Real ones: a {@link ProcessScheduler} of their own. */
final class ProcessChildren implements Children {
  /** A kill takes milliseconds; who pressed Ctrl-C waits no longer than this. */
  private static final long PATIENCE_SECONDS = 3;

  private final Setup setup;
  private final WorkScheduler scheduler;

  ProcessChildren(Setup setup) {
    this.setup = setup;
    this.scheduler = opened(setup);
  }

  private static WorkScheduler opened(Setup setup) {
    Cluster cluster = setup.cluster();
    if (cluster == null) {
      return scheduler(setup);
    }
    try {
      return ClusterScheduler.create(cluster, builder(setup).name("run"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a run was asked for, as a scheduler of this machine. */
  static ProcessScheduler scheduler(Setup setup) {
    return builder(setup).build();
  }

  private static ProcessScheduler.Builder builder(Setup setup) {
    ProcessScheduler.Builder builder = ProcessScheduler.builder().children(setup.children());
    if (setup.timeout() != null) {
      builder = builder.timeout(setup.timeout());
    }
    if (setup.heap() != null) {
      builder = builder.heap(setup.heap());
    }
    if (setup.window() != null) {
      builder = builder.window(setup.window());
    }
    if (setup.javaHome() != null) {
      builder = builder.javaHome(setup.javaHome().toAbsolutePath());
    }
    if (!setup.classPath().isEmpty()) {
      List<Path> entries = new ArrayList<>(ClassPath.own()); // what is given replaces what is found
      entries.addAll(setup.classPath());
      builder = builder.classPath(entries);
    }
    for (Reporter reporter : setup.reporters()) {
      builder = builder.reporter(reporter);
    }
    return builder;
  }

  @Override
  public Flux<Outcome<String, String>> outcomes(Flux<String> items) {
    return setup.ordered()
        ? items.transform(Delegate.parallelOrdered(setup.work(), scheduler))
        : items.transform(Delegate.parallel(setup.work(), scheduler));
  }

  @Override
  public void close() {
    scheduler.close();
  }

  @Override
  public void kill() {
    // listed first: a grandchild whose parent is gone is found no more
    List<ProcessHandle> family = ProcessHandle.current().descendants().toList();
    scheduler.dispose();
    CompletableFuture<?>[] ends =
        family.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(ends).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) { // the time is up
      family.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
