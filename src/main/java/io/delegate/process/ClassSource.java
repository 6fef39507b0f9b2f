package io.delegate.process;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One place that tells where classes of the running program are. */
interface ClassSource {
  /** In the order in which they are searched; empty if it knows of none. */
  List<Location> locations();

  /** In a word or two, for whoever looks why a class is not found. */
  default String what() {
    return "others";
  }

  /**
   * Those of the running program, in the order in which they are asked; their answers add up.
   *
   * @param loader of this library
   */
  static List<ClassSource> ofProgram(ClassLoader loader) {
    List<ClassSource> all = new ArrayList<>();
    all.add(ProgramPath.ofThisJvm());
    all.add(ModulePath.ofThisJvm());
    all.add(new LoaderUrls(loader));
    all.add(new OwnPlace(OwnClasses.class));
    if (!LoaderUrls.tells(loader)) { // nor do those say where they are that this library needs
      OwnClasses.needed(loader).forEach(type -> all.add(new OwnPlace(type)));
    }
    return all;
  }

  /** How much of it comes from where: {@code 12 by class path, 3 by module path}. */
  static String told(List<ClassSource> sources) {
    Set<Location> before = new LinkedHashSet<>();
    List<String> parts = new ArrayList<>();
    for (ClassSource source : sources) {
      List<Location> all = source.locations();
      long more = all.stream().filter(before::add).count();
      boolean packed = all.stream().anyMatch(Location.InJar.class::isInstance);
      if (more > 0) {
        parts.add(more + " by " + source.what() + (packed ? ", in a jar" : ""));
      }
    }
    return String.join("; ", parts);
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
