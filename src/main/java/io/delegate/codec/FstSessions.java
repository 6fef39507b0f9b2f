package io.delegate.codec;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The idle sessions of each class loader. A session serves one call at a time, so that FST's spin
 * locks never meet a second thread.
 *
 * <p>A session knows classes, and so its loader. For this room's own loader and its parents, which
 * live as long as this class, that is no matter. For any other the pool hangs on a class of that
 * loader ({@link ClassValue}), and on nothing else: loader, classes and pool go together.
 */
final class FstSessions {
  private static final ClassLoader OWN = FstSessions.class.getClassLoader();
  private static final Map<ClassLoader, FstSessions> LASTING = new ConcurrentHashMap<>();
  private static final Map<ClassLoader, WeakReference<FstSessions>> PASSING = new WeakHashMap<>();
  private static final ClassValue<AtomicReference<FstSessions>> ANCHOR =
      new ClassValue<>() {
        @Override
        protected AtomicReference<FstSessions> computeValue(Class<?> type) {
          return new AtomicReference<>();
        }
      };
  private static final int LOADERS = 3; // a value whose classes are of more is not for FST

  private final ClassLoader loader;
  private final ConcurrentLinkedDeque<FstSession> idle = new ConcurrentLinkedDeque<>();

  private FstSessions(ClassLoader loader) {
    this.loader = loader;
  }

  static byte[] encode(Object value) throws IOException {
    ClassLoader guess = value.getClass().getClassLoader();
    FstSessions sessions = of(guess == null ? OWN : guess);
    for (int tried = 1; ; tried++) {
      try {
        return sessions.encodeHere(value);
      } catch (Refusal refusal) {
        ClassLoader elsewhere = refusal.elsewhere();
        if (elsewhere == null || elsewhere == sessions.loader || tried == LOADERS) {
          throw refusal;
        }
        sessions = of(elsewhere);
      }
    }
  }

  static @Nullable Object decode(byte[] bytes, ClassLoader loader) throws Exception {
    return of(loader).decodeHere(bytes);
  }

  private byte[] encodeHere(Object value) throws IOException {
    FstSession session = borrow();
    byte[] bytes;
    try {
      bytes = session.encode(value);
    } catch (Refusal refusal) {
      idle.offerFirst(session); // after any other failure its state is anyone's guess
      throw refusal;
    }
    idle.offerFirst(session);
    return bytes;
  }

  private @Nullable Object decodeHere(byte[] bytes) throws Exception {
    FstSession session = borrow();
    Object value = session.decode(bytes);
    idle.offerFirst(session);
    return value;
  }

  private FstSession borrow() {
    FstSession session = idle.pollFirst();
    return session == null ? new FstSession(this) : session;
  }

  ClassLoader loader() {
    return loader;
  }

  /** Lets this pool live as long as a class of its loader. */
  void anchor(Class<?> type) {
    if (type.getClassLoader() == loader && !lasting(loader)) {
      ANCHOR.get(type).set(this);
    }
  }

  private static FstSessions of(ClassLoader loader) {
    if (loader == OWN || lasting(loader)) {
      return LASTING.computeIfAbsent(loader, FstSessions::new);
    }
    synchronized (PASSING) {
      WeakReference<FstSessions> known = PASSING.get(loader);
      FstSessions sessions = known == null ? null : known.get();
      if (sessions == null) {
        sessions = new FstSessions(loader);
        PASSING.put(loader, new WeakReference<>(sessions));
      }
      return sessions;
    }
  }

  private static boolean lasting(ClassLoader loader) {
    for (ClassLoader own = OWN; own != null; own = own.getParent()) {
      if (own == loader) {
        return true;
      }
    }
    return false;
  }
}
