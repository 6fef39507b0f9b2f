package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PositionsTest {
  @Test
  void equalItemsAreToldApartAndTheSameObjectTakesTurns() {
    Positions positions = new Positions();
    String one = new String("x");
    String other = new String("x");
    positions.add(one);
    positions.add(other);
    positions.add(one);
    assertThat(positions.remove(other)).isEqualTo(1);
    assertThat(positions.remove(one)).isZero();
    assertThat(positions.isIdle()).isFalse();
    assertThat(positions.remove(one)).isEqualTo(2);
    assertThat(positions.isIdle()).isTrue();
    assertThat(positions.count()).isEqualTo(3);
    assertThatThrownBy(() -> positions.remove(one)).isInstanceOf(IllegalStateException.class);
  }
}
