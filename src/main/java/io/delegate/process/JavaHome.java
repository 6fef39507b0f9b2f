package io.delegate.process;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is known of the JDK or JRE a child runs on. */
final class JavaHome {
  private static final Path OWN = Path.of(System.getProperty("java.home", ""));
  private static final Map<Path, Told> KNOWN = new ConcurrentHashMap<>();

  /** What it says of itself; no modules where it does not name them. */
  private record Told(Optional<Integer> version, Set<String> modules) {}

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
        : KNOWN.computeIfAbsent(home, JavaHome::read).version();
  }

  /** Whether it is known to be without that module of the JDK's. */
  static boolean lacks(Path home, String module) {
    Set<String> modules =
        home.equals(OWN) ? Set.of() : KNOWN.computeIfAbsent(home, JavaHome::read).modules();
    return !modules.isEmpty() && !modules.contains(module);
  }

  private static Told read(Path home) {
    try (Reader reader =
        Files.newBufferedReader(home.resolve("release"), StandardCharsets.ISO_8859_1)) {
      Properties release = new Properties();
      release.load(reader);
      return new Told(
          version(value(release, "JAVA_VERSION")),
          Stream.of(value(release, "MODULES").split(" ", -1))
              .filter(name -> !name.isBlank())
              .collect(Collectors.toSet()));
    } catch (IOException | IllegalArgumentException unknown) {
      return new Told(Optional.empty(), Set.of());
    }
  }

  private static String value(Properties release, String name) {
    return release.getProperty(name, "").replace("\"", "");
  }

  private static Optional<Integer> version(String text) {
    try {
      return Optional.of(Runtime.Version.parse(text).feature());
    } catch (IllegalArgumentException unknown) {
      return Optional.empty();
    }
  }
}
