package io.delegate.engine;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The forms of objects that are said not to change, each made once and kept for as long as somebody
 * has the object. By identity: the equality of a user's object may be anything.
 *
 * @param <T> what such a form is
 */
final class Forms<T> {
  private final Map<Object, T> known = new HashMap<>();
  private final ReferenceQueue<Object> gone = new ReferenceQueue<>();

  /** Equal to another one of the same object. */
  private static final class Same extends WeakReference<Object> {
    private final int hash;

    Same(Object object, @Nullable ReferenceQueue<Object> gone) {
      super(object, gone);
      hash = System.identityHashCode(object);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object o) {
      Object object = get();
      return this == o || (object != null && o instanceof Same other && other.get() == object);
    }
  }

  /** Two that ask at once may both make it. */
  T of(Object object, Supplier<T> maker) {
    T form;
    synchronized (this) {
      for (Reference<?> old = gone.poll(); old != null; old = gone.poll()) {
        known.remove(old);
      }
      form = known.get(new Same(object, null));
    }
    if (form != null) {
      return form;
    }
    T made = maker.get(); // may take long, and calls the user's code
    synchronized (this) {
      known.put(new Same(object, gone), made);
    }
    return made;
  }
}
