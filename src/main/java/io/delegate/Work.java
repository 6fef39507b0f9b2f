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
}
