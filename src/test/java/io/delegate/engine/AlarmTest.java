package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class AlarmTest {
  private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
  private final List<Long> rings = new ArrayList<>();
  private final Alarm alarm = Alarm.by(clock, () -> rings.add(clock.now(TimeUnit.MILLISECONDS)));

  @AfterEach
  void dispose() {
    clock.dispose();
  }

  private void set(long millis) {
    alarm.set(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private void pass(long millis) {
    clock.advanceTimeBy(Duration.ofMillis(millis));
  }

  @Test
  void itsTimesAreThoseOfTheGivenClock() {
    assertThat(alarm.real()).isFalse();
    assertThat(alarm.now()).isZero();
    pass(3);
    assertThat(alarm.now()).isEqualTo(3_000_000);
  }

  @Test
  void itRingsAtItsTimeAndOnce() {
    set(10);
    pass(9);
    assertThat(rings).isEmpty();
    pass(1);
    assertThat(rings).containsExactly(10L);
    pass(100);
    assertThat(rings).hasSize(1);
  }

  @Test
  void theEarliestTimeCounts() {
    set(10);
    set(20);
    set(5);
    set(7);
    pass(100);
    assertThat(rings).containsExactly(5L);
  }

  @Test
  void anHourInVirtualTimeTakesNone() {
    set(TimeUnit.HOURS.toMillis(1));
    pass(TimeUnit.HOURS.toMillis(1) - 1);
    assertThat(rings).isEmpty();
    pass(1);
    assertThat(rings).hasSize(1);
  }

  @Test
  void aTimeThatIsPastRingsAtOnce() {
    pass(50);
    set(10);
    pass(0);
    assertThat(rings).containsExactly(50L);
  }

  @Test
  void afterItRangItCanBeSetAgain() {
    set(10);
    pass(10);
    alarm.rang();
    set(30);
    pass(100);
    assertThat(rings).containsExactly(10L, 30L);
  }

  @Test
  void stoppedItDoesNotRingAndCanBeSetAgain() {
    alarm.stop();
    set(10);
    alarm.stop();
    alarm.stop();
    pass(20);
    assertThat(rings).isEmpty();
    set(30);
    pass(20);
    assertThat(rings).containsExactly(30L);
  }

  /** It goes off, and before that is heard, a time is set that was earlier. */
  @Test
  void aRingThatIsHeardLateLeavesNoneBehind() {
    set(20);
    pass(20);
    set(10);
    alarm.rang();
    set(40);
    alarm.rang();
    set(50);
    alarm.stop();
    pass(100);
    assertThat(rings).containsExactly(20L, 20L);
  }

  @Test
  void closedItRingsNoMore() {
    set(10);
    alarm.close();
    set(20);
    pass(100);
    assertThat(rings).isEmpty();
  }

  @Test
  void theRealClockRingsOnAThreadOfOurs() throws InterruptedException {
    CountDownLatch rang = new CountDownLatch(1);
    AtomicReference<String> thread = new AtomicReference<>("");
    AtomicReference<Alarm> real = new AtomicReference<>();
    long[] when = new long[1];
    real.set(
        Alarm.by(
            null,
            () -> {
              thread.set(Thread.currentThread().getName());
              when[0] = System.nanoTime();
              rang.countDown();
            }));
    assertThat(real.get().real()).isTrue();
    long due = real.get().now() + TimeUnit.MILLISECONDS.toNanos(5);
    real.get().set(due);
    assertThat(rang.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(when[0] - due).isNotNegative();
    assertThat(thread.get()).startsWith("delegate-timer-");
  }
}
