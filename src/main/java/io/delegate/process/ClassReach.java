package io.delegate.process;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether children can load the class of a work: what is known of that before it is sent. */
final class ClassReach {
  /** The number that class files of Java 1 would have had: 45 is Java 1.1. */
  private static final int FIRST = 44;

  private static final String LAMBDA = "$$Lambda";

  private static final int MAGIC = 0xCAFEBABE;

  private static final ClassValue<Optional<Location>> PLACES =
      new ClassValue<>() {
        @Override
        protected Optional<Location> computeValue(Class<?> type) {
          return Optional.ofNullable(look(type));
        }
      };

  private static final ClassValue<Integer> VERSIONS =
      new ClassValue<>() {
        @Override
        protected Integer computeValue(Class<?> type) {
          return readVersion(type);
        }
      };

  private ClassReach() {}

  /** Why it cannot, with the remedy; null if it may. */
  static @Nullable String objection(LaunchSpec spec, Class<?> type) {
    int child = JavaHome.version(spec.javaHome()).orElse(0);
    if (child > 0 && child < Runtime.version().feature() && VERSIONS.get(type) > child) {
      return ClassAdvice.tooNew(type, VERSIONS.get(type), child, spec.javaHome());
    }
    return null;
  }

  /** Where a class is that is not of the program's own loaders; null if that is not known. */
  static @Nullable Location place(Class<?> type) {
    return PLACES.get(type).orElse(null);
  }

  /**
   * Whether it is from a loader whose classes the children have from their start. A loader that may
   * be anything has more than those of this library.
   */
  static boolean isShared(LaunchSpec spec, Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    if (loader == null
        || loader == ClassLoader.getSystemClassLoader()
        || loader == ClassLoader.getPlatformClassLoader()) {
      return true;
    }
    for (ClassLoader at = spec.loader(); at != null; at = at.getParent()) {
      if (at == loader) {
        return LoaderUrls.tells(at);
      }
    }
    return false;
  }

  /** The file of the class; of a lambda that of the class it stands in. */
  private static String file(Class<?> type) {
    String name = type.getName();
    int lambda = name.indexOf(LAMBDA);
    return (lambda < 0 ? name : name.substring(0, lambda)).replace('.', '/') + ".class";
  }

  private static @Nullable Location look(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    URL url = loader == null ? null : loader.getResource(file(type));
    return url == null ? null : Location.of(url, file(type));
  }

  /** For which Java; 0 if that is not known. */
  private static int readVersion(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    if (loader == null) {
      return 0;
    }
    try (InputStream in = loader.getResourceAsStream(file(type))) {
      if (in == null) {
        return 0;
      }
      DataInputStream data = new DataInputStream(in);
      if (data.readInt() != MAGIC) {
        return 0;
      }
      data.readUnsignedShort(); // the minor version
      return data.readUnsignedShort() - FIRST;
    } catch (IOException unknown) {
      return 0;
    }
  }
}
