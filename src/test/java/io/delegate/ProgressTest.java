package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {
  private static String text(double fraction, String note) {
    return new Progress(OptionalDouble.of(fraction), note).toString();
  }

  @Test
  void itIsALineToRead() {
    assertThat(text(.42, "page 7")).isEqualTo("42 % page 7");
    assertThat(text(0, "")).isEqualTo("0 %");
    assertThat(text(.9999, "")).as("not done yet").isEqualTo("99 %");
    assertThat(text(1, "")).isEqualTo("100 %");
    assertThat(new Progress(OptionalDouble.empty(), "page 7").toString()).isEqualTo("page 7");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
  void whatIsNoFractionIsRefused(double fraction) {
    assertThatThrownBy(() -> text(fraction, ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("fraction", String.valueOf(fraction), "0 to 1");
  }
}
