package io.delegate.process;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is said where a child would not find its classes: whose they are, and the way out. */
final class ClassAdvice {
  private static final String WAY_OUT =
      "name their jars and directories with the option classPath, Delegate's own and those of its"
          + " libraries among them";

  private ClassAdvice() {}

  /** None of the places has Delegate itself. */
  static StartException lost(LaunchSpec spec, Collection<Location> all) {
    List<String> elsewhere =
        all.stream()
            .filter(Location.Elsewhere.class::isInstance)
            .map(at -> ((Location.Elsewhere) at).url())
            .toList();
    return new StartException(
        "the child did not start: it would not find the class "
            + spec.mainClass()
            + ", which this program has from "
            + name(spec.loader())
            + (elsewhere.isEmpty() ? "" : ", in " + elsewhere)
            + ": that is no jar and no directory; "
            + WAY_OUT,
        null);
  }

  /** They are inside of a jar, and nothing could be written. */
  static StartException packed(
      LaunchSpec spec, List<Location.InJar> nested, List<Path> roots, Exception cause) {
    List<Path> jars = nested.stream().map(Location.InJar::jar).distinct().toList();
    return new StartException(
        "the child did not start: its classes are inside of "
            + jars
            + ", which this program reads by "
            + name(spec.loader())
            + ", and they cannot be unpacked to any of "
            + roots
            + ": "
            + cause
            + "; make room there, set classArchives to another directory, or unpack them yourself and "
            + WAY_OUT,
        cause);
  }

  static String tooNew(Class<?> type, int compiled, int child, Path home) {
    return "its class %s was compiled for Java %d, but the children run Java %d at %s; compile it with --release %d, or set javaHome to a JDK %d"
        .formatted(type.getName(), compiled, child, home, child, compiled);
  }

  private static String name(@Nullable ClassLoader loader) {
    if (loader == null) {
      return "boot class loader";
    }
    String name = loader.getName();
    return "class loader " + loader.getClass().getName() + (name == null ? "" : " (" + name + ")");
  }
}
