package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.readme.InMemoryCompiler;
import io.delegate.readme.Snippet;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the documents say of the code is so. */
final class ReadmeTest {
  private static final Path BASE = Path.of(System.getProperty("basedir", ""));
  private static final Pattern LINK = Pattern.compile("\\]\\(([^):#]+)(#[^)]*)?\\)");
  private static final Pattern ANCHOR = Pattern.compile("\\]\\(#([^)]*)\\)");

  @TestFactory
  Stream<DynamicTest> everySnippetCompiles() throws IOException {
    return Stream.concat(
            Snippet.in(readme()).stream(),
            Snippet.in(Files.readAllLines(BASE.resolve("src/docs/migration.md"))).stream())
        .map(
            snippet ->
                DynamicTest.dynamicTest(
                    snippet.toString(),
                    () ->
                        assertThat(InMemoryCompiler.errors(snippet))
                            .as(snippet.source())
                            .isEmpty()));
  }

  @Test
  void aSnippetThatIsWrongIsFound() throws IOException {
    Snippet wrong = new Snippet("", 1, "int children = scheduler;");
    assertThat(InMemoryCompiler.errors(wrong)).hasSize(1);
  }

  @Test
  void thereAreSnippets() throws IOException {
    assertThat(Snippet.in(readme())).hasSizeGreaterThan(10);
  }

  @Test
  void theTableNamesEachOptionOnce() throws IOException {
    List<String> table =
        section("## Options").stream()
            .map(Pattern.compile("\\| `(\\w+\\([^)]*\\))` \\|.*")::matcher)
            .filter(row -> row.matches())
            .map(row -> row.group(1))
            .toList();
    List<String> options =
        Arrays.stream(ProcessScheduler.Builder.class.getMethods())
            .filter(m -> !m.getName().equals("build"))
            .map(ReadmeTest::signature)
            .toList();
    assertThat(table).containsExactlyInAnyOrderElementsOf(options);
  }

  private static String signature(Method option) {
    String parameter = option.getParameterTypes()[0].getSimpleName();
    String shown = option.isVarArgs() ? parameter.replace("[]", "...") : parameter;
    return option.getName() + "(" + shown + ")";
  }

  @Test
  void everyOutcomeAndEveryCauseIsExplained() throws IOException {
    List<String> outcomes = section("### The four outcomes");
    Stream<String> names =
        Stream.concat(
            Arrays.stream(Outcome.class.getPermittedSubclasses()).map(Class::getSimpleName),
            Arrays.stream(Death.Cause.values()).map(Enum::name));
    names.forEach(
        name -> assertThat(outcomes).as(name).anyMatch(row -> row.startsWith("| `" + name + "` ")));
  }

  @Test
  void everyLinkLeadsToAFile() throws IOException {
    for (Path document :
        List.of(
            BASE.resolve("README.md"),
            BASE.resolve("CHANGELOG.md"),
            BASE.resolve("src/docs/README.md"),
            BASE.resolve("src/docs/recipes.md"),
            BASE.resolve("src/docs/migration.md"),
            BASE.resolve("src/docs/release.md"))) {
      LINK.matcher(Files.readString(document))
          .results()
          .map(link -> document.resolveSibling(link.group(1)))
          .forEach(target -> assertThat(target).exists());
    }
  }

  @Test
  void everyAnchorIsAHeading() throws IOException {
    List<String> anchors =
        readme().stream()
            .filter(line -> line.startsWith("#"))
            .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
            .map(line -> line.replace(' ', '-'))
            .toList();
    assertThat(
            ANCHOR.matcher(String.join("\n", readme())).results().map(MatchResult::group).toList())
        .allSatisfy(
            link ->
                assertThat(anchors).contains(link.substring("](#".length(), link.length() - 1)));
  }

  @Test
  void theIndexNamesEveryDecision() throws IOException {
    String index = Files.readString(BASE.resolve("src/docs/README.md"));
    try (Stream<Path> decisions = Files.list(BASE.resolve("src/docs/decisions"))) {
      assertThat(decisions.map(p -> "(decisions/" + p.getFileName() + ")").toList())
          .isNotEmpty()
          .allSatisfy(link -> assertThat(index).contains(link));
    }
  }

  private static List<String> readme() throws IOException {
    return Files.readAllLines(BASE.resolve("README.md"));
  }

  /** The lines below a heading, to the next one. */
  private static List<String> section(String heading) throws IOException {
    List<String> lines = readme();
    assertThat(lines).contains(heading);
    return lines.stream()
        .skip(lines.indexOf(heading) + 1L)
        .takeWhile(line -> !line.startsWith("#"))
        .toList();
  }
}
