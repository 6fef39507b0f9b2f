package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Death;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** A folder of documents of many kinds, with four among them that no program survives. */
@Timeout(300)
class TextsTest {
  @Test
  void eachTextIsWhatTikaSaysAndEachKillerIsBlamed(@TempDir Path folder) throws Exception {
    List<Path> documents = TestDocuments.into(folder);
    assertThat(documents).hasSize(459);
    assertThat(kinds(documents)).hasSize(77);
    Path exit = killer(folder, "exit.xml", "<system_exit/>");
    Path memory = killer(folder, "memory.xml", "<oom/>");
    Path hang =
        killer(
            folder,
            "hang.xml",
            "<hang millis=\"3600000\" heavy=\"true\" pulse_millis=\"10\" interruptible=\"false\"/>");
    Path sleep = killer(folder, "sleep.xml", "<hang millis=\"3600000\" interruptible=\"false\"/>");

    Map<Path, Outcome<Path, String>> outcomes;
    try (ProcessScheduler children = children()) {
      outcomes =
          Texts.of(all(documents, exit, hang, memory, sleep), children)
              .collectMap(Outcome::item)
              .block();
    }

    assertThat(outcomes).hasSize(documents.size() + 4);
    assertThat(outcomes.get(exit))
        .isInstanceOfSatisfying(
            Outcome.Aborted.class,
            aborted -> {
              assertThat(aborted.death().cause()).isEqualTo(Death.Cause.EXIT);
              assertThat(aborted.death().stderrTail()).contains("this is exit.xml");
            });
    assertThat(outcomes.get(memory))
        .isInstanceOfSatisfying(
            Outcome.Aborted.class,
            aborted -> assertThat(aborted.death().cause()).isEqualTo(Death.Cause.OUT_OF_MEMORY));
    for (Path hanging : List.of(hang, sleep)) {
      assertThat(outcomes.get(hanging))
          .isInstanceOfSatisfying(
              Outcome.TimedOut.class,
              timedOut -> assertThat(timedOut.threadDump()).contains("MockParser"));
    }
    Map<String, Integer> ended = new HashMap<>();
    for (Path document : documents) {
      String kind = assertSame(document, outcomes.get(document));
      ended.merge(kind, 1, Integer::sum);
    }
    System.out.println(
        documents.size() + " documents of " + kinds(documents).size() + " kinds: " + ended);
    assertThat(ended.get("text")).isGreaterThan(400);
    assertThat(ProcessHandle.current().children()).as("children left").isEmpty();
  }

  /** What Tika says here, in this process. */
  private static String assertSame(Path document, Outcome<Path, String> outcome) {
    String text;
    try {
      text = Texts.of(document);
    } catch (Exception e) {
      assertThat(outcome)
          .as("%s", document)
          .isInstanceOfSatisfying(
              Outcome.Failure.class,
              failure -> assertThat(failure.error().type()).isEqualTo(e.getClass().getName()));
      return e.getClass().getSimpleName();
    }
    assertThat(outcome).as("%s", document).isInstanceOf(Outcome.Success.class);
    assertThat(outcome.orElse(null)).as("%s", document).isEqualTo(text);
    return text.isBlank() ? "no text" : "text";
  }

  private static ProcessScheduler children() {
    return ProcessScheduler.builder()
        .children(2)
        .heap("512m")
        .timeout(Duration.ofSeconds(30)) // a slow machine reads the slowest of the good ones in 10
        .jvmArgs("-Djava.awt.headless=true")
        .build();
  }

  /** Killers at the beginning, at the end, and in between. */
  private static Flux<Path> all(List<Path> documents, Path... killers) {
    List<Path> all = new ArrayList<>(documents);
    for (int k = 0; k < killers.length; k++) {
      all.add(k * documents.size() / (killers.length - 1) + k, killers[k]);
    }
    return Flux.fromIterable(all);
  }

  private static Path killer(Path folder, String name, String action) throws IOException {
    return Files.writeString(
        folder.resolve(name),
        "<?xml version=\"1.0\"?><mock><print_err>this is %s</print_err>%s</mock>"
            .formatted(name, action));
  }

  private static Set<String> kinds(List<Path> documents) {
    return documents.stream()
        .map(file -> file.getFileName().toString())
        .filter(name -> name.contains("."))
        .map(name -> name.substring(name.lastIndexOf('.') + 1).toLowerCase())
        .collect(Collectors.toSet());
  }
}
