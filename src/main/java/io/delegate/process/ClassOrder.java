package io.delegate.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A class path in two parts. An archive holds classes of jars only, and of those only that stand
 * before all directories: what is in a directory may change, and would hide what stands behind it.
 *
 * @param archivable jars
 * @param rest from the first directory on
 */
record ClassOrder(List<Path> archivable, List<Path> rest) {
  /**
   * {@code own}: what a child loads before any work of the user's. Where the class path has
   * directories, as in the middle of development, these go first; else the order is the user's.
   */
  static ClassOrder of(List<Path> classPath, List<Path> own) {
    int firstDirectory = 0;
    while (firstDirectory < classPath.size() && !Files.isDirectory(classPath.get(firstDirectory))) {
      firstDirectory++;
    }
    if (firstDirectory == classPath.size()) {
      return new ClassOrder(List.copyOf(classPath), List.of());
    }
    Set<Path> first = new LinkedHashSet<>(own);
    first.addAll(classPath.subList(0, firstDirectory));
    List<Path> rest = new ArrayList<>(classPath.subList(firstDirectory, classPath.size()));
    rest.removeAll(first);
    return new ClassOrder(List.copyOf(first), List.copyOf(rest));
  }

  /** Both parts. */
  List<Path> all() {
    List<Path> all = new ArrayList<>(archivable);
    all.addAll(rest);
    return all;
  }
}
