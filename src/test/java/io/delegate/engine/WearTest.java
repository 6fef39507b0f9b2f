package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class WearTest {
  @Test
  @EnabledOnOs(OS.LINUX)
  void anInterruptedThreadIsToldTheMemoryOfAProcess() {
    Thread.currentThread().interrupt();
    long resident = Wear.resident(ProcessHandle.current().pid());
    assertThat(Thread.interrupted()).isTrue();
    assertThat(resident).isGreaterThan(1 << 20);
  }

  @Test
  void thatOfNoProcessIsNothing() {
    assertThat(Wear.resident(0)).isZero();
  }
}
