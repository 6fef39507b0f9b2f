package io.delegate.engine;

import io.delegate.process.ClassPath;
import io.delegate.wire.Found;
import io.delegate.wire.Wanted;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of the class loaders that children may ask for classes, since they have no files to
 * send along. The loaders themselves are held by the works of theirs that are known, not here.
 */
final class ServedLoaders {
  /** The one loader whose classes change: who writes a method anew there means the new one. */
  private static final String JSHELLS = "jdk.jshell.";

  private static final ClassValue<Boolean> IN_FILE =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return isInFile(type);
        }
      };

  private static final class Numbered {
    final int number;
    final WeakReference<ClassLoader> loader;

    /** Of classes that children have, a hash of the bytes; where they may change. */
    final Map<String, Integer> given = new HashMap<>();

    boolean outdated;

    Numbered(int number, ClassLoader loader) {
      this.number = number;
      this.loader = new WeakReference<>(loader);
    }
  }

  private final List<Numbered> known = new ArrayList<>();
  private int last;

  /** Its number, from 1; another one when classes that children have are not the same any more. */
  synchronized int numberOf(ClassLoader loader) {
    known.removeIf(each -> each.loader.get() == null);
    for (Numbered each : known) {
      if (each.loader.get() == loader && !each.outdated) {
        each.outdated = hasChanged(loader, each.given);
        if (!each.outdated) {
          return each.number;
        }
      }
    }
    known.add(new Numbered(++last, loader));
    return last;
  }

  private static boolean hasChanged(ClassLoader loader, Map<String, Integer> given) {
    for (Map.Entry<String, Integer> each : given.entrySet()) {
      Found now = ClassSource.find(loader, new Wanted(0, Wanted.Kind.CLASS, each.getKey()), true);
      if (Arrays.hashCode(now.bytes()) != each.getValue()) {
        return true;
      }
    }
    return false;
  }

  /** A child is given that. */
  void gave(Wanted wanted, ClassLoader loader, Found found) {
    boolean mayChange = loader.getClass().getName().startsWith(JSHELLS);
    if (!mayChange || wanted.kind() != Wanted.Kind.CLASS || found.status() != Found.Status.HERE) {
      return;
    }
    synchronized (this) {
      for (Numbered each : known) {
        if (each.number == wanted.loader()) {
          each.given.put(wanted.name(), Arrays.hashCode(found.bytes()));
        }
      }
    }
  }

  /** The loader of that number; null when it is gone. */
  synchronized @Nullable ClassLoader get(int number) {
    for (Numbered each : known) {
      if (each.number == number) {
        return each.loader.get();
      }
    }
    return null;
  }

  /**
   * Whether classes that a work may need are in no file that is sent along: some loader between its
   * own and those that the children's own class path stands for has others. One above its own that
   * has defined none only filters names.
   */
  static boolean isServed(ClassLoader loader, Class<?> type) {
    for (ClassLoader at = loader; at != null && !isChildrens(at); at = at.getParent()) {
      boolean hasClasses = at == loader || at.getDefinedPackages().length > 0;
      if (hasClasses && !isOfFiles(at, type)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The system's class loader, or one above it; or that of Delegate itself, or one above that, if
   * it tells what it has.
   */
  private static boolean isChildrens(ClassLoader loader) {
    return isAt(loader, ClassLoader.getSystemClassLoader())
        || (isAt(loader, ServedLoaders.class.getClassLoader()) && ClassPath.tells(loader));
  }

  private static boolean isAt(ClassLoader loader, ClassLoader first) {
    for (ClassLoader at = first; at != null; at = at.getParent()) {
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
        && (type.getClassLoader() != loader
            || IN_FILE.get(
                type.isHidden() ? type.getNestHost() : type)); // a lambda is in its class
  }

  private static boolean isInFile(Class<?> type) {
    try {
      ClassLoader loader = type.getClassLoader();
      if (loader == null) {
        return true;
      }
      URL file = loader.getResource(type.getName().replace('.', '/') + ".class");
      String text = file == null ? "" : file.toString();
      return text.startsWith("file:")
          || (text.startsWith("jar:file:") && text.indexOf("!/") == text.lastIndexOf("!/"));
    } catch (RuntimeException e) { // the loader's own
      return false;
    }
  }
}
