package io.delegate.report;

import io.delegate.Outcome;

/** The four outcomes by name. */
final class Words {
  private Words() {}

  static String of(Outcome<?, ?> outcome) {
    if (outcome instanceof Outcome.Success<?, ?>) {
      return "success";
    }
    if (outcome instanceof Outcome.Failure<?, ?>) {
      return "failure";
    }
    return outcome instanceof Outcome.Aborted<?, ?> ? "aborted" : "timed out";
  }
}
