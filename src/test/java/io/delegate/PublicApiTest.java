package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The public API is what {@code src/docs/public-api.txt} says, so that no change to it goes
 * unnoticed. {@code mvn test -Dtest=PublicApiTest -Dapi.update} writes the file anew.
 */
final class PublicApiTest {
  private static final List<String> PACKAGES =
      List.of(
          "io.delegate",
          "io.delegate.codec",
          "io.delegate.report",
          "io.delegate.web",
          "io.delegate.spring",
          "io.delegate.cli",
          "io.delegate.cluster",
          "io.delegate.test");

  @Test
  void thePublicApiIsTheOneWrittenDown() throws Exception {
    Path file = Path.of(System.getProperty("basedir", ""), "src", "docs", "public-api.txt");
    String api = new PublicApi(classes()).toString();
    if (System.getProperty("api.update") != null) {
      Files.writeString(file, api);
    }
    String written = Files.exists(file) ? Files.readString(file) : "";
    assertThat(api.lines())
        .as(
            "The public API differs from src/docs/public-api.txt."
                + " If that is meant, run: mvn test -Dtest=PublicApiTest -Dapi.update"
                + " and commit the file.")
        .containsExactlyElementsOf(written.lines().toList());
  }

  private static List<Class<?>> classes() throws Exception {
    Path root = Path.of(Outcome.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return PACKAGES.stream().<Class<?>>flatMap(p -> classes(root, p)).toList();
  }

  private static Stream<Class<?>> classes(Path root, String name) {
    Path folder = root.resolve(name.replace('.', '/'));
    if (!Files.isDirectory(folder)) {
      return Stream.empty();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".class") && !f.contains("$") && !f.contains("-"))
          .sorted()
          .<Class<?>>map(f -> load(name + "." + f.substring(0, f.length() - ".class".length())))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + folder, e);
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, PublicApiTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
