package io.delegate.engine;

import io.delegate.Codec;
import io.delegate.DelegateException;
import io.delegate.EncodedWork;
import io.delegate.SharedWork;
import io.delegate.codec.Codecs;
import io.delegate.codec.WorkCodec;
import io.delegate.process.ClassPath;
import io.delegate.process.LaunchSpec;
import io.delegate.wire.WorkFrame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** The same in bytes of all together, but for one: some hold large values. */
  private static final long KEPT_BYTES = 64 << 20;

  private final LaunchSpec launch;
  private final int limit;
  private final Codec codec;
  private final int kept;
  private final ServedLoaders loaders = new ServedLoaders();
  private final Map<Key, Shipped> known = new HashMap<>();
  private final Map<Integer, Integer> uses = new HashMap<>();
  private final LinkedHashMap<Integer, Key> unused = new LinkedHashMap<>();
  private final Forms<Form> forms = new Forms<>();
  private long unusedBytes;
  private int last;

  WorkBook(LaunchSpec launch, int limit, Codec codec) {
    this(launch, limit, codec, KEPT);
  }

  private WorkBook(LaunchSpec launch, int limit, Codec codec, int kept) {
    this.launch = launch;
    this.limit = limit;
    this.codec = codec;
    this.kept = kept;
  }

  /** One of works that are only adopted, and kept for as long as their owner wants. */
  static WorkBook ofOthers(Options options) {
    return new WorkBook(options.launch(), options.maxFrame(), options.codec(), 0);
  }

  /** A work's bytes. */
  private static final class Form {
    final byte[] bytes;

    /** Once, and only if it is looked for: there may be many bytes. 0 before. */
    private int hash;

    Form(byte[] bytes) {
      this.bytes = bytes;
    }

    int hash() {
      if (hash == 0) {
        hash = Arrays.hashCode(bytes);
      }
      return hash;
    }
  }

  /**
   * The same bytes from the same loader, which goes by the same number if it has one, and with the
   * same class path.
   */
  private record Key(Form form, ClassLoader loader, int served, List<String> urls) {
    static Key of(WorkFrame frame, ClassLoader loader) {
      return of(new Form(frame.bytes()), frame, loader);
    }

    static Key of(Form form, WorkFrame frame, ClassLoader loader) {
      return new Key(form, loader, frame.servedBy(), frame.urls());
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Key k
          && loader == k.loader
          && served == k.served
          && urls.equals(k.urls)
          && Arrays.equals(form.bytes, k.form.bytes);
    }

    @Override
    public int hashCode() {
      return form.hash();
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
    Object own = unwrapped(origin);
    checkReach(own);
    ClassLoader loader = loaderOf(own);
    Codec by = codecOf(work, loader);
    List<String> urls = classPathOf(loader, own);
    Form form =
        isShared(work) ? forms.of(work, () -> new Form(encode(work))) : new Form(encode(work));
    WorkFrame unnumbered = new WorkFrame(0, urls, form.bytes);
    Key key = Key.of(form, unnumbered, loader);
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
              key, k -> new Shipped(new WorkFrame(++last, urls, form.bytes), loader, by));
      uses.merge(shipped.id(), 1, Integer::sum);
      if (unused.remove(shipped.id()) != null) {
        unusedBytes -= form.bytes.length;
      }
      return shipped;
    }
  }

  /**
   * The number of a work of another parent, whose form is never looked into; to be given back by
   * {@link #release}.
   */
  Shipped adopt(List<String> urls, byte[] bytes) {
    ClassLoader none = ClassLoader.getSystemClassLoader();
    WorkFrame unnumbered = new WorkFrame(0, urls, bytes);
    synchronized (this) {
      Shipped shipped =
          known.computeIfAbsent(
              Key.of(unnumbered, none),
              k -> new Shipped(new WorkFrame(++last, urls, bytes), none, codec));
      return again(shipped);
    }
  }

  /** A work that is in use is used once more. */
  synchronized Shipped again(Shipped shipped) {
    uses.merge(shipped.id(), 1, Integer::sum);
    if (unused.remove(shipped.id()) != null) {
      unusedBytes -= shipped.frame().bytes().length;
    }
    return shipped;
  }

  /** A work is used once less. The number of a work to forget is handed to {@code forget}. */
  synchronized void release(Shipped shipped, IntConsumer forget) {
    int left = uses.merge(shipped.id(), -1, Integer::sum);
    if (left > 0) {
      return;
    }
    uses.remove(shipped.id());
    unused.put(shipped.id(), Key.of(shipped.frame(), shipped.loader()));
    unusedBytes += shipped.frame().bytes().length;
    while (unused.size() > kept || (unused.size() > 1 && unusedBytes > KEPT_BYTES)) {
      var eldest = unused.entrySet().iterator().next();
      unused.remove(eldest.getKey());
      unusedBytes -= eldest.getValue().form().bytes.length;
      known.remove(eldest.getValue());
      forget.accept(eldest.getKey());
    }
  }

  /** The initializer, which has no number. */
  WorkFrame initializer(Object task) {
    if (task instanceof SentTask sent) {
      return sent.frame();
    }
    checkReach(task);
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

  /** The user's own object, without what Delegate has put around it. */
  private static Object unwrapped(Object work) {
    if (work instanceof EncodedWork<?, ?> encoded) {
      return unwrapped(encoded.work());
    }
    return work instanceof SharedWork.Bound<?, ?, ?> bound ? bound.work() : work;
  }

  /** Whether it is said not to change, and may be large. */
  private static boolean isShared(Object work) {
    return work instanceof SharedWork.Bound
        || (work instanceof EncodedWork<?, ?> encoded && isShared(encoded.work()));
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
    List<String> urls = extraUrls(origin);
    if (!ServedLoaders.isServed(loader, origin.getClass())) {
      return urls;
    }
    List<String> all = new ArrayList<>(urls);
    all.add(WorkFrame.served(loaders.numberOf(loader)));
    return List.copyOf(all);
  }

  private void checkReach(Object origin) {
    String objection = ClassPath.objection(launch, origin.getClass());
    if (objection != null) {
      throw new DelegateException.NotShippable(
          "the work cannot run in a child: " + objection, null);
    }
  }

  /** What the work's loader has beyond the children's own class path. */
  private List<String> extraUrls(Object origin) {
    try {
      return ClassPath.beyond(launch, origin.getClass()).stream()
          .map(path -> path.toUri().toString())
          .toList();
    } catch (IOException e) {
      throw new DelegateException.NotShippable(
          "the work cannot run in a child: its classes are inside of a jar and cannot be unpacked: "
              + e.getMessage()
              + "; make room in the user's cache, or set classArchives to another directory",
          e);
    }
  }
}
