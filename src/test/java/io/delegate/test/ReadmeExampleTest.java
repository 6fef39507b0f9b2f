package io.delegate.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The example of the README, as it stands there. */
class ReadmeExampleTest {
  private static final Path BASE = Path.of(System.getProperty("basedir", ""));
  private static final String ITSELF = "src/test/java/io/delegate/test/ReadmeExampleTest.java";

  /** As in the README's other examples. */
  static final class Thumbs {
    static int render(Path picture) {
      return picture.toString().length();
    }
  }

  // the README's, from here
  static Flux<String> words(
      Flux<Path> pictures, ProcessScheduler children) { // the code to be tested
    return pictures
        .transform(Delegate.parallelOrdered(Thumbs::render, children))
        .map(o -> o.isSuccess() ? "fine" : o instanceof Outcome.TimedOut ? "given up" : "broken");
  }

  @Test
  void aPictureThatHangsIsGivenUp() {
    Script script =
        Script.of().onItem(Path.of("LICENSE")).hang().onItem(Path.of("NOTICE")).crash(137);
    Flux<Path> pictures = Flux.just("pom.xml", "LICENSE", "NOTICE").map(Path::of);
    StepVerifier.withVirtualTime(
            () ->
                words(
                    pictures,
                    script.twin(
                        ProcessScheduler.builder().children(1).timeout(Duration.ofMinutes(10)))))
        .expectNext("fine")
        .expectNoEvent(Duration.ofMinutes(9))
        .thenAwait(Duration.ofMinutes(1))
        .expectNext("given up", "broken")
        .verifyComplete();
    script.verifyAllUsed();
  }

  // to here

  @Test
  void itStandsInTheReadme() throws IOException {
    String source = Files.readString(BASE.resolve(ITSELF));
    String example =
        source.substring(source.indexOf("static Flux<String> words"), source.indexOf("// to here"));
    assertThat(squeezed(Files.readString(BASE.resolve("README.md")))).contains(squeezed(example));
  }

  private static String squeezed(String code) {
    return code.replaceAll("//[^\\n]*", "").replaceAll("\\s+", "");
  }
}
