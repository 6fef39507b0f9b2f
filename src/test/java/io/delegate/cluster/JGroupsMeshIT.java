package io.delegate.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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

class JGroupsMeshIT {
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

  private Heard join(int port, int... peers) throws IOException {
    String[] hosts = new String[peers.length];
    for (int i = 0; i < peers.length; i++) {
      hosts[i] = "127.0.0.1:" + peers[i];
    }
    Mesh mesh =
        JGroupsCluster.builder().bind("127.0.0.1", port).peers(hosts).build().join("n" + port);
    all.add(mesh);
    Heard heard = new Heard();
    mesh.listen(heard);
    return heard;
  }

  @AfterEach
  void end() {
    all.forEach(Mesh::close);
  }

  @Test
  void membersMeetAndSpeakInOrder() throws Exception {
    int[] ports = {freePort(), freePort(), freePort()};
    List<Heard> heard = new ArrayList<>();
    for (int port : ports) {
      heard.add(join(port, ports));
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
    assertThat(said.subList(0, 500)).isSorted();
    assertThat(said.get(500)).isEqualTo("20000000 bytes");
    all.get(1).close();
    await().atMost(LONG).until(() -> heard.get(0).members.size() == 1);
    assertThat(all.get(0).send("nobody", new byte[1]).toCompletableFuture())
        .failsWithin(LONG)
        .withThrowableThat()
        .withMessageContaining("not in the cluster");
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
