package io.delegate.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.NothingLeft;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who may join: those with a certificate that is trusted, and nobody else. */
@ExtendWith(NothingLeft.class)
class ClusterTlsIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final char[] PASSWORD = "no secret".toCharArray();
  private static final Work<Integer, Integer> TRIPLE = x -> 3 * x;
  @TempDir static Path tmp;

  private static void keytool(String... args) throws Exception {
    List<String> command = new java.util.ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(args));
    command.addAll(List.of("-storepass", new String(PASSWORD)));
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }

  @BeforeAll
  static void makeCertificates() throws Exception {
    for (String who : List.of("good", "rogue")) {
      keytool(
          "-genkeypair",
          "-alias",
          who,
          "-keyalg",
          "EC",
          "-dname",
          "CN=" + who,
          "-keystore",
          tmp.resolve(who + ".p12").toString());
      keytool(
          "-exportcert",
          "-alias",
          who,
          "-file",
          tmp.resolve(who + ".crt").toString(),
          "-keystore",
          tmp.resolve(who + ".p12").toString());
    }
    keytool(
        "-importcert",
        "-noprompt",
        "-alias",
        "good",
        "-file",
        tmp.resolve("good.crt").toString(),
        "-keystore",
        tmp.resolve("trust.p12").toString());
  }

  private static JGroupsCluster.Builder builder(int port, int first) {
    return JGroupsCluster.builder().bind("127.0.0.1", port).peers("127.0.0.1:" + first);
  }

  private static Cluster with(String who, int port, int first) {
    return builder(port, first)
        .tls(tmp.resolve(who + ".p12"), tmp.resolve("trust.p12"), PASSWORD)
        .build();
  }

  private static Outcome<Integer, Integer> triple(Cluster cluster) throws Exception {
    try (ClusterScheduler on = ClusterScheduler.create(cluster)) {
      return on.<Integer, Integer>submit(TRIPLE, 2).block(LONG);
    }
  }

  private static void assertFindsNoNode(Cluster cluster) throws Exception {
    try (ClusterScheduler on = ClusterScheduler.create(cluster)) {
      assertThatThrownBy(() -> on.awaitChildren(1).block(Duration.ofSeconds(6)))
          .hasMessageContaining("Timeout");
    }
  }

  @Test
  @Timeout(150)
  void onlyWhoIsTrustedIsLetIn() throws Exception {
    int port = MeshIT.freePort();
    try (ClusterNode node =
        ClusterNode.start(with("good", port, port), ProcessScheduler.builder().children(1))) {
      assertThat(triple(with("good", 0, port)).orElseThrow()).isEqualTo(6);
      assertFindsNoNode(with("rogue", 0, port));
      assertFindsNoNode(builder(0, port).build()); // in plain text
      Random random = new Random(1999);
      for (int i = 0; i < 100; i++) {
        byte[] noise = new byte[1 + random.nextInt(2_000)];
        random.nextBytes(noise);
        try (Socket socket = new Socket("127.0.0.1", port)) {
          OutputStream out = socket.getOutputStream();
          out.write(i % 2 == 0 ? noise : "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
          out.flush();
        } catch (java.io.IOException reset) {
          // as it should be
        }
      }
      assertThat(triple(with("good", 0, port)).orElseThrow()).isEqualTo(6);
      assertThat(node.name()).isEqualTo("delegate");
    }
  }

  @Test
  void aStoreThatCannotBeReadIsNamed() {
    assertThatThrownBy(
            () -> builder(0, 7800).tls(tmp.resolve("none.p12"), tmp.resolve("trust.p12"), PASSWORD))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("none.p12");
    assertThatThrownBy(
            () ->
                builder(0, 7800)
                    .tls(tmp.resolve("good.p12"), tmp.resolve("trust.p12"), "wrong".toCharArray()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("good.p12")
        .hasMessageContaining("password");
  }
}
