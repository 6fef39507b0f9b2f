package io.delegate.engine;

import io.delegate.process.ClassPath;
import io.delegate.wire.Found;
import io.delegate.wire.Wanted;
import java.io.InputStream;
import java.util.Arrays;

/**
 * What a class loader has of its own: the bytes of its classes and, for children that are trusted,
 * its resources. What the program's own class path has is on that of the children, or shall not
 * reach them.
 */
final class ClassSource {
  private static final String CLASS = ".class";

  private ClassSource() {}

  /** Blocks as long as the loader does; never throws. */
  static Found find(ClassLoader loader, Wanted wanted, boolean trusted) {
    String name = wanted.name();
    boolean isClass = wanted.kind() == Wanted.Kind.CLASS;
    String path = isClass ? name.replace('.', '/') + CLASS : name;
    String told = told(loader);
    try {
      boolean allowed = trusted || path.endsWith(CLASS);
      if (!allowed || !isPlain(path) || isOurs(path)) {
        return absent(told);
      }
      byte[] bytes;
      try (InputStream in = loader.getResourceAsStream(path)) {
        if (in == null) {
          return isClass && trusted && has(loader, name) ? withoutBytes(told, path) : absent(told);
        }
        bytes = in.readNBytes(Found.LARGEST + 1);
      }
      return bytes.length <= Found.LARGEST
          ? new Found(Found.Status.HERE, bytes)
          : Found.refused(
              "%s of %s takes more than %,d MiB, which is the most that can be sent; put it into a jar or a file"
                  .formatted(path, told, Found.LARGEST >> 20));
    } catch (Throwable thrown) { // by the loader, which may be anything
      return Found.refused(told + " threw " + thrown.getClass().getName() + " when asked for it");
    }
  }

  /** No way out of where the loader looks, should that be a directory. */
  private static boolean isPlain(String path) {
    return path.indexOf('\\') < 0
        && path.indexOf('\0') < 0
        && !path.startsWith("/")
        && Arrays.stream(path.split("/", -1))
            .noneMatch(part -> part.equals("..") || part.equals("."));
  }

  /** In a container Delegate's own loader is not the system's, and is that of the application. */
  private static boolean isOurs(String path) {
    ClassLoader own = ClassSource.class.getClassLoader();
    return ClassLoader.getSystemClassLoader().getResource(path) != null
        || (ClassPath.tells(own) && own.getResource(path) != null);
  }

  private static boolean has(ClassLoader loader, String name) {
    try {
      return Class.forName(name, false, loader) != null;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  private static Found absent(String told) {
    return Found.absent(
        told
            + " has none. Classes of the program's own class path are not sent:"
            + " a child must have them on its own (option classPath)");
  }

  private static Found withoutBytes(String told, String path) {
    return Found.refused(
        told
            + " has it, but gives no bytes of it: its getResourceAsStream(\""
            + path
            + "\") is null. Let it find its class files as resources, or put the classes into a"
            + " directory or a jar and load them with a URLClassLoader");
  }

  /** Not by its own method, which may do anything. */
  private static String told(ClassLoader loader) {
    return "class loader "
        + loader.getClass().getName()
        + "@"
        + Integer.toHexString(System.identityHashCode(loader))
        + " of the program";
  }
}
