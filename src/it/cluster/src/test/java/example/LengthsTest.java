package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.delegate.ChildId;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.cluster.Cluster;
import io.delegate.cluster.ClusterNode;
import io.delegate.cluster.ClusterScheduler;
import io.delegate.cluster.HazelcastCluster;
import io.delegate.cluster.JGroupsCluster;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node and its parent in this JVM, by each engine. */
@Timeout(120)
class LengthsTest {
  private static void run(Cluster home, Cluster away) throws Exception {
    try (ClusterNode node = ClusterNode.start(home, ProcessScheduler.builder().children(2));
        ClusterScheduler on = ClusterScheduler.create(away)) {
      List<Outcome<String, Integer>> all = Lengths.of(List.of("one", "crash", "three"), on);
      assertEquals(3, all.size(), node.name());
      assertEquals(3, all.get(0).orElseThrow());
      assertEquals(
          9, assertInstanceOf(Outcome.Aborted.class, all.get(1)).death().exitCode());
      assertEquals(5, all.get(2).orElseThrow());
      assertNotEquals(0, ChildId.node(all.get(0).pid()), "it ran on a node");
    }
  }

  @Test
  void byJGroups() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String first = "127.0.0.1:" + port;
    run(
        JGroupsCluster.builder().bind("127.0.0.1", port).peers(first).build(),
        JGroupsCluster.builder().bind("127.0.0.1", 0).peers(first).build());
  }

  @Test
  void byHazelcast() throws Exception {
    Config config = new Config();
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
    config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
    HazelcastInstance instance = Hazelcast.newHazelcastInstance(config);
    try {
      run(HazelcastCluster.of(instance), HazelcastCluster.of(instance));
    } finally {
      instance.shutdown();
    }
  }
}
