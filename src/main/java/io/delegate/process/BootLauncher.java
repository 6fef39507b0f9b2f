package io.delegate.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The last means for an executable jar of Spring Boot that cannot be unpacked: the launcher that
 * such a jar has inside reads it in place, and starts any class. A start takes about twice as long.
 *
 * @param jar the executable jar
 * @param launcher the name of the class
 * @param properties what that launcher is told, beside the class to start
 */
record BootLauncher(Path jar, String launcher, Map<String, String> properties) {
  /** Since 3.2, and before. */
  private static final List<String> LAUNCHERS =
      List.of(
          "org.springframework.boot.loader.launch.PropertiesLauncher",
          "org.springframework.boot.loader.PropertiesLauncher");

  /** In a war, which the launcher does not look into by itself. */
  private static final List<String> OF_A_WAR =
      List.of("WEB-INF/classes", "WEB-INF/lib", "WEB-INF/lib-provided");

  /**
   * Null where it would not serve.
   *
   * @param nested what must be found, in the parent's order
   * @param beside what else: files and directories
   * @param parent the parent's system properties and variables
   */
  static @Nullable BootLauncher of(
      List<Location.InJar> nested, List<Path> beside, UnaryOperator<@Nullable String> parent) {
    Set<Path> jars = nested.stream().map(Location.InJar::jar).collect(Collectors.toSet());
    if (jars.size() != 1) {
      return null;
    }
    Path jar = jars.iterator().next();
    try (ZipFile file = new ZipFile(jar.toFile())) {
      for (String launcher : LAUNCHERS) {
        if (file.getEntry(launcher.replace('.', '/') + ".class") != null) {
          boolean war = nested.stream().anyMatch(at -> at.entry().startsWith("WEB-INF/"));
          return new BootLauncher(jar, launcher, properties(jar, war, beside, parent));
        }
      }
      return null;
    } catch (IOException e) {
      return null;
    }
  }

  /** Variables of the parent's are properties of the child's: it is not given its variables. */
  private static Map<String, String> properties(
      Path jar, boolean war, List<Path> beside, UnaryOperator<@Nullable String> parent) {
    String home = parent.apply("loader.home");
    String path = parent.apply("loader.path");
    Set<String> paths = new LinkedHashSet<>();
    Stream.of(path == null ? new String[0] : path.split(","))
        .map(String::strip)
        .forEach(paths::add);
    if (war && path == null) {
      OF_A_WAR.forEach(entry -> paths.add("jar:" + jar.toUri() + "!/" + entry));
    }
    for (Path entry : beside) {
      if (!entry.equals(jar) && entry.toString().indexOf(',') < 0) {
        paths.add(entry.toString());
      }
    }
    Path absolute = Path.of(home == null ? "" : home).toAbsolutePath();
    return paths.isEmpty()
        ? Map.of("loader.home", absolute.toString())
        : Map.of("loader.home", absolute.toString(), "loader.path", String.join(",", paths));
  }

  /** Of this JVM; {@code loader.path} may also be the variable {@code LOADER_PATH}. */
  static @Nullable String ofThisJvm(String name) {
    String value = System.getProperty(name);
    return value != null
        ? value
        : System.getenv(name.replace('.', '_').toUpperCase(java.util.Locale.ROOT));
  }

  /** What the JVM is to run. */
  List<String> program(LaunchSpec spec) {
    List<String> words = new ArrayList<>();
    for (String opened : spec.addOpens()) {
      words.addAll(List.of("--add-opens", opened + "=ALL-UNNAMED"));
    }
    properties.forEach((name, value) -> words.add("-D" + name + "=" + value));
    words.add("-Dloader.main=" + spec.mainClass());
    words.addAll(List.of("-cp", jar.toString(), launcher));
    return words;
  }
}
