package io.delegate.process;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/** What is known of the JDK or JRE a child runs on. */
final class JavaHome {
  private static final Path OWN = Path.of(System.getProperty("java.home", ""));
  private static final Map<Path, Optional<Integer>> VERSIONS = new ConcurrentHashMap<>();

  private JavaHome() {}

  static Path executable(Path home) throws StartException {
    Path java = home.resolve("bin").resolve(Platform.WINDOWS ? "java.exe" : "java");
    if (!Files.exists(java)) {
      throw unusable(home, "there is no " + java);
    }
    if (!Files.isExecutable(java)) {
      throw unusable(home, java + " may not be executed");
    }
    return java.toAbsolutePath();
  }

  private static StartException unusable(Path home, String problem) {
    return StartException.option(
        "javaHome", home, problem, "give the directory of a JDK or JRE, such as " + OWN, null);
  }

  /** Its feature version, if it tells without being started. */
  static Optional<Integer> version(Path home) {
    return home.equals(OWN)
        ? Optional.of(Runtime.version().feature())
        : VERSIONS.computeIfAbsent(home, JavaHome::read);
  }

  private static Optional<Integer> read(Path home) {
    try (Reader reader =
        Files.newBufferedReader(home.resolve("release"), StandardCharsets.ISO_8859_1)) {
      Properties release = new Properties();
      release.load(reader);
      String version = release.getProperty("JAVA_VERSION", "").replace("\"", "");
      return Optional.of(Runtime.Version.parse(version).feature());
    } catch (IOException | IllegalArgumentException unknown) {
      return Optional.empty();
    }
  }
}
