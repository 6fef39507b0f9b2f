package io.delegate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Death;
import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.ProcessScheduler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VitalsTest {
  private static final Death DEATH =
      new Death(137, Optional.of("SIGKILL"), Death.Cause.SIGNAL, "1\n2\nlast\n\nwords\n");

  /** Set by hand. */
  private static final class Hands extends Clock {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private final Hands clock = new Hands();
  private final ProcessScheduler scheduler = ProcessScheduler.create(2);
  private final Vitals vitals = new Vitals(scheduler, 2, clock);

  @AfterEach
  void close() {
    scheduler.close();
  }

  private void spawn() {
    vitals.accept(new Event.Spawn(7, Duration.ofMillis(100)));
  }

  private void exit(boolean lost) {
    ExitReason reason = lost ? ExitReason.CRASHED : ExitReason.IDLE;
    vitals.accept(new Event.Exit(7, DEATH, Duration.ZERO, 0, Duration.ZERO, reason));
  }

  private void startFails() {
    vitals.accept(new Event.StartFailed(7, DEATH, Duration.ZERO));
  }

  private Map<String, Object> details() {
    return vitals.finding().details();
  }

  @Test
  void atFirstAllIsWell() {
    assertThat(vitals.finding().down()).isNull();
    assertThat(details()).containsEntry("childrenUp", 0).doesNotContainKey("problem");
  }

  @Test
  void aChildThatWasNotNeededAnyMoreIsNoLoss() {
    spawn();
    exit(false);
    assertThat(details()).containsEntry("childrenUp", 0).containsEntry("lostInTheLastMinute", 0);
    assertThat(details()).doesNotContainKey("lastLoss");
  }

  @Test
  void lossesOfTheLastMinuteAreToldAndAboveTheBoundItIsDown() {
    for (int i = 0; i < 3; i++) {
      assertThat(vitals.finding().down()).isNull();
      spawn();
      exit(true);
    }
    assertThat(vitals.finding().down()).contains("delegate.health.max-losses");
    assertThat(details()).containsEntry("lostInTheLastMinute", 3);
    assertThat(details().get("lastLoss").toString())
        .startsWith("2026-01-01T00:00:00Z SIGNAL SIGKILL (exit code 137)")
        .endsWith(": 2 / last / words");
    clock.now = clock.now.plusSeconds(59);
    assertThat(vitals.finding().down()).isNotNull();
    clock.now = clock.now.plusSeconds(1);
    assertThat(vitals.finding().down()).isNull();
    assertThat(details()).containsEntry("lostInTheLastMinute", 0);
  }

  @Test
  void itIsDownWhileChildrenCannotBeStarted() {
    startFails();
    startFails();
    assertThat(vitals.finding().down()).isNull();
    startFails();
    assertThat(vitals.finding().down()).isEqualTo("children cannot be started");
    assertThat(details())
        .containsEntry("failedStartsInARow", 3)
        .containsKeys("lastFailedStart", "problem");
    spawn();
    assertThat(vitals.finding().down()).isNull();
  }

  /** Or it would be down for ever where nobody sends work to what is down. */
  @Test
  void anOldFailureSaysNothing() {
    for (int i = 0; i < 3; i++) {
      startFails();
    }
    clock.now = clock.now.plusSeconds(60);
    assertThat(vitals.finding().down()).isNull();
  }

  /** It may have come up before anybody listened. */
  @Test
  void theExitOfOneThatIsNotKnownTakesNoneAway() {
    exit(false);
    assertThat(details()).containsEntry("childrenUp", 0);
    spawn();
    assertThat(details()).containsEntry("childrenUp", 1);
  }

  @Test
  void whileOneIsUpTheOthersMayFail() {
    spawn();
    for (int i = 0; i < 5; i++) {
      startFails();
    }
    assertThat(vitals.finding().down()).isNull();
  }

  @Test
  void aDisposedSchedulerIsDown() {
    scheduler.close();
    assertThat(vitals.finding().down()).isEqualTo("disposed");
  }

  @Test
  void whatThereIsToDoIsTold() {
    vitals.accept(new Event.Load(1, 0, 2, 30, 4, 2, 0, 0));
    assertThat(details())
        .containsEntry("childrenStarting", 1)
        .containsEntry("childrenBusy", 2)
        .containsEntry("itemsWaiting", 30L)
        .containsEntry("itemsInHand", 4L);
  }
}
