package io.delegate.cluster;

import io.delegate.link.Mesh;
import java.io.IOException;

/**
 * A cluster that parents and nodes may join: who they are, how they find each other, and how they
 * prove who they are. A description, which does nothing by itself; for many members.
 */
public interface Cluster {
  /**
   * Joins it.
   *
   * @param name for logs
   * @return what Delegate needs of it
   * @throws IOException when it cannot be joined
   */
  Mesh join(String name) throws IOException;
}
