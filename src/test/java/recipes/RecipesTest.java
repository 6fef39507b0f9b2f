package recipes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the page shows is what is compiled and run. */
class RecipesTest {
  private static final Path BASE = Path.of(System.getProperty("basedir", ""));
  private static final Pattern BLOCK =
      Pattern.compile("^```(?:java|c)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  @Test
  void eachBlockIsPartOfAProgramThatIsRun() throws IOException {
    List<List<String>> programs = programs().map(RecipesTest::lines).toList();
    assertThat(blocks())
        .hasSizeGreaterThan(6)
        .allSatisfy(
            block ->
                assertThat(programs)
                    .anyMatch(program -> Collections.indexOfSubList(program, block) >= 0));
  }

  @Test
  void eachProgramIsOnThePage() throws IOException {
    List<List<String>> blocks = blocks();
    assertThat(programs())
        .allSatisfy(
            program ->
                assertThat(blocks)
                    .anyMatch(block -> Collections.indexOfSubList(lines(program), block) >= 0));
  }

  private static List<List<String>> blocks() throws IOException {
    return BLOCK
        .matcher(Files.readString(BASE.resolve("src/docs/recipes.md")))
        .results()
        .map(block -> block.group(1).lines())
        .map(RecipesTest::stripped)
        .toList();
  }

  private static Stream<Path> programs() {
    return Stream.of("src/test/java/recipes", "src/test/resources/recipes", "src/it/tika/src/main")
        .map(BASE::resolve)
        .flatMap(RecipesTest::files)
        .filter(file -> !file.getFileName().toString().matches("Recipes.*|package-info.java"));
  }

  private static Stream<Path> files(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return stripped(Files.readString(file).lines());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> stripped(Stream<String> lines) {
    return lines.map(String::strip).filter(line -> !line.isEmpty()).toList();
  }
}
