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
 * The idle sessions of each class loader. A session serves one call at a time, so that no caller
 * waits for another within the library.
 *
 * <p>A session knows classes, and so its loader. For this room's own loader and its parents, which
 * live as long as this class, that is no matter. For any other the pool hangs on a class of that
 * loader ({@link ClassValue}), and on nothing else: loader, classes and pool go together.
 */
abstract class Sessions {
  private static final ClassLoader OWN = Sessions.class.getClassLoader();
  private static final int LOADERS = 3; // a value whose classes are of more goes by the JDK

  private final Map<ClassLoader, Home> lasting = new ConcurrentHashMap<>();
  private final Map<ClassLoader, WeakReference<Home>> passing = new WeakHashMap<>();
  private final ClassValue<AtomicReference<Home>> anchor =
      new ClassValue<>() {
        @Override
        protected AtomicReference<Home> computeValue(Class<?> type) {
          return new AtomicReference<>();
        }
      };

  abstract Session make(Home home);

  byte[] encode(Object value) throws IOException {
    ClassLoader guess = value.getClass().getClassLoader();
    Home home = of(guess == null ? OWN : guess);
    for (int tried = 1; ; tried++) {
      try {
        return home.encode(value);
      } catch (Refusal refusal) {
        ClassLoader elsewhere = refusal.elsewhere();
        if (elsewhere == null || elsewhere == home.loader || tried == LOADERS) {
          throw refusal;
        }
        home = of(elsewhere);
      }
    }
  }

  /** Takes the array over. */
  @Nullable Object decode(byte[] bytes, ClassLoader loader) throws Exception {
    return of(loader).decode(bytes);
  }

  private Home of(ClassLoader loader) {
    if (loader == OWN || isLasting(loader)) {
      return lasting.computeIfAbsent(loader, Home::new);
    }
    synchronized (passing) {
      WeakReference<Home> known = passing.get(loader);
      Home home = known == null ? null : known.get();
      if (home == null) {
        home = new Home(loader);
        passing.put(loader, new WeakReference<>(home));
      }
      return home;
    }
  }

  static boolean isLasting(ClassLoader loader) {
    for (ClassLoader own = OWN; own != null; own = own.getParent()) {
      if (own == loader) {
        return true;
      }
    }
    return false;
  }

  /** Those of one class loader. */
  final class Home {
    private final ClassLoader loader;
    private final ConcurrentLinkedDeque<Session> idle = new ConcurrentLinkedDeque<>();

    private Home(ClassLoader loader) {
      this.loader = loader;
    }

    private byte[] encode(Object value) throws IOException {
      Session session = borrow();
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

    private @Nullable Object decode(byte[] bytes) throws Exception {
      Session session = borrow();
      Object value = session.decode(bytes);
      idle.offerFirst(session);
      return value;
    }

    private Session borrow() {
      Session session = idle.pollFirst();
      return session == null ? make(this) : session;
    }

    ClassLoader loader() {
      return loader;
    }

    /** Lets this pool live as long as a class of its loader. */
    void anchor(Class<?> type) {
      if (type.getClassLoader() == loader && !isLasting(loader)) {
        anchor.get(type).set(this);
      }
    }
  }
}
