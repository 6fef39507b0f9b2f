package io.delegate.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The class path that a JVM was started with. Jars that name others in their manifest are left as
 * they are: the child's JVM reads that, too.
 *
 * @param classPath as in {@code java.class.path}
 * @param onlyModules whether an empty one means nothing, and not the current directory
 * @param hidden the jar whose manifest was the class path before the program changed the property,
 *     as surefire does; null for none
 */
record ProgramPath(String classPath, boolean onlyModules, @Nullable String hidden)
    implements ClassSource {

  static ProgramPath ofThisJvm() {
    return new ProgramPath(
        System.getProperty("java.class.path", ""),
        System.getProperty("jdk.module.path") != null,
        System.getProperty("surefire.real.class.path"));
  }

  @Override
  public String what() {
    return "class path";
  }

  @Override
  public List<Location> locations() {
    List<Path> paths = paths();
    if (hidden != null && paths.stream().noneMatch(Files::exists)) {
      paths = split(hidden);
    }
    return paths.stream().<Location>map(Location.OnDisk::new).toList();
  }

  /** As it stands there; relative to where the JVM was started. */
  List<Path> paths() {
    return classPath.isEmpty() && onlyModules ? List.of() : split(classPath);
  }

  private static List<Path> split(String path) {
    List<Path> found = new ArrayList<>();
    for (String entry : path.split(File.pathSeparator, -1)) {
      if (entry.equals("*") || entry.endsWith("/*") || entry.endsWith(File.separator + "*")) {
        found.addAll(jarsIn(Path.of(entry.substring(0, entry.length() - 1))));
      } else {
        found.add(Path.of(entry));
      }
    }
    return found;
  }

  /** What a launcher would have made of {@code directory/*}. */
  private static List<Path> jarsIn(Path directory) {
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.{jar,JAR}")) {
      found.forEach(jars::add);
    } catch (IOException unreadable) {
      return List.of();
    }
    jars.sort(null);
    return jars;
  }
}
