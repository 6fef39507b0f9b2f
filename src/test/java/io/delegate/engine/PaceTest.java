package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {
  private final Pace pace = new Pace();

  private void took(int items, long nanos, long bytes) {
    for (int i = 0; i < items; i++) {
      pace.took(nanos, bytes);
    }
    pace.settle();
  }

  @Test
  void beginsWithOneItem() {
    assertThat(pace.window()).isOne();
    assertThat(pace.cost(0)).isEqualTo(Pace.AMOUNT);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 2048",
    "1, 2048",
    "700, 2048",
    "1000, 1500",
    "6000, 250",
    "10000, 150",
    "100000, 15",
    "400000, 3",
    "800000, 1",
    "1500000, 1",
    "10000000, 1",
    "60000000000, 1",
    "9223372036854775807, 1"
  })
  void holdsAMillisecondAndAHalfOfWork(long nanos, int window) {
    took(1_000, nanos, 0);
    assertThat(pace.window()).isEqualTo(window);
    assertThat(pace.cost(0) * window).isBetween(Pace.AMOUNT, Pace.AMOUNT + window);
  }

  @Test
  void growsByNoMoreThanFourTimesWhatIsKnown() {
    for (int known = 1; known < 512; known++) {
      took(1, 100, 0);
      assertThat(pace.window()).isEqualTo(4 * known);
    }
    took(1, 100, 0);
    assertThat(pace.window()).isEqualTo(Pace.MOST);
  }

  @Test
  void aColdBeginIsForgottenWithinSomeDozens() {
    took(1, 20_000_000, 0);
    assertThat(pace.window()).isOne();
    took(60, 1_000, 0);
    assertThat(pace.window()).isGreaterThan(100);
  }

  @Test
  void goesBackToOneAtOnceWhenTheWorkBecomesSlow() {
    took(1_000, 100, 0);
    took(2, 10_000_000, 0);
    assertThat(pace.window()).isOne();
  }

  @Test
  void comesBackSoonAfterOneSlowItem() {
    took(1_000, 500, 0);
    took(1, 50_000_000, 0);
    assertThat(pace.window()).isOne();
    took(20, 500, 0);
    assertThat(pace.window()).isGreaterThan(1);
    took(80, 500, 0);
    assertThat(pace.window()).isEqualTo(Pace.MOST);
  }

  @Test
  void largeResultsCountAsWork() {
    took(100, 0, 2 << 20);
    assertThat(pace.window()).isOne();
    took(100, 0, 64 << 10);
    assertThat(pace.window()).isBetween(15, 25);
  }

  @Test
  void oneLargeItemIsEnoughHoweverFastTheOthersWere() {
    took(1_000, 1, 1);
    assertThat(pace.cost(100)).isLessThan(Pace.AMOUNT / 1_000);
    assertThat(pace.cost(Pace.AMOUNT_BYTES / 2)).isEqualTo(Pace.AMOUNT / 2);
    assertThat(pace.cost(Integer.MAX_VALUE)).isGreaterThan(Pace.AMOUNT);
  }

  @Test
  void aClockThatRunsBackIsNoHarm() {
    took(1_000, Long.MIN_VALUE, 0);
    assertThat(pace.window()).isEqualTo(Pace.MOST);
  }
}
