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
 * The modules that a JVM was started with; in a child they are on the class path.
 *
 * @param modulePath as in {@code jdk.module.path}; null for none
 */
record ModulePath(@Nullable String modulePath) implements ClassSource {
  static ModulePath ofThisJvm() {
    return new ModulePath(System.getProperty("jdk.module.path"));
  }

  @Override
  public String what() {
    return "module path";
  }

  @Override
  public List<Location> locations() {
    return paths().stream().<Location>map(Location.OnDisk::new).toList();
  }

  List<Path> paths() {
    List<Path> found = new ArrayList<>();
    for (String entry : modulePath == null ? new String[0] : modulePath.split(File.pathSeparator)) {
      if (!entry.isEmpty()) {
        addModules(Path.of(entry), found);
      }
    }
    return found;
  }

  /** An entry of a module path is a module, or a directory of modules. */
  private static void addModules(Path entry, List<Path> found) {
    if (!Files.isDirectory(entry) || Files.exists(entry.resolve("module-info.class"))) {
      found.add(entry);
      return;
    }
    List<Path> modules = new ArrayList<>();
    try (DirectoryStream<Path> inside = Files.newDirectoryStream(entry)) {
      for (Path module : inside) {
        if (module.toString().endsWith(".jar")
            || Files.exists(module.resolve("module-info.class"))) {
          modules.add(module);
        }
      }
    } catch (IOException unreadable) {
      return;
    }
    modules.sort(null);
    found.addAll(modules);
  }
}
