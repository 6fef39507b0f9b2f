package io.delegate;

import java.io.Serializable;

/**
 * The function that runs in the children: one item in, one result out.
 *
 * <p>A work travels to the child once, so it must be serializable with all that it captures: a
 * lambda, a method reference or a static nested class that captures nothing heavy is best. Each
 * child runs one item at a time on one thread, so a work needs not be thread-safe. State that a
 * work keeps in static fields lives as long as the child.
 *
 * @param <I> what goes in
 * @param <R> what comes out
 */
@FunctionalInterface
public interface Work<I, R> extends Serializable {
  /**
   * Runs in a child.
   *
   * @param item the item, a copy of the parent's
   * @return the result, which is copied to the parent; {@code null} is allowed and gives a {@link
   *     Outcome.Success} whose result is null
   * @throws Exception anything thrown, errors included, gives a {@link Outcome.Failure}
   */
  R apply(I item) throws Exception;

  /**
   * A work with a value that all its items share. It travels to each child once and is decoded
   * there once, however many items there are: see {@link SharedWork}.
   *
   * <pre>{@code
   * Work<Path, Score> score = Work.with(model, (m, picture) -> m.score(picture));
   * }</pre>
   *
   * <p>Keep the work and use it for all streams and items: it is serialized when it is first used
   * with a scheduler, and never again for that one.
   *
   * @param shared the value, serializable with all that it holds. One that is not ends the stream
   *     with {@link DelegateException.NotShippable}, which names the field that leads to what is
   *     not, and so does one larger than {@link ProcessScheduler.Builder#maxFrame}
   * @param work what to run
   * @param <S> the type of the shared value
   * @param <I> what goes in
   * @param <R> what comes out
   * @return the work
   */
  static <S, I, R> Work<I, R> with(S shared, SharedWork<S, I, R> work) {
    return new SharedWork.Bound<>(shared, work);
  }
}
