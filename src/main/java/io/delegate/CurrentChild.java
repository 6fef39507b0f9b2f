package io.delegate;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where {@link Child} finds the item that runs on this thread. The room in which children live is
 * asked by name: the vocabulary knows no room, and a child whose works never ask must load nothing
 * for it.
 */
final class CurrentChild {
  private static final String MAIN = "io.delegate.worker.Main";

  private static final ThreadLocal<@Nullable Child> OPENED = new ThreadLocal<>();

  /** Null until it is found, and for good where this JVM is no child. */
  private static volatile @Nullable Supplier<?> runner;

  private CurrentChild() {}

  static @Nullable Child current() {
    Child opened = OPENED.get();
    if (opened != null) {
      return opened;
    }
    Supplier<?> asked = runner();
    return asked == null ? null : (Child) asked.get();
  }

  static boolean isChild() {
    return runner() != null;
  }

  private static @Nullable Supplier<?> runner() {
    Supplier<?> known = runner;
    if (known == null) {
      known = find();
      runner = known;
    }
    return known;
  }

  private static @Nullable Supplier<?> find() {
    try {
      Class<?> main = Class.forName(MAIN, true, CurrentChild.class.getClassLoader());
      return (Supplier<?>) main.getMethod("runner").invoke(null);
    } catch (ReflectiveOperationException | LinkageError e) { // trimmed by a shrinker
      return null;
    }
  }

  static ItemContext.Scope open(Child child) {
    Child before = OPENED.get();
    OPENED.set(child);
    return new Before(before);
  }

  /** No lambda: the first of a JVM takes long to make. */
  private static final class Before implements ItemContext.Scope {
    private final @Nullable Child before;

    Before(@Nullable Child before) {
      this.before = before;
    }

    @Override
    public void close() {
      if (before == null) {
        OPENED.remove();
      } else {
        OPENED.set(before);
      }
    }
  }
}
