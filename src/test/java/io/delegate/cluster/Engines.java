package io.delegate.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import java.time.Duration;
import java.util.List;

/** What may bring a link: each must pass the same tests. */
public enum Engines {
  JGROUPS {
    @Override
    public Cluster cluster(String host, int port, Duration interval, String... peers) {
      JGroupsCluster.Builder builder =
          JGroupsCluster.builder()
              .bind(host, port)
              .peers(peers)
              .failureDetection(interval, interval.multipliedBy(LOST_AFTER));
      return (host.startsWith("127.") ? builder : builder.insecureNetwork()).build();
    }
  },

  HAZELCAST {
    @Override
    public Cluster cluster(String host, int port, Duration interval, String... peers) {
      Config config = new Config().setClusterName("delegate-test");
      config
          .setProperty("hazelcast.logging.type", "slf4j")
          .setProperty("hazelcast.phone.home.enabled", "false")
          .setProperty("hazelcast.shutdownhook.enabled", "false")
          .setProperty("hazelcast.socket.bind.any", "false")
          .setProperty("hazelcast.heartbeat.interval.seconds", "1")
          .setProperty(
              "hazelcast.max.no.heartbeat.seconds",
              String.valueOf(Math.max(3, interval.multipliedBy(LOST_AFTER).toSeconds())))
          .setProperty("hazelcast.merge.first.run.delay.seconds", firstMerge)
          .setProperty("hazelcast.merge.next.run.delay.seconds", "3")
          .setProperty("hazelcast.wait.seconds.before.join", "1")
          .setProperty("hazelcast.max.join.seconds", "20");
      config.setNetworkConfig(
          config
              .getNetworkConfig()
              .setPort(port)
              .setPortAutoIncrement(port == 0)
              .setPortCount(100));
      if (port == 0) {
        config.getNetworkConfig().setPort(45_701);
      }
      config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface(host);
      JoinConfig join = config.getNetworkConfig().getJoin();
      join.getAutoDetectionConfig().setEnabled(false);
      join.getMulticastConfig().setEnabled(false);
      join.getTcpIpConfig().setEnabled(true).setMembers(List.of(peers));
      HazelcastInstance instance = Hazelcast.newHazelcastInstance(config);
      HazelcastCluster cluster = HazelcastCluster.of(instance);
      return host.startsWith("127.") ? cluster : cluster.insecureNetwork();
    }
  };

  private static final int LOST_AFTER = 10;

  /**
   * In seconds; soon, to wait less. But where a member is stopped an attempt to become one with it
   * holds up Hazelcast's heartbeats, and so the others lose each other.
   */
  private static String firstMerge = "5";

  /** As usual. */
  public static void withMerge() {
    firstMerge = "5";
  }

  /** Halves do not become one while a test lasts. */
  public static void withoutMerge() {
    firstMerge = "300";
  }

  /**
   * Somebody's cluster.
   *
   * @param interval how often members say that they are there; ten times that, and one is lost
   */
  public abstract Cluster cluster(String host, int port, Duration interval, String... peers);

  /** Of this JVM; what has joined has left before. */
  public void close() {
    if (this == HAZELCAST) {
      Hazelcast.shutdownAll();
    }
  }
}
