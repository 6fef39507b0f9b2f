package io.delegate.cli;

import io.delegate.Reporter;
import io.delegate.cluster.Cluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a run was asked for, checked. Null stands for an option that was left out. */
record Setup(
    MethodWork work,
    List<Path> classPath,
    int children,
    @Nullable Duration timeout,
    boolean ordered,
    @Nullable String heap,
    @Nullable Integer window,
    @Nullable Path javaHome,
    List<Reporter> reporters,
    @Nullable Cluster cluster) {

  /**
   * Outcomes asked for ahead of the writer: with fewer, fast works could not fill their windows.
   */
  private static final int PER_CHILD = 256;

  /** Many children must not make the parent hold outcomes without bound. */
  private static final int MOST = 16_384;

  /** As a summary says it. */
  String childrenForPeople() {
    return cluster == null ? String.valueOf(children) : "those of the nodes";
  }

  /** The same on the nodes of a cluster, which say how many children there are. */
  Setup on(Cluster nodes) {
    return new Setup(
        work, classPath, children, timeout, ordered, heap, window, javaHome, reporters, nodes);
  }

  int demand() {
    if (cluster != null) {
      return MOST;
    }
    long ahead = (long) children * (window == null ? PER_CHILD : window);
    return (int) Math.max(children, Math.min(ahead, MOST));
  }
}
