package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** What is said of many outcomes together. */
final class Outcomes {
  private Outcomes() {}

  /** Each of 0 … n-1 once. */
  static <R> void assertOnePerItem(Collection<Outcome<Integer, R>> outcomes, int n) {
    assertThat(outcomes.stream().map(Outcome::item).sorted().toList())
        .isEqualTo(IntStream.range(0, n).boxed().toList());
  }

  /** All but these have three times their item as their result, in the first attempt. */
  static <R> void assertTripled(Collection<Outcome<Integer, R>> outcomes, Integer... butThese) {
    assertThat(outcomes)
        .filteredOn(outcome -> !List.of(butThese).contains(outcome.item()))
        .allSatisfy(
            outcome -> {
              assertThat(outcome).isInstanceOf(Outcome.Success.class);
              assertThat(outcome.toOptional()).hasValueSatisfying(r -> tripled(r, outcome));
              assertThat(outcome.attempt()).isEqualTo(1);
              assertThat(outcome.pid()).isPositive();
              assertThat(outcome.took().isNegative()).isFalse();
            });
  }

  private static void tripled(Object result, Outcome<Integer, ?> outcome) {
    assertThat(result).isEqualTo(3 * outcome.item());
  }

  static <R> Outcome<Integer, R> of(int item, Collection<Outcome<Integer, R>> outcomes) {
    return outcomes.stream().filter(o -> o.item() == item).findFirst().orElseThrow();
  }

  static Outcome.Aborted<?, ?> aborted(Outcome<?, ?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    return (Outcome.Aborted<?, ?>) outcome;
  }

  static Outcome.Failure<?, ?> failure(Outcome<?, ?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failure.class);
    return (Outcome.Failure<?, ?>) outcome;
  }
}
