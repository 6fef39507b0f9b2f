package io.delegate;

import java.io.Serializable;
import java.util.Objects;

/**
 * A work with a value that all its items share: a model, a dictionary, a table of settings. It
 * becomes a {@link Work} by {@link Work#with}.
 *
 * <p>The value travels to each child once, before the first item that needs it, and is decoded
 * there once: all items of a child get the very same object. It is written when the work is first
 * used with a scheduler; what is changed in it afterwards no child sees, and what an item changes
 * in it the later items of the same child see, and nobody else. So treat it as read-only.
 *
 * <p>As items are, it is limited by {@link ProcessScheduler.Builder#maxFrame}, and each child needs
 * the heap for it: three times its size while it is decoded, then once.
 *
 * @param <S> the type of the shared value, serializable
 * @param <I> what goes in
 * @param <R> what comes out
 */
@FunctionalInterface
public interface SharedWork<S, I, R> extends Serializable {
  /**
   * Runs in a child.
   *
   * @param shared the child's copy of the shared value
   * @param item the item, a copy of the parent's
   * @return the result, as {@link Work#apply} has it
   * @throws Exception anything thrown, errors included, gives a {@link Outcome.Failure}
   */
  R apply(S shared, I item) throws Exception;

  /**
   * A work with its shared value, as {@link Work#with} makes it. Two of them are never the same
   * work to a child unless their values have the same serialized form.
   *
   * @param <S> the type of the shared value
   * @param <I> what goes in
   * @param <R> what comes out
   * @param shared the shared value
   * @param work the work
   * @serial exclude
   */
  record Bound<S, I, R>(S shared, SharedWork<S, I, R> work) implements Work<I, R> {
    /**
     * Checks it.
     *
     * @param shared the shared value
     * @param work the work
     */
    public Bound {
      Objects.requireNonNull(shared, "shared");
      Objects.requireNonNull(work, "work");
    }

    @Override
    public R apply(I item) throws Exception {
      return work.apply(shared, item);
    }

    /** Without the value, whose text may be as large as itself. */
    @Override
    public String toString() {
      return "Bound[" + work + "]";
    }
  }
}
