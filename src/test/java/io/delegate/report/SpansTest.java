package io.delegate.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpansTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 ns",
    "999, 999 ns",
    "1000, 1.00 µs",
    "9994, 9.99 µs",
    "9996, 10.0 µs",
    "99960, 100 µs",
    "999499, 999 µs",
    "999500, 1.00 ms",
    "12340000, 12.3 ms",
    "999600000, 1.00 s",
    "59940000000, 59.9 s",
    "59960000000, 1 min 00 s",
    "3599400000000, 59 min 59 s",
    "3599600000000, 1 h 00 min",
    "90000000000000, 25 h 00 min"
  })
  void threeDigitsAndAUnit(long nanos, String text) {
    assertThat(Spans.of(Duration.ofNanos(nanos))).isEqualTo(text);
  }
}
