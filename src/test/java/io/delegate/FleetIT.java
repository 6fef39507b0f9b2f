package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import io.delegate.engine.Fleet;
import io.delegate.engine.NodeService;
import io.delegate.engine.Options;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** Streams over nodes, with real children and an engine within this JVM. */
class FleetIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  @TempDir Path tmp;
  private final LocalNet net = new LocalNet(1999);
  private final List<NodeService> nodes = new ArrayList<>();

  private NodeService node(String name, int children) throws Exception {
    Options[] machine = new Options[1];
    ProcessScheduler.builder()
        .children(children)
        .name(name)
        .engine(
            options -> {
              machine[0] = options;
              return null;
            })
        .build();
    NodeService node = new NodeService(net.member(name), machine[0], tmp.resolve("files"), "1");
    nodes.add(node);
    return node;
  }

  private ProcessScheduler.Builder parent(String name) {
    return ProcessScheduler.builder()
        .name(name)
        .engine(options -> new Fleet(options, net.member(name), "1"));
  }

  @AfterEach
  void end() {
    nodes.forEach(NodeService::close);
    net.close();
  }

  @Test
  void allItemsHaveTheirOutcome() throws Exception {
    node("n1", 2);
    node("n2", 2);
    Work<Integer, Integer> work = x -> 3 * x;
    try (ProcessScheduler on = parent("p").build()) {
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 1000)
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .collectList()
              .block(LONG);
      assertThat(outcomes).hasSize(1000).allMatch(Outcome::isSuccess);
      assertThat(outcomes).allMatch(o -> o.orElseThrow() == 3 * o.item());
      assertThat(outcomes.stream().map(Outcome::pid).distinct().count()).isBetween(2L, 4L);
    }
  }
}
