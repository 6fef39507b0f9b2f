package io.delegate.worker;

import io.delegate.wire.Found;
import io.delegate.wire.Wanted;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a class loader of the parent that has classes in no file: what neither this JVM nor
 * the files have that came with its works, it is asked for. One loader for both, since classes in
 * files may name those that are not.
 */
final class ServedLoader extends URLClassLoader {
  /** Names that are remembered as missing; more than any program looks for again and again. */
  private static final int MOST_MISSES = 4_096;

  static {
    registerAsParallelCapable();
  }

  private final int number;
  private final Fetcher fetcher;
  private final Set<String> misses = new HashSet<>();
  private String why = "";

  ServedLoader(URL[] urls, ClassLoader parent, int number, Fetcher fetcher) {
    super(urls, parent);
    this.number = number;
    this.fetcher = fetcher;
  }

  /** Under a name that lets a child without such works do without this class. */
  static ClassLoader of(URL[] urls, ClassLoader parent, int number) {
    return new ServedLoader(urls, parent, number, Fetcher.toParent());
  }

  /** Another work of the same loader may be in another file. */
  static void addUrls(ClassLoader loader, URL[] urls) {
    if (loader instanceof ServedLoader served) {
      for (URL url : urls) {
        served.addURL(url); // does nothing for one that it has
      }
    }
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
    try {
      return super.findClass(name);
    } catch (ClassNotFoundException inNoFile) {
      return fetch(name);
    }
  }

  private Class<?> fetch(String name) throws ClassNotFoundException {
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
  public @Nullable URL findResource(String name) {
    URL inFile = super.findResource(name);
    if (inFile != null) {
      return inFile;
    }
    byte[] bytes = resource(name);
    return bytes == null ? null : url(name, bytes);
  }

  /** The parent gives one of that name, which may be in a file that is here as well. */
  @Override
  public Enumeration<URL> findResources(String name) throws IOException {
    List<URL> all = Collections.list(super.findResources(name));
    byte[] bytes = resource(name);
    if (bytes != null && !hasOne(all, bytes)) {
      URL served = url(name, bytes);
      if (served != null) {
        all.add(served);
      }
    }
    return Collections.enumeration(all);
  }

  private byte @Nullable [] resource(String name) {
    Found found = ask(Wanted.Kind.RESOURCE, name);
    return found == null || found.status() != Found.Status.HERE ? null : found.bytes();
  }

  private static @Nullable URL url(String name, byte[] bytes) {
    try {
      return new URL("served", null, -1, "/" + name, new InMemory(bytes));
    } catch (MalformedURLException e) {
      return null; // a name that no URL can have
    }
  }

  private static boolean hasOne(List<URL> urls, byte[] bytes) throws IOException {
    for (URL url : urls) {
      URLConnection connection = url.openConnection();
      connection.setUseCaches(false); // they would keep the jar open
      try (InputStream in = connection.getInputStream()) {
        if (Arrays.equals(in.readAllBytes(), bytes)) {
          return true;
        }
      }
    }
    return false;
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
