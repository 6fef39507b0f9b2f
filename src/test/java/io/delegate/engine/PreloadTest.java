package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Outcome;
import io.delegate.codec.WorkCodec;
import io.delegate.process.Launcher;
import io.delegate.wire.Frame;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PreloadTest {
  private static final Set<String> OF_CLUSTERS =
      Set.of(
          "Fleet",
          "FleetNode",
          "Guest",
          "Mailbox",
          "NodeHub",
          "NodeService",
          "NodeSource",
          "Outbox",
          "Roster",
          "Turns");

  @Test
  void allOfTheEngineIsLoadedBeforehand() throws Exception {
    assertThat(Preload.ENGINE).containsAll(ofThePool(topLevel(Pool.class)));
  }

  @Test
  void allThatIsKnownOfProcessesIsLoadedBeforehand() throws Exception {
    assertThat(Preload.PROCESS).containsAll(topLevel(Launcher.class));
  }

  @Test
  void whatIsNamedIsThere() throws Exception {
    assertThat(topLevel(Outcome.class)).containsAll(Preload.ROOT);
    assertThat(topLevel(WorkCodec.class)).containsAll(Preload.CODEC);
    assertThat(topLevel(Frame.class)).containsAll(Preload.WIRE);
    assertThat(topLevel(Pool.class)).containsAll(Preload.ENGINE);
    assertThat(topLevel(Launcher.class)).containsAll(Preload.PROCESS);
  }

  /**
   * Not the twin, which stands for the pool in tests, nor what is for clusters: loaded, each would
   * be one more kind of host.
   */
  private static List<String> ofThePool(List<String> names) {
    return names.stream()
        .filter(name -> !name.startsWith("Twin") && !name.equals("Plot"))
        .filter(name -> !OF_CLUSTERS.contains(name))
        .toList();
  }

  private static List<String> topLevel(Class<?> neighbour) throws IOException {
    URI file = URI.create(neighbour.getResource(neighbour.getSimpleName() + ".class").toString());
    try (Stream<Path> files = Files.list(Path.of(file).getParent())) {
      return files
          .map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(".class") && !name.contains("$"))
          .map(name -> name.substring(0, name.length() - ".class".length()))
          .filter(name -> !name.equals("package-info") && !name.equals("Preload"))
          .toList();
    }
  }
}
