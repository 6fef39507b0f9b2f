package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SparseTest {
  @Test
  void oneOfManyIsLetThroughAndKnowsOfTheOthers() {
    AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
    Sparse sparse = new Sparse(Duration.ofNanos(10), clock::get);
    assertThat(sparse.admit()).isZero();
    for (int i = 0; i < 9; i++) {
      clock.incrementAndGet();
      assertThat(sparse.admit()).isNegative();
    }
    clock.incrementAndGet();
    assertThat(sparse.admit()).isEqualTo(9);
    clock.addAndGet(10);
    assertThat(sparse.admit()).isZero();
  }
}
