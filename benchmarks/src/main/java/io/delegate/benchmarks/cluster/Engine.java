package io.delegate.benchmarks.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.delegate.cluster.Cluster;
import io.delegate.cluster.HazelcastCluster;
import io.delegate.cluster.JGroupsCluster;
import java.net.InetAddress;
import java.util.List;
import org.jgroups.JChannel;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FRAG4;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.IpAddress;

/** What carries messages, on the loopback address. */
enum Engine {
  JGROUPS {
    @Override
    Cluster cluster(int port, int first) {
      return JGroupsCluster.builder().bind(LOOPBACK, port).peers(LOOPBACK + ":" + first).build();
    }

    @Override
    NoOp noOp(int port, int first, int members) throws Exception {
      return NoOp.jgroups(port, first, members);
    }
  },

  HAZELCAST {
    private HazelcastInstance instance;

    @Override
    Cluster cluster(int port, int first) {
      Config config = new Config().setClusterName("delegate-benchmarks");
      config
          .setProperty("hazelcast.logging.type", "slf4j")
          .setProperty("hazelcast.phone.home.enabled", "false")
          .setProperty("hazelcast.shutdownhook.enabled", "false")
          .setProperty("hazelcast.socket.bind.any", "false");
      config.getNetworkConfig().setPort(port).setPortAutoIncrement(false);
      config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface(LOOPBACK);
      JoinConfig join = config.getNetworkConfig().getJoin();
      join.getAutoDetectionConfig().setEnabled(false);
      join.getMulticastConfig().setEnabled(false);
      join.getTcpIpConfig().setEnabled(true).setMembers(List.of(LOOPBACK + ":" + first));
      instance = Hazelcast.newHazelcastInstance(config);
      return HazelcastCluster.of(instance);
    }

    /** By the member that is there already. */
    @Override
    NoOp noOp(int port, int first, int members) {
      return NoOp.hazelcast(instance);
    }
  };

  private static final String LOOPBACK = "127.0.0.1";
  private static final int CREDITS = 8 << 20;

  /** {@code first}: the port of the one that others ask who is there. */
  abstract Cluster cluster(int port, int first);

  /** Of a parent, or of what answers on a node. */
  abstract NoOp noOp(int port, int first, int members) throws Exception;

  /** As Delegate has it. */
  static JChannel channel(int port, int first) throws Exception {
    InetAddress loopback = InetAddress.getByName(LOOPBACK);
    TCP tcp = new TCP();
    tcp.setBindAddress(loopback).setBindPort(port);
    tcp.setPortRange(0);
    tcp.tcpNodelay(true);
    return new JChannel(
        List.of(
            tcp,
            new TCPPING().setInitialHosts2(List.of(new IpAddress(loopback, first))).setPortRange(0),
            new MERGE3(),
            new FD_ALL3(),
            new VERIFY_SUSPECT2(),
            new NAKACK2().useMcastXmit(false),
            new UNICAST3(),
            new STABLE(),
            new GMS().printLocalAddress(false),
            new UFC().setMaxCredits(CREDITS),
            new FRAG4()));
  }
}
