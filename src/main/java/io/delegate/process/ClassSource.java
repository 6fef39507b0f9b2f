package io.delegate.process;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One place that tells where classes of the running program are. */
interface ClassSource {
  /** In the order in which they are searched; empty if it knows of none. */
  List<Location> locations();

  /**
   * Those of the running program, in the order in which they are asked; their answers add up.
   *
   * @param loader of this library
   */
  static List<ClassSource> ofProgram(ClassLoader loader) {
    return List.of(
        ProgramPath.ofThisJvm(),
        ModulePath.ofThisJvm(),
        new LoaderUrls(loader),
        new OwnPlace(OwnClasses.class));
  }

  /** What all of them say, each place once. */
  static List<Location> ask(List<ClassSource> sources) {
    Set<Location> found = new LinkedHashSet<>();
    for (ClassSource source : sources) {
      found.addAll(source.locations());
    }
    return new ArrayList<>(found);
  }
}
