package io.delegate.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AmountsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PT0S       | 0.0 s       | 0 s         | 1 s left
          PT0.999S   | 0.9 s       | 0 s         | 1 s left
          PT12.34S   | 12.3 s      | 12 s        | 12 s left
          PT59.999S  | 59.9 s      | 59 s        | 59 s left
          PT65S      | 1 min 05 s  | 1 min 05 s  | 65 s left
          PT5M       | 5 min 00 s  | 5 min 00 s  | 5 min left
          PT2H3M     | 2 h 03 min  | 2 h 03 min  | 2 h left
          P5DT4H     | 5 d 04 h    | 5 d 04 h    | 5 days left
          """)
  void aTimeIsAsExactAsItIsShort(Duration time, String exact, String clock, String left) {
    assertThat(Amounts.time(time.toNanos())).isEqualTo(exact);
    assertThat(Amounts.clock(time.toNanos())).isEqualTo(clock);
    assertThat(Amounts.left(time.toNanos())).isEqualTo(left);
  }

  @ParameterizedTest
  @CsvSource({"PT0.05S,50 ms", "PT1S,1 s", "PT1.5S,1.5 s", "PT1M,1 min", "PT1M30S,1 min 30 s"})
  void aLimitIsSaidAsItWasSet(Duration limit, String text) {
    assertThat(Amounts.limit(limit)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0       | 0.0
          9.94    | 9.9
          9.96    | 10
          12345.6 | 12,346
          """)
  void aRateHasATenthWhereThatTellsSomething(double rate, String text) {
    assertThat(Amounts.rate(rate)).isEqualTo(text);
  }
}
