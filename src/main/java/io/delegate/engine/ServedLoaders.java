package io.delegate.engine;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of the class loaders that children may ask for classes, since they have no files to
 * send along. The loaders themselves are held by the works of theirs that are known, not here.
 */
final class ServedLoaders {
  private record Numbered(int number, WeakReference<ClassLoader> loader) {}

  private final List<Numbered> known = new ArrayList<>();
  private int last;

  /** Its number, from 1. */
  synchronized int numberOf(ClassLoader loader) {
    known.removeIf(each -> each.loader().get() == null);
    for (Numbered each : known) {
      if (each.loader().get() == loader) {
        return each.number();
      }
    }
    known.add(new Numbered(++last, new WeakReference<>(loader)));
    return last;
  }

  /** The loader of that number; null when it is gone. */
  synchronized @Nullable ClassLoader get(int number) {
    for (Numbered each : known) {
      if (each.number() == number) {
        return each.loader().get();
      }
    }
    return null;
  }

  /**
   * Whether classes that a work may need are in no file that is sent along: some loader between its
   * own and the system's has others.
   */
  static boolean isServed(ClassLoader loader, Class<?> type) {
    for (ClassLoader at = loader; at != null && !isSystems(at); at = at.getParent()) {
      if (!isOfFiles(at, type)) {
        return true;
      }
    }
    return false;
  }

  /** The system's class loader, or one above it. */
  private static boolean isSystems(ClassLoader loader) {
    for (ClassLoader at = ClassLoader.getSystemClassLoader(); at != null; at = at.getParent()) {
      if (at == loader) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfFiles(ClassLoader loader, Class<?> type) {
    if (!(loader instanceof URLClassLoader urls)) {
      return false;
    }
    URL[] all = urls.getURLs();
    for (URL url : all == null ? new URL[0] : all) {
      if (!"file".equalsIgnoreCase(url.getProtocol())) {
        return false;
      }
    }
    if (loader.getClass() == URLClassLoader.class) {
      return true;
    }
    // of another kind: JShell's has none of its classes in its URLs, those of servers have all
    return all != null
        && all.length > 0
        && (type.getClassLoader() != loader || isInFile(loader, type));
  }

  private static boolean isInFile(ClassLoader loader, Class<?> type) {
    Class<?> named = type.isHidden() ? type.getNestHost() : type; // a lambda's is its class
    try {
      URL file = loader.getResource(named.getName().replace('.', '/') + ".class");
      String text = file == null ? "" : file.toString();
      return text.startsWith("file:")
          || (text.startsWith("jar:file:") && text.indexOf("!/") == text.lastIndexOf("!/"));
    } catch (RuntimeException e) { // the loader's own
      return false;
    }
  }
}
