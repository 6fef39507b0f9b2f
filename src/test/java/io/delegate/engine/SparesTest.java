package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SparesTest {
  private static final long NOW = Long.MAX_VALUE - 5; // the clock may pass its end

  private final Spares spares = new Spares(Spares.FOLLOW);

  private static long after(double seconds) {
    return NOW + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
  }

  @Test
  void noneWhereNothingIsLost() {
    assertThat(spares.wanted(NOW)).isZero();
    assertThat(spares.wanted(after(1e6))).isZero();
  }

  @Test
  void oneForAWhileAfterALoss() {
    spares.lost(NOW);
    assertThat(spares.wanted(NOW)).isEqualTo(1);
    assertThat(spares.wanted(after(25))).isEqualTo(1);
    assertThat(spares.wanted(after(35))).isZero();
  }

  @Test
  void asManyAsAreLostWhileOneStarts() {
    for (int i = 0; i < 1_000; i++) { // ten a second
      spares.lost(after(0.1 * i));
    }
    assertThat(spares.wanted(after(100))).isBetween(5, 6);
    for (int i = 0; i < 50; i++) {
      spares.started(TimeUnit.SECONDS.toNanos(1));
    }
    assertThat(spares.wanted(after(100))).isBetween(20, 21);
    for (int i = 0; i < 50; i++) {
      spares.started(TimeUnit.SECONDS.toNanos(60));
    }
    assertThat(spares.wanted(after(100))).as("as many as were lost").isBetween(95, 105);
    assertThat(spares.wanted(after(200))).isZero();
  }

  @Test
  void theUsersNumberStays() {
    Spares none = new Spares(0);
    none.lost(NOW);
    assertThat(none.wanted(NOW)).isZero();
    assertThat(new Spares(3).wanted(NOW)).isEqualTo(3);
  }
}
