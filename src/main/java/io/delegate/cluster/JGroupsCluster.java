package io.delegate.cluster;

import io.delegate.link.Mesh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jgroups.JChannel;
import org.jgroups.PhysicalAddress;
import org.jgroups.protocols.Discovery;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FRAG4;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.dns.DNS_PING;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.IpAddress;
import org.jgroups.stack.Protocol;
import org.jgroups.util.DefaultThreadFactory;
import org.jgroups.util.TLS;
import org.jgroups.util.TLSClientAuth;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster by JGroups, over TCP: members find each other by a list of addresses or by DNS. Needs
 * {@code org.jgroups:jgroups} on the class path.
 *
 * <p>Whoever may join may run code. So members of other machines are let in by mutual TLS only:
 * each shows a certificate that the others trust.
 */
public final class JGroupsCluster implements Cluster {
  /** The port of members where none is given; that of JGroups' own examples. */
  public static final int DEFAULT_PORT = 7800;

  /** A member alone in its cluster looks that often for others, at most. */
  private static final Duration MERGE = Duration.ofSeconds(5);

  private static final Duration JOIN = Duration.ofSeconds(2);

  /** How often who joins asks for others, within {@link #JOIN}. */
  private static final int ASKED = 3;

  private static final Logger log = LoggerFactory.getLogger(JGroupsCluster.class);

  private static final int NEIGHBOURS = 20;

  /** Bytes under way to one member before the sender waits. */
  private static final int CREDITS = 8 << 20;

  private final String cluster;
  private final InetAddress address;
  private final int port;
  private final List<String> peers;
  private final @Nullable String dns;
  private final @Nullable SSLContext tls;
  private final Duration interval;
  private final Duration timeout;
  private final Supplier<List<Protocol>> between;

  private JGroupsCluster(Builder builder, InetAddress address) {
    this.cluster = builder.cluster;
    this.address = address;
    this.port = builder.port;
    this.peers = builder.peers;
    this.dns = builder.dns;
    this.tls = builder.tls;
    this.interval = builder.interval;
    this.timeout = builder.timeout;
    this.between = builder.between;
  }

  /**
   * A builder with default options.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Mesh join(String name) throws IOException {
    try {
      JChannel channel = new JChannel(protocols());
      channel.name(name);
      channel.setDiscardOwnMessages(true);
      return new JGroupsMesh(channel, cluster);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("cannot join cluster \"" + cluster + "\": " + e.getMessage(), e);
    }
  }

  private List<Protocol> protocols() throws Exception {
    TCP tcp = new TCP();
    // JGroups itself looks for a free one only if all others can find it by multicast
    tcp.setBindAddress(address).setBindPort(port == 0 ? freePort() : port);
    tcp.setPortRange(port == 0 ? NEIGHBOURS : 0); // it may be taken by now
    tcp.enableSuspectEvents(true);
    tcp.setThreadFactory(new DefaultThreadFactory("delegate-cluster", true, true));
    tcp.tcpNodelay(true);
    if (tls != null) {
      tcp.setSocketFactory(
          new TLS()
              .enabled(true)
              .setProtocols(new String[] {"TLSv1.3"})
              .setClientAuth(TLSClientAuth.NEED)
              .createSocketFactory(tls));
    }
    List<Protocol> all = new ArrayList<>();
    all.add(tcp);
    all.addAll(between.get());
    // who knows one address learns all others from there, again and again if it gets lost; and who
    // hears no answer asks once more, before it begins a cluster of its own
    Discovery discovery = discovery();
    all.add(
        discovery
            .returnEntireCache(true)
            .sendCacheOnJoin(true)
            .setValue("num_discovery_runs", ASKED));
    all.add(new MERGE3().setMinInterval(MERGE.toMillis() / 2).setMaxInterval(MERGE.toMillis()));
    all.add(new FD_ALL3().setTimeout(timeout.toMillis()).setInterval(interval.toMillis()));
    all.add(new VERIFY_SUSPECT2());
    all.add(new NAKACK2().useMcastXmit(false));
    all.add(new UNICAST3());
    all.add(new STABLE());
    all.add(new GMS().setJoinTimeout(JOIN.toMillis()).printLocalAddress(false));
    all.add(new UFC().setMaxCredits(CREDITS));
    all.add(new FRAG4());
    return all;
  }

  private int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, address)) {
      return socket.getLocalPort();
    }
  }

  private Discovery discovery() throws UnknownHostException {
    if (dns != null) {
      return new DNS_PING().setDNSQuery(dns);
    }
    List<PhysicalAddress> hosts = new ArrayList<>();
    UnknownHostException unknown = null;
    for (String peer : peers) {
      InetSocketAddress at = address(peer);
      try {
        hosts.add(new IpAddress(at.getHostString(), at.getPort()));
      } catch (UnknownHostException e) {
        log.warn("option peers: {} is not known, and so is not asked", peer);
        unknown = e;
      }
    }
    if (hosts.isEmpty() && unknown != null) {
      throw unknown;
    }
    return new TCPPING().setInitialHosts2(hosts).setPortRange(0);
  }

  private static InetSocketAddress address(String peer) {
    int colon = peer.lastIndexOf(':');
    try {
      return colon < 0
          ? InetSocketAddress.createUnresolved(peer, DEFAULT_PORT)
          : InetSocketAddress.createUnresolved(
              peer.substring(0, colon), Integer.parseInt(peer.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "option peers = " + peer + ": give host:port, as in node1.example.org:7800", e);
    }
  }

  /** Every option has a default; what is set last counts. Bad values are refused at once. */
  public static final class Builder {
    private String cluster = "delegate";
    private String host = "127.0.0.1";
    private int port = DEFAULT_PORT;
    private List<String> peers = List.of("127.0.0.1:" + DEFAULT_PORT);
    private @Nullable String dns;
    private @Nullable SSLContext tls;
    private boolean insecure;
    private Duration interval = Duration.ofSeconds(1);
    private Duration timeout = Duration.ofSeconds(10);
    private Supplier<List<Protocol>> between = List::of;

    private Builder() {}

    /**
     * What the cluster is called. Members of another one are strangers, whoever they are. Default
     * {@code delegate}.
     *
     * @param cluster not blank
     * @return this
     */
    public Builder name(String cluster) {
      if (cluster.isBlank()) {
        throw new IllegalArgumentException(
            "option name = \"" + cluster + "\": give a name that is not blank");
      }
      this.cluster = cluster;
      return this;
    }

    /**
     * Where this member is reached by the others. Default {@code 127.0.0.1}, port 7800.
     *
     * @param host a name or an address of this machine
     * @param port 1 to 65,535, free; or 0 for any that is free, which will do for all members but
     *     those that others look for
     * @return this
     */
    public Builder bind(String host, int port) {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException(
            "option bind = " + host + ":" + port + ": give a port from 0 to 65535");
      }
      this.host = Objects.requireNonNull(host, "host");
      this.port = port;
      return this;
    }

    /**
     * Where others may be; some of them are enough. Default {@code 127.0.0.1:7800}.
     *
     * @param hosts each a name or an address with a port, as in {@code node1.example.org:7800}
     * @return this
     */
    public Builder peers(String... hosts) {
      peers = List.of(hosts);
      peers.forEach(JGroupsCluster::address);
      dns = null;
      return this;
    }

    /**
     * A name of which DNS has an address for each member, as that of a headless service of
     * Kubernetes. All have the port of {@link #bind}. Replaces {@link #peers}.
     *
     * @param query the name
     * @return this
     */
    public Builder dns(String query) {
      dns = Objects.requireNonNull(query, "query");
      return this;
    }

    /**
     * Certificates: members show theirs to each other, by TLS 1.3, and trust nobody without one.
     *
     * @param context with a key of this member and the certificates that are trusted
     * @return this
     */
    public Builder tls(SSLContext context) {
      tls = Objects.requireNonNull(context, "context");
      return this;
    }

    /**
     * Certificates from files, in the form PKCS #12 or JKS.
     *
     * @param keyStore has the key of this member and its certificate
     * @param trustStore has the certificates that are trusted
     * @param password of both
     * @return this
     * @throws IllegalArgumentException when one cannot be read
     */
    public Builder tls(Path keyStore, Path trustStore, char[] password) {
      return tls(Certificates.context(keyStore, trustStore, password));
    }

    /**
     * Allows an address that other machines reach without {@link #tls}: whoever reaches it may run
     * code on all members. For networks that nobody else is in.
     *
     * @return this
     */
    public Builder insecureNetwork() {
      insecure = true;
      return this;
    }

    /**
     * When a member that says nothing is taken for lost, though its connection is there: it was
     * stopped, or its network is cut. One that dies is seen at once. Default: it speaks each
     * second, and is lost after ten. Shorter times find it earlier, and take a long pause for a
     * death.
     *
     * @param interval how often members speak
     * @param timeout after how long of silence one is lost; more than the interval
     * @return this
     */
    public Builder failureDetection(Duration interval, Duration timeout) {
      if (interval.isNegative() || interval.isZero() || timeout.compareTo(interval) <= 0) {
        throw new IllegalArgumentException(
            "option failureDetection = %s, %s: give an interval of more than zero and a longer timeout"
                .formatted(interval, timeout));
      }
      this.interval = interval;
      this.timeout = timeout;
      return this;
    }

    /** For tests: between the wire and all else, as what makes the network worse than it is. */
    Builder between(Supplier<List<Protocol>> protocols) {
      between = protocols;
      return this;
    }

    /**
     * Makes the description.
     *
     * @return the cluster, which nobody has joined yet
     * @throws IllegalArgumentException for an address that is not known, or that others reach while
     *     neither {@link #tls} nor {@link #insecureNetwork} was set
     */
    public JGroupsCluster build() {
      if (dns != null && port == 0) {
        throw new IllegalArgumentException(
            "option dns = "
                + dns
                + ": DNS tells no ports, so give all members the same one (option bind, which is 0)");
      }
      InetAddress address;
      try {
        address = InetAddress.getByName(host);
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(
            "option bind = " + host + ": no such host; give a name or an address of this machine",
            e);
      }
      if (address.isAnyLocalAddress()) {
        throw new IllegalArgumentException(
            "option bind = "
                + host
                + ": give the one address at which the others reach this member");
      }
      if (!address.isLoopbackAddress() && tls == null && !insecure) {
        throw new IllegalArgumentException(
            "option bind = "
                + host
                + ": other machines reach this address, and whoever joins may run code; set tls, or"
                + " insecureNetwork() where nobody else is in that network");
      }
      return new JGroupsCluster(this, address);
    }
  }
}
