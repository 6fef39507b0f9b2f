package io.delegate.engine;

import io.delegate.Codec;
import io.delegate.DelegateException;
import io.delegate.EncodedWork;
import io.delegate.codec.Codecs;
import io.delegate.codec.WorkCodec;
import io.delegate.process.ClassPath;
import io.delegate.process.LaunchSpec;
import io.delegate.wire.WorkFrame;
import java.io.IOException;
import java.nio.file.Path;
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
  private final Codec codec;
  private final Map<Key, Shipped> known = new HashMap<>();
  private final Map<Integer, Integer> uses = new HashMap<>();
  private final LinkedHashMap<Integer, Key> unused = new LinkedHashMap<>();
  private int last;

  WorkBook(LaunchSpec launch, int limit, Codec codec) {
    this.launch = launch;
    this.limit = limit;
    this.codec = codec;
  }

  /** The same bytes from the same loader. */
  private record Key(byte[] bytes, ClassLoader loader) {
    @Override
    public boolean equals(Object o) {
      return o instanceof Key k && loader == k.loader && Arrays.equals(bytes, k.bytes);
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
    Codec by = codecOf(work, loader);
    byte[] bytes = encode(work);
    Key key = new Key(bytes, loader);
    List<String> urls = extraUrls(loader);
    long length = new WorkFrame(0, urls, bytes).length();
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
              key, k -> new Shipped(new WorkFrame(++last, urls, k.bytes()), loader, by));
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
    unused.put(shipped.id(), new Key(shipped.frame().bytes(), shipped.loader()));
    if (unused.size() > KEPT) {
      var eldest = unused.entrySet().iterator().next();
      unused.remove(eldest.getKey());
      known.remove(eldest.getValue());
      forget.accept(eldest.getKey());
    }
  }

  /** The initializer, which has no number. */
  WorkFrame initializer(Object task) {
    return new WorkFrame(0, extraUrls(loaderOf(task)), encode(task));
  }

  static byte[] encode(Object work) {
    try {
      return WorkCodec.encode(work);
    } catch (IOException e) {
      throw new DelegateException.NotShippable(
          "the work cannot be sent to a child: "
              + e.getMessage()
              + "; a work must be serializable with all that it captures: make it a lambda, a method"
              + " reference or a static nested class that captures only what is",
          e);
    }
  }

  /** The scheduler's, if the work has none of its own. */
  private Codec codecOf(Object work, ClassLoader loader) {
    if (!(work instanceof EncodedWork<?, ?> encoded)) {
      return codec;
    }
    if (Codecs.isFiltered(codec)) {
      throw new DelegateException.NotShippable(
          "the work is to be encoded by "
              + encoded.codec()
              + ", and there is no filter for that: with trust UNTRUSTED leave encodedBy out, or"
              + " trust the children",
          null);
    }
    try {
      return Codecs.byName(encoded.codec(), loader);
    } catch (IllegalArgumentException unfit) {
      throw new DelegateException.NotShippable(
          "the work cannot be used: " + unfit.getMessage(), unfit);
    }
  }

  private static ClassLoader loaderOf(Object work) {
    if (work instanceof EncodedWork<?, ?> encoded) {
      return loaderOf(encoded.work());
    }
    ClassLoader loader = work.getClass().getClassLoader();
    return loader == null ? ClassLoader.getSystemClassLoader() : loader;
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
