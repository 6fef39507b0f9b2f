package io.delegate.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Delegate;
import io.delegate.NothingLeft;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** Parents and nodes by JGroups, on loopback. */
@ExtendWith(NothingLeft.class)
class ClusterIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Work<Integer, Integer> TRIPLE = x -> 3 * x;

  @Test
  void aStreamRunsOnNodes() throws Exception {
    int port = JGroupsMeshIT.freePort();
    Cluster home =
        JGroupsCluster.builder().bind("127.0.0.1", port).peers("127.0.0.1:" + port).build();
    Cluster others =
        JGroupsCluster.builder().bind("127.0.0.1", 0).peers("127.0.0.1:" + port).build();
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
      assertThat(on.submit(TRIPLE, 5).block(LONG).orElseThrow()).isEqualTo(15);
      assertThat(one.name()).isEqualTo("one");
    }
  }
}
