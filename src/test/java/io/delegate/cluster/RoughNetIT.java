package io.delegate.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Death;
import io.delegate.Delegate;
import io.delegate.NothingLeft;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jgroups.protocols.DELAY;
import org.jgroups.protocols.DISCARD;
import org.jgroups.stack.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** A network that loses one of twenty messages in each direction, and takes a tenth of a second. */
@ExtendWith(NothingLeft.class)
class RoughNetIT {
  private static final Duration LONG = Duration.ofSeconds(100);
  private static final int ITEMS = 400;

  @TempDir Path tmp;

  private static List<Protocol> rough() {
    DELAY late = new DELAY();
    late.setOutDelay(100);
    return List.of(late, new DISCARD().setUpDiscardRate(0.05).setDownDiscardRate(0.05));
  }

  private static Cluster cluster(int port, int first) {
    return JGroupsCluster.builder()
        .bind("127.0.0.1", port)
        .peers("127.0.0.1:" + first)
        .between(RoughNetIT::rough)
        .build();
  }

  private static Work<Integer, Integer> work(String notes) {
    return x -> {
      Files.createFile(Path.of(notes, x.toString())); // fails for who runs a second time
      if (x % 100 == 7) {
        Runtime.getRuntime().halt(9);
      }
      while (x % 100 == 13) {
        Thread.onSpinWait();
      }
      Thread.sleep(5);
      return 3 * x;
    };
  }

  @Test
  @Timeout(180)
  void theLawsHold() throws Exception {
    int port = MeshIT.freePort();
    List<Outcome<Integer, Integer>> outcomes;
    try (ClusterNode one = node(cluster(port, port), "one");
        ClusterNode two = node(cluster(0, port), "two");
        ClusterScheduler on =
            ClusterScheduler.create(
                cluster(0, port), ProcessScheduler.builder().timeout(Duration.ofSeconds(2)))) {
      on.awaitChildren(4).block(LONG);
      String notes = tmp.toString();
      outcomes =
          Flux.range(0, ITEMS)
              .transform(Delegate.<Integer, Integer>parallel(work(notes), on))
              .collectList()
              .block(LONG);
      assertThat(one.name()).isNotEqualTo(two.name());
    }
    assertThat(outcomes.stream().map(Outcome::item).collect(Collectors.toSet())).hasSize(ITEMS);
    assertThat(outcomes).hasSize(ITEMS).allMatch(RoughNetIT::isRight);
    try (var started = Files.list(tmp)) {
      assertThat(started).hasSize(ITEMS);
    }
  }

  private static ClusterNode node(Cluster cluster, String name) throws IOException {
    return ClusterNode.start(cluster, ProcessScheduler.builder().children(2).name(name));
  }

  private static boolean isRight(Outcome<Integer, Integer> outcome) {
    int item = outcome.item();
    if (outcome instanceof Outcome.Aborted<?, ?> a) {
      return item % 100 == 7 && a.death().cause() == Death.Cause.EXIT;
    }
    if (outcome instanceof Outcome.TimedOut<?, ?> t) {
      return item % 100 == 13 && t.which() == Outcome.Limit.ITEM;
    }
    return outcome.isSuccess() && outcome.orElseThrow() == 3 * item;
  }
}
