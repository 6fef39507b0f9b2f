package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecondTest {
  private final Second second = new Second();

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 100, 999, 1_000_000, 60_000_000, 3_600_000_000L})
  void oneTimeIsToldAsItIs(long micros) {
    second.begin(1);
    second.add(Kind.SUCCESS, micros, 1);
    assertThat(second.percentile(50)).isEqualTo(micros);
    assertThat(second.percentile(95)).isEqualTo(micros);
  }

  @Test
  void aTimeOfDaysIsMoreThanAnHour() {
    second.begin(1);
    second.add(Kind.SUCCESS, Long.MAX_VALUE, 1);
    assertThat(second.percentile(50)).isGreaterThan(3_600_000_000L);
  }

  @Test
  void percentilesAreCloseWhereTimesAreMany() {
    second.begin(1);
    for (int i = 1; i <= 1_000; i++) {
      second.add(Kind.SUCCESS, i * 100, 1);
    }
    assertThat(second.percentile(50)).isCloseTo(50_000L, withinPercentage(5));
    assertThat(second.percentile(95)).isCloseTo(95_000L, withinPercentage(6));
  }

  @Test
  void whatDidNotRunTookNoTime() {
    second.begin(1);
    second.add(Kind.TIMED_OUT, -1, 1);
    assertThat(second.percentile(50)).isZero();
  }

  @Test
  void itsRoomIsUsedAgain() {
    Seconds seconds = new Seconds(10);
    for (int at = 0; at < 100; at++) {
      seconds.add(at, Kind.SUCCESS, 5, at + 1);
    }
    assertThat(seconds.since(0, 99)).hasSize(11).first().extracting(Second::at).isEqualTo(89L);
    assertThat(seconds.since(99, 99)).hasSize(1);
    assertThat(seconds.since(0, 104)).as("five without any").hasSize(6);
  }
}
