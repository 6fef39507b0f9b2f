package io.delegate.engine;

import io.delegate.DelegateException;
import io.delegate.codec.WorkCodec;
import io.delegate.process.ClassPath;
import io.delegate.process.LaunchSpec;
import io.delegate.wire.WorkFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Gives works their numbers. Two works with the same bytes are one: a lambda that is made anew for
 * every call is sent to a child only once.
 *
 * <p>A work no stream uses any more is kept for a while, so that the next call finds it in the
 * children, and then forgotten, so that a scheduler may serve for ever.
 */
final class WorkBook {
  /** How many unused works the children keep; each is usually some hundred bytes and a class. */
  private static final int KEPT = 64;

  private final LaunchSpec launch;
  private final int limit;
  private final ServedLoaders loaders = new ServedLoaders();
  private final Map<Key, Shipped> known = new HashMap<>();
  private final Map<Integer, Integer> uses = new HashMap<>();
  private final LinkedHashMap<Integer, Key> unused = new LinkedHashMap<>();
  private int last;

  WorkBook(LaunchSpec launch, int limit) {
    this.launch = launch;
    this.limit = limit;
  }

  /** The same bytes from the same loader, which goes by the same number if it has one. */
  private record Key(byte[] bytes, ClassLoader loader, int served) {
    static Key of(WorkFrame frame, ClassLoader loader) {
      return new Key(frame.bytes(), loader, frame.servedBy());
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Key k
          && loader == k.loader
          && served == k.served
          && Arrays.equals(bytes, k.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  /** The number and form of a work; to be given back by {@link #release}. */
  Shipped acquire(Object work) {
    return acquire(work, work);
  }

  /**
   * The number and form of a work, with the classes of the loader of {@code origin}; to be given
   * back by {@link #release}.
   *
   * @throws DelegateException.NotShippable when it cannot be serialized
   */
  Shipped acquire(Object work, Object origin) {
    ClassLoader loader = loaderOf(origin);
    byte[] bytes = encode(work);
    List<String> urls = classPathOf(loader, origin);
    WorkFrame unnumbered = new WorkFrame(0, urls, bytes);
    Key key = Key.of(unnumbered, loader);
    long length = unnumbered.length();
    if (length > limit) {
      throw new DelegateException.NotShippable(
          "the work takes %,d bytes with all that it captures, more than the limit of %,d for one frame (option maxFrame);"
                  .formatted(length, limit)
              + " give large data as items, or let the work read it itself",
          null);
    }
    synchronized (this) {
      Shipped shipped =
          known.computeIfAbsent(
              key, k -> new Shipped(new WorkFrame(++last, urls, k.bytes()), loader));
      uses.merge(shipped.id(), 1, Integer::sum);
      unused.remove(shipped.id());
      return shipped;
    }
  }

  /** A work is used once less. The number of a work to forget is handed to {@code forget}. */
  synchronized void release(Shipped shipped, IntConsumer forget) {
    int left = uses.merge(shipped.id(), -1, Integer::sum);
    if (left > 0) {
      return;
    }
    uses.remove(shipped.id());
    unused.put(shipped.id(), Key.of(shipped.frame(), shipped.loader()));
    if (unused.size() > KEPT) {
      var eldest = unused.entrySet().iterator().next();
      unused.remove(eldest.getKey());
      known.remove(eldest.getValue());
      forget.accept(eldest.getKey());
    }
  }

  /** The initializer, which has no number. */
  WorkFrame initializer(Object task) {
    return new WorkFrame(0, classPathOf(loaderOf(task), task), encode(task));
  }

  static byte[] encode(Object work) {
    try {
      return WorkCodec.encode(work);
    } catch (IOException e) {
      throw new DelegateException.NotShippable(
          "the work cannot be sent to a child: "
              + e.getMessage()
              + "; a work must be serializable with all that it captures: make it a lambda, a"
              + " method reference or a static nested class that captures only what is",
          e);
    }
  }

  private static ClassLoader loaderOf(Object work) {
    ClassLoader loader = work.getClass().getClassLoader();
    return loader == null ? ClassLoader.getSystemClassLoader() : loader;
  }

  /** The loaders that children may ask for classes. */
  ServedLoaders loaders() {
    return loaders;
  }

  /** Where children find its classes: files, and the loader itself for what is in none. */
  private List<String> classPathOf(ClassLoader loader, Object origin) {
    List<String> urls = extraUrls(loader);
    if (!ServedLoaders.isServed(loader, origin.getClass())) {
      return urls;
    }
    List<String> all = new ArrayList<>(urls);
    all.add(WorkFrame.served(loaders.numberOf(loader)));
    return List.copyOf(all);
  }

  /** What the work's loader has beyond the children's own class path. */
  private List<String> extraUrls(ClassLoader loader) {
    List<Path> paths = ClassPath.urlsOf(loader);
    if (paths.isEmpty()) {
      return List.of();
    }
    Set<Path> base = new HashSet<>(ClassPath.base(launch));
    return paths.stream()
        .filter(path -> !base.contains(path))
        .map(path -> path.toUri().toString())
        .toList();
  }
}
