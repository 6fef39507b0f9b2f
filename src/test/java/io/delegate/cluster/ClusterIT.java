package io.delegate.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Delegate;
import io.delegate.NothingLeft;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

/** Parents and nodes on loopback, in one JVM. */
@ExtendWith(NothingLeft.class)
class ClusterIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Work<Integer, Integer> TRIPLE = x -> 3 * x;

  @ParameterizedTest
  @EnumSource
  void aStreamRunsOnNodes(Engines engine) throws Exception {
    int port = MeshIT.freePort();
    String peer = "127.0.0.1:" + port;
    Cluster home = engine.cluster("127.0.0.1", port, Duration.ofSeconds(1), peer);
    Cluster others = engine.cluster("127.0.0.1", 0, Duration.ofSeconds(1), peer);
    try (ClusterNode one =
            ClusterNode.start(home, ProcessScheduler.builder().children(2).name("one"));
        ClusterNode two =
            ClusterNode.start(others, ProcessScheduler.builder().children(1).name("two"));
        ClusterScheduler on = ClusterScheduler.create(others)) {
      on.awaitChildren(3).block(LONG);
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 2_000)
              .transform(Delegate.<Integer, Integer>parallel(TRIPLE, on))
              .collectList()
              .block(LONG);
      assertThat(outcomes).hasSize(2_000).allMatch(o -> o.orElseThrow() == 3 * o.item());
      two.drain(Duration.ofSeconds(20)).block(LONG);
      two.onClose().block(LONG);
      assertThat(on.submit(TRIPLE, 5).block(LONG).orElseThrow()).isEqualTo(15);
      assertThat(one.name()).isEqualTo("one");
    } finally {
      engine.close();
    }
  }
}
