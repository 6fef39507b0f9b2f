package io.delegate.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.delegate.link.Mesh;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a link needs of an engine: who is there, bytes to one, and who is gone. */
class MeshIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private final List<Mesh> all = new ArrayList<>();

  private static final class Heard implements Mesh.Listener {
    final Queue<String> said = new ConcurrentLinkedQueue<>();
    final Queue<String> members = new ConcurrentLinkedQueue<>();

    @Override
    public void joined(String member) {
      members.add(member);
    }

    @Override
    public void left(String member) {
      members.remove(member);
    }

    @Override
    public void received(String member, byte[] message) {
      assertThat(members).contains(member);
      said.add(message.length == 5 ? new String(message) : message.length + " bytes");
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private Heard join(Engines engine, int port, int... peers) throws IOException {
    String[] hosts = new String[peers.length];
    for (int i = 0; i < peers.length; i++) {
      hosts[i] = "127.0.0.1:" + peers[i];
    }
    Mesh mesh = engine.cluster("127.0.0.1", port, Duration.ofSeconds(1), hosts).join("n" + port);
    all.add(mesh);
    Heard heard = new Heard();
    mesh.listen(heard);
    return heard;
  }

  @AfterEach
  void end() {
    all.forEach(Mesh::close);
    Engines.HAZELCAST.close();
  }

  @ParameterizedTest
  @EnumSource
  void membersMeetAndSpeak(Engines engine) throws Exception {
    int[] ports = {freePort(), freePort(), freePort()};
    List<Heard> heard = new ArrayList<>();
    for (int port : ports) {
      heard.add(join(engine, port, ports));
    }
    await().atMost(LONG).until(() -> heard.stream().allMatch(h -> h.members.size() == 2));
    String to = heard.get(0).members.peek();
    for (int i = 10_000; i < 10_500; i++) {
      all.get(0)
          .send(to, Integer.toString(i).getBytes())
          .toCompletableFuture()
          .get(20, TimeUnit.SECONDS);
    }
    all.get(0).send(to, new byte[20_000_000]).toCompletableFuture().get(20, TimeUnit.SECONDS);
    await()
        .atMost(LONG)
        .until(() -> heard.get(1).said.size() == 501 || heard.get(2).said.size() == 501);
    Heard receiver = heard.get(1).said.isEmpty() ? heard.get(2) : heard.get(1);
    List<String> said = List.copyOf(receiver.said);
    assertThat(said).doesNotHaveDuplicates().contains("10000", "10499", "20000000 bytes");
    all.get(1).close();
    await().atMost(LONG).until(() -> heard.get(0).members.size() == 1);
    assertThat(all.get(0).send("nobody", new byte[1]).toCompletableFuture())
        .failsWithin(LONG)
        .withThrowableThat()
        .withMessageContaining("not in the cluster");
  }

  /** Two that share a member of Hazelcast, and one that has another name for its cluster. */
  @Test
  void severalOfOneInstanceMeetAndStrangersDoNot() throws Exception {
    HazelcastCluster cluster =
        (HazelcastCluster)
            Engines.HAZELCAST.cluster(
                "127.0.0.1", 0, Duration.ofSeconds(1), "127.0.0.1:" + freePort());
    Heard[] heard = {new Heard(), new Heard(), new Heard()};
    Mesh[] meshes = {
      cluster.join("a"), cluster.join("b"), cluster.name("another").join("stranger")
    };
    for (int i = 0; i < 3; i++) {
      all.add(meshes[i]);
      meshes[i].listen(heard[i]);
    }
    await().atMost(LONG).until(() -> heard[0].members.size() == 1 && heard[1].members.size() == 1);
    meshes[0].send(heard[0].members.peek(), "hello".getBytes()).toCompletableFuture().get();
    assertThat(heard[1].said).containsExactly("hello");
    meshes[1].close();
    await().atMost(LONG).until(() -> heard[0].members.isEmpty());
    assertThat(heard[2].members).isEmpty();
    assertThat(heard[2].said).isEmpty();
  }

  /** Its owner ends a member of Hazelcast while we are in it. */
  @Test
  void ofAMemberThatIsShutDownNobodyIsThereAnyMore() throws Exception {
    int[] ports = {freePort(), freePort()};
    Heard first = join(Engines.HAZELCAST, ports[0], ports);
    Heard second = join(Engines.HAZELCAST, ports[1], ports);
    await().atMost(LONG).until(() -> first.members.size() == 1 && second.members.size() == 1);
    String to = first.members.peek();
    Hazelcast.getAllHazelcastInstances().stream()
        .filter(one -> one.getCluster().getLocalMember().getAddress().getPort() == ports[0])
        .forEach(HazelcastInstance::shutdown);
    await().atMost(LONG).until(() -> first.members.isEmpty() && second.members.isEmpty());
    assertThat(all.get(0).send(to, new byte[1]).toCompletableFuture()).failsWithin(LONG);
    assertThat(all.get(0).send("no/number", new byte[1]).toCompletableFuture()).failsWithin(LONG);
    all.get(0).close();
  }

  @Test
  void aMemberThatIsOverCannotJoin() {
    HazelcastCluster cluster =
        (HazelcastCluster)
            Engines.HAZELCAST.cluster("127.0.0.1", 0, Duration.ofSeconds(1), "127.0.0.1:1");
    Engines.HAZELCAST.close();
    assertThatThrownBy(() -> cluster.join("a"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("does not run");
  }

  @Test
  void anAddressThatOthersReachNeedsCertificates() {
    assertThatThrownBy(() -> JGroupsCluster.builder().bind("192.0.2.1", 7800).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("option bind = 192.0.2.1")
        .hasMessageContaining("insecureNetwork()");
    assertThat(JGroupsCluster.builder().bind("192.0.2.1", 7800).insecureNetwork().build())
        .isNotNull();
    assertThatThrownBy(() -> JGroupsCluster.builder().bind("0.0.0.0", 7800).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one address");
  }
}
