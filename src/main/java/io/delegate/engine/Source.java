package io.delegate.engine;

import org.jspecify.annotations.Nullable;

/** Where items come from and answers go: one stream of one subscriber. */
interface Source {
  /** The next item that may run, or null when there is none now. Called in the pool's drain. */
  @Nullable Flight poll();

  /** What {@link #poll()} would give, which stays where it is. */
  @Nullable Flight peek();

  /** An item will not run, and nobody waits for its answer. */
  void discard(Flight flight);

  /**
   * An item has its answer. Called in the pool's drain: must not run the user's code.
   *
   * @return whether {@link #tellAnswers} must follow, as it must after the first of many
   */
  boolean answer(Answer answer);

  /** All answers so far are to be passed on. Called in the pool's drain. */
  void tellAnswers();

  /** No more answers will come. */
  void fail(Throwable why);

  /** The children can hold more or fewer items than before. */
  void roomChanged();

  /** Whether answers are still wanted. */
  boolean isCancelled();

  /** Marks it as waiting in the pool; false when it is already. */
  boolean enter();

  /** It was found empty and no longer waits in the pool. */
  void leave();
}
