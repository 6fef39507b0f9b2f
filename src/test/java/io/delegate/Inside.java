package io.delegate;

import io.delegate.engine.Pool;

/** What tests of the engine want of the front. */
public final class Inside {
  private Inside() {}

  /** The pool of a scheduler. */
  public static Pool pool(ProcessScheduler scheduler) {
    return (Pool) scheduler.engine();
  }
}
