package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.delegate.readme.CompiledSnippets;
import io.delegate.readme.Snippet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the documents show is run, as whoever copies it would. */
@ExtendWith(NothingLeft.class)
class ReadmeIT {
  private static final Path BASE = Path.of(System.getProperty("basedir", ""));
  private static final Duration LONG = Duration.ofSeconds(120);

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> everySnippetOfTheReadmeRuns() throws IOException {
    return each("README.md");
  }

  @TestFactory
  Stream<DynamicTest> everySnippetOfTheMigrationTablesRuns() throws IOException {
    return each("src/docs/migration.md");
  }

  private Stream<DynamicTest> each(String document) throws IOException {
    List<String> page = Files.readAllLines(BASE.resolve(document));
    List<Snippet> snippets = Snippet.in(page).stream().map(this::here).toList();
    assertThat(snippets).isNotEmpty();
    CompiledSnippets compiled = CompiledSnippets.in(snippets, directory);
    return snippets.stream()
        .map(
            snippet ->
                DynamicTest.dynamicTest(
                    snippet.toString(),
                    () -> assertTimeoutPreemptively(LONG, () -> run(compiled, snippet, page))))
        .onClose(() -> close(compiled));
  }

  /** What it takes for granted on the machine of whoever copies it is in a directory here. */
  private Snippet here(Snippet snippet) {
    String code =
        snippet
            .code()
            .replace("/opt/app/archives", directory.toString())
            .replace("typical.jpg", "README.md");
    return new Snippet(snippet.heading(), snippet.line(), code);
  }

  private static void run(CompiledSnippets compiled, Snippet snippet, List<String> page)
      throws Exception {
    if (snippet.isProgram()) {
      assertThat(masked(compiled.main(snippet))).isEqualTo(masked(snippet.output(page)));
      return;
    }
    if (snippet.code().contains("Sandbox.bwrap()")) {
      assumeTrue(bwrap(), "no bwrap, or no namespaces for this user");
    }
    compiled.run(snippet);
  }

  /** Processes and times are others each time. */
  private static List<String> masked(List<String> lines) {
    return lines.stream()
        .map(line -> line.replaceAll("(pid|took|age\\w*|peak\\w*)=[^,\\]]*", "$1=…"))
        .map(line -> line.replaceAll("in [0-9.]+ s, peak \\d+ MiB", "in … s, peak … MiB"))
        .toList();
  }

  private static boolean bwrap() throws InterruptedException {
    try {
      return new ProcessBuilder("bwrap", "--unshare-all", "--ro-bind", "/", "/", "true")
              .inheritIO()
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void close(CompiledSnippets compiled) {
    try {
      compiled.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
