package io.delegate.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * A class path in two parts. An archive holds classes of jars only, and of those only that stand
 * before all directories: what is in a directory may change, and would hide what stands behind it.
 *
 * @param archivable jars
 * @param rest from the first entry on that is no such jar
 * @param boot finds the classes instead, where there is no class path
 */
record ClassOrder(List<Path> archivable, List<Path> rest, @Nullable BootLauncher boot) {
  ClassOrder(List<Path> archivable, List<Path> rest) {
    this(archivable, rest, null);
  }

  static ClassOrder by(BootLauncher boot) {
    return new ClassOrder(List.of(), List.of(), boot);
  }

  /**
   * {@code own}: what a child loads before any work of the user's. Where the class path has
   * directories, as in the middle of development, these go first; else the order is the user's.
   */
  static ClassOrder of(List<Path> classPath, List<Path> own) {
    Set<Path> first = new LinkedHashSet<>();
    if (classPath.stream().anyMatch(Files::isDirectory)) {
      first.addAll(own);
    }
    int end = 0;
    while (end < classPath.size() && add(classPath.get(end), first)) {
      end++;
    }
    List<Path> rest = new ArrayList<>(classPath.subList(end, classPath.size()));
    rest.removeAll(first);
    return new ClassOrder(List.copyOf(first), List.copyOf(rest));
  }

  /**
   * Adds a jar and those that its manifest names, where Java looks for classes right after it.
   * False if the JVM would see something else: it takes no URLs there and decodes no names.
   */
  private static boolean add(Path jar, Set<Path> to) {
    if (to.contains(jar)) {
      return true;
    }
    Set<Path> added = new LinkedHashSet<>(to);
    try {
      if (!expand(jar, added)) {
        return false;
      }
    } catch (IOException | RuntimeException e) {
      return false;
    }
    to.addAll(added);
    return true;
  }

  private static boolean expand(Path jar, Set<Path> to) throws IOException {
    if (!Files.isRegularFile(jar) || !ChildJar.isPlain(jar)) {
      return false;
    }
    if (!to.add(jar)) {
      return true;
    }
    String named = "";
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      String value =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      named = value == null ? "" : value.strip();
    }
    for (String entry : named.isEmpty() ? new String[0] : named.split(" +")) {
      if (entry.indexOf('%') >= 0 || entry.indexOf(':') >= 0 || entry.startsWith("/")) {
        return false;
      }
      try {
        if (!expand(jar.resolveSibling(entry).normalize(), to)) {
          return false;
        }
      } catch (InvalidPathException e) {
        return false;
      }
    }
    return true;
  }

  /** Both parts. */
  List<Path> all() {
    List<Path> all = new ArrayList<>(archivable);
    all.addAll(rest);
    return all;
  }
}
