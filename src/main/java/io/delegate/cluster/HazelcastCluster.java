package io.delegate.cluster;

import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SSLConfig;
import com.hazelcast.core.HazelcastInstance;
import io.delegate.link.Mesh;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * A cluster that a program has already: the members of a Hazelcast instance. Needs {@code
 * com.hazelcast:hazelcast} 5.7 on the class path. The instance is the program's: how it finds
 * others, how it proves who it is, and when it takes one for lost is what its configuration says;
 * it is never shut down here, and must outlive what joins by it.
 *
 * <p>Bytes are brought by an executor of the instance, called {@code delegate:} and the name of the
 * cluster. Members without Delegate on their class path are no nodes, and take no harm. A client of
 * Hazelcast cannot join: nobody can call it.
 *
 * <p>Whoever may join that cluster may run code on all its nodes. The free edition of Hazelcast has
 * neither TLS nor authentication; therefore an instance that other machines reach is refused,
 * unless its configuration has TLS or {@link #insecureNetwork} was said.
 */
public final class HazelcastCluster implements Cluster {
  private final HazelcastInstance instance;
  private final String cluster;
  private final boolean insecure;

  private HazelcastCluster(HazelcastInstance instance, String cluster, boolean insecure) {
    this.instance = instance;
    this.cluster = cluster;
    this.insecure = insecure;
  }

  /**
   * The members of that instance.
   *
   * @param instance a member that runs; not closed by what joins
   * @return the cluster, called {@code delegate}
   */
  public static HazelcastCluster of(HazelcastInstance instance) {
    return new HazelcastCluster(Objects.requireNonNull(instance, "instance"), "delegate", false);
  }

  /**
   * The same under another name: parents and nodes of one instance that have different names are
   * strangers to each other.
   *
   * @param other not blank
   * @return a new description
   */
  public HazelcastCluster name(String other) {
    if (other.isBlank()) {
      throw new IllegalArgumentException(
          "option name = \"" + other + "\": give a name that is not blank");
    }
    return new HazelcastCluster(instance, other, insecure);
  }

  /**
   * Allows an instance that other machines reach without TLS: whoever reaches it may run code on
   * all nodes. For networks that nobody else is in.
   *
   * @return a new description
   */
  public HazelcastCluster insecureNetwork() {
    return new HazelcastCluster(instance, cluster, true);
  }

  /**
   * Joins it.
   *
   * @throws IllegalArgumentException for a client of Hazelcast, and for a member that other
   *     machines reach without TLS when {@link #insecureNetwork} was not said
   * @throws IOException when the instance does not run
   */
  @Override
  public Mesh join(String name) throws IOException {
    if (!instance.getLifecycleService().isRunning()) {
      throw new IOException(
          "cannot join cluster \"" + cluster + "\": the instance of Hazelcast does not run");
    }
    InetSocketAddress address;
    try {
      address = instance.getCluster().getLocalMember().getSocketAddress();
    } catch (UnsupportedOperationException client) {
      throw new IllegalArgumentException(
          "a client of Hazelcast cannot join, since nobody can call it: give a member, as"
              + " Hazelcast.newHazelcastInstance makes one",
          client);
    }
    if (!insecure && !address.getAddress().isLoopbackAddress() && !hasTls()) {
      throw new IllegalArgumentException(
          "other machines reach this member of Hazelcast at "
              + address
              + ", and whoever joins may run code; configure its TLS, or say insecureNetwork() where"
              + " nobody else is in that network");
    }
    return new HazelcastMesh(instance, cluster);
  }

  private boolean hasTls() {
    NetworkConfig network = instance.getConfig().getNetworkConfig();
    SSLConfig tls = network.getSSLConfig();
    return tls != null && tls.isEnabled();
  }
}
