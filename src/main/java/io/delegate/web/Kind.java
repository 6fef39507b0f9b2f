package io.delegate.web;

import io.delegate.Outcome;
import io.delegate.Outcome.Aborted;
import io.delegate.Outcome.Failure;
import io.delegate.Outcome.Success;

/** The four outcomes, in the order in which frames count them. */
enum Kind {
  SUCCESS,
  FAILURE,
  ABORTED,
  TIMED_OUT;

  /** How many there are. */
  static final int COUNT = 4;

  static Kind of(Outcome<?, ?> outcome) {
    if (outcome instanceof Success) {
      return SUCCESS;
    }
    if (outcome instanceof Failure) {
      return FAILURE;
    }
    return outcome instanceof Aborted ? ABORTED : TIMED_OUT;
  }

  /** Whether a child lives on after it. */
  boolean isHarmless() {
    return this == SUCCESS || this == FAILURE;
  }
}
