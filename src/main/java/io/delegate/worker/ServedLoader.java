package io.delegate.worker;

import io.delegate.wire.Found;
import io.delegate.wire.Wanted;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a class loader of the parent that has no files: what this JVM does not find, it is
 * asked for.
 */
final class ServedLoader extends ClassLoader {
  /** Names that are remembered as missing; more than any program looks for again and again. */
  private static final int MOST_MISSES = 4_096;

  static {
    registerAsParallelCapable();
  }

  private final int number;
  private final Fetcher fetcher;
  private final Set<String> misses = new HashSet<>();
  private String why = "";

  ServedLoader(ClassLoader parent, int number, Fetcher fetcher) {
    super(parent);
    this.number = number;
    this.fetcher = fetcher;
  }

  /** Under a name that lets a child without such works do without this class. */
  static ClassLoader over(ClassLoader parent, int number) {
    return new ServedLoader(parent, number, Fetcher.toParent());
  }

  /** There may be more classes now: a work has come that was made after the last question. */
  static void lookAgain(ClassLoader loader) {
    if (loader instanceof ServedLoader served) {
      synchronized (served.misses) {
        served.misses.clear();
      }
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (name.startsWith("java.") || name.startsWith("[")) {
      throw new ClassNotFoundException(name); // nobody may define the one, or fetch the other
    }
    Found found = ask(Wanted.Kind.CLASS, name);
    if (found == null) {
      throw new ClassNotFoundException(name + ": " + why());
    }
    if (found.status() == Found.Status.REFUSED) {
      throw new NoClassDefFoundError(name + ": " + found.why());
    }
    return defineClass(name, found.bytes(), 0, found.bytes().length);
  }

  @Override
  protected @Nullable URL findResource(String name) {
    Found found = ask(Wanted.Kind.RESOURCE, name);
    if (found == null || found.status() != Found.Status.HERE) {
      return null;
    }
    try {
      return new URL("served", null, -1, "/" + name, new InMemory(found.bytes()));
    } catch (MalformedURLException e) {
      return null; // a name that no URL can have
    }
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    URL only = findResource(name);
    return only == null ? Collections.emptyEnumeration() : Collections.enumeration(List.of(only));
  }

  /** Null for what the parent does not have either. */
  private @Nullable Found ask(Wanted.Kind kind, String name) {
    String key = kind == Wanted.Kind.CLASS ? "." + name : name;
    synchronized (misses) {
      if (name.isEmpty() || misses.contains(key) || !Wanted.fits(name)) {
        return null;
      }
    }
    Found found = fetcher.ask(new Wanted(number, kind, name));
    if (found.status() != Found.Status.ABSENT) {
      return found;
    }
    synchronized (misses) {
      if (misses.size() >= MOST_MISSES) {
        misses.clear();
      }
      misses.add(key);
      if (kind == Wanted.Kind.CLASS) {
        why = found.why();
      }
    }
    return null;
  }

  private String why() {
    synchronized (misses) {
      return why;
    }
  }

  /** Opens the URL of a resource that has come already. */
  private static final class InMemory extends URLStreamHandler {
    private final byte[] bytes;

    InMemory(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    protected URLConnection openConnection(URL url) {
      return new URLConnection(url) {
        @Override
        public void connect() {
          connected = true;
        }

        @Override
        public InputStream getInputStream() {
          return new ByteArrayInputStream(bytes);
        }

        @Override
        public long getContentLengthLong() {
          return bytes.length;
        }
      };
    }
  }
}
