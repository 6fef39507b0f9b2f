package io.delegate.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Death;
import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.Outcome;
import io.delegate.RemoteError;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MicrometerReporterTest {
  private static final Death DEATH =
      new Death(137, Optional.of("SIGKILL"), Death.Cause.OUT_OF_MEMORY, "");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MicrometerReporter reporter =
      new MicrometerReporter(registry, Tag.of("scheduler", "pictures"));

  private static Event.Finished success(Duration took, Duration waited) {
    return new Event.Finished(new Outcome.Success<>("a", 7, took, 1, "A"), waited);
  }

  /** Dashboards and alerts are built on these. */
  @Test
  void namesTagsTypesAndUnitsStayAsTheyAre() {
    reporter.event(new Event.Exit(7, DEATH, Duration.ZERO, 1, Duration.ZERO));
    List<String> meters =
        registry.getMeters().stream()
            .map(Meter::getId)
            .map(
                id ->
                    id.getName()
                        + " "
                        + id.getType()
                        + " "
                        + id.getBaseUnit()
                        + id.getTags().stream()
                            .map(tag -> " " + tag.getKey() + "=" + tag.getValue())
                            .collect(Collectors.joining()))
            .sorted()
            .toList();
    assertThat(meters)
        .containsExactly(
            "delegate.bytes.received COUNTER bytes scheduler=pictures",
            "delegate.bytes.sent COUNTER bytes scheduler=pictures",
            "delegate.child.deaths COUNTER null cause=out_of_memory scheduler=pictures",
            "delegate.child.exits COUNTER null reason=out_of_memory scheduler=pictures",
            "delegate.child.start.failures COUNTER null scheduler=pictures",
            "delegate.child.starts TIMER seconds scheduler=pictures",
            "delegate.children GAUGE null scheduler=pictures state=busy",
            "delegate.children GAUGE null scheduler=pictures state=idle",
            "delegate.children GAUGE null scheduler=pictures state=starting",
            "delegate.events.dropped COUNTER null scheduler=pictures",
            "delegate.item.runs TIMER seconds outcome=aborted scheduler=pictures",
            "delegate.item.runs TIMER seconds outcome=failure scheduler=pictures",
            "delegate.item.runs TIMER seconds outcome=success scheduler=pictures",
            "delegate.item.runs TIMER seconds outcome=timed_out scheduler=pictures",
            "delegate.item.waits TIMER seconds scheduler=pictures",
            "delegate.items.in.hand GAUGE null scheduler=pictures",
            "delegate.items.slow COUNTER null scheduler=pictures",
            "delegate.items.waiting GAUGE null scheduler=pictures",
            "delegate.window GAUGE null scheduler=pictures");
  }

  @Test
  void runTimesAreKeptApartByOutcome() {
    reporter.event(success(Duration.ofMillis(3), Duration.ofMillis(1)));
    reporter.event(success(Duration.ofMillis(5), Duration.ofMillis(1)));
    RemoteError error = new RemoteError("T", "m", "");
    Duration second = Duration.ofSeconds(1);
    reporter.event(
        new Event.Finished(new Outcome.Failure<>("b", 7, second, 1, error), Duration.ZERO));
    reporter.event(
        new Event.Finished(new Outcome.Aborted<>("c", 7, second, 1, DEATH), Duration.ZERO));
    assertThat(count("success")).isEqualTo(2);
    assertThat(
            registry
                .get("delegate.item.runs")
                .tag("outcome", "success")
                .timer()
                .totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(8);
    assertThat(count("failure")).isEqualTo(1);
    assertThat(count("aborted")).isEqualTo(1);
    assertThat(count("timed_out")).isZero();
    assertThat(registry.get("delegate.item.waits").timer().totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(2);
  }

  private long count(String outcome) {
    return registry.get("delegate.item.runs").tag("outcome", outcome).timer().count();
  }

  @Test
  void gaugesShowTheLastLoad() {
    reporter.event(new Event.Load(1, 2, 3, 40, 50, 30, 600, 700));
    reporter.event(new Event.Load(0, 1, 5, 4, 55, 31, 6_000, 7_000));
    assertThat(gauge("delegate.items.waiting")).isEqualTo(4);
    assertThat(gauge("delegate.items.in.hand")).isEqualTo(55);
    assertThat(gauge("delegate.window")).isEqualTo(31);
    assertThat(registry.get("delegate.children").tag("state", "busy").gauge().value()).isEqualTo(5);
    assertThat(registry.get("delegate.children").tag("state", "idle").gauge().value()).isEqualTo(1);
    assertThat(registry.get("delegate.bytes.sent").functionCounter().count()).isEqualTo(6_000);
    assertThat(registry.get("delegate.bytes.received").functionCounter().count()).isEqualTo(7_000);
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }

  @Test
  void nodesHaveAGaugeEach() {
    reporter.event(new Event.Node(1, "n1", 6, ""));
    reporter.event(new Event.Node(2, "n2", 4, ""));
    reporter.event(new Event.Node(1, "n1", 3, ""));
    reporter.event(new Event.Node(2, "n2", 0, "it has left the cluster"));
    assertThat(registry.get("delegate.node.children").tag("node", "n1").gauge().value())
        .isEqualTo(3);
    assertThat(registry.get("delegate.node.children").tag("node", "n2").gauge().value())
        .isEqualTo(0);
  }

  @Test
  void startsDeathsAndLossesAreCounted() {
    reporter.event(new Event.Spawn(7, Duration.ofMillis(200)));
    reporter.event(new Event.Spawn(8, Duration.ofMillis(300)));
    reporter.event(new Event.StartFailed(9, DEATH, Duration.ofMillis(20)));
    reporter.event(new Event.Exit(7, DEATH, Duration.ofSeconds(3), 4, Duration.ofSeconds(2)));
    reporter.event(new Event.Slow(8, "a", Duration.ofSeconds(1)));
    reporter.event(new Event.Dropped(12));
    assertThat(registry.get("delegate.child.starts").timer().count()).isEqualTo(2);
    assertThat(registry.get("delegate.child.start.failures").counter().count()).isEqualTo(1);
    assertThat(
            registry.get("delegate.child.deaths").tag("cause", "out_of_memory").counter().count())
        .isEqualTo(1);
    assertThat(registry.get("delegate.items.slow").counter().count()).isEqualTo(1);
    assertThat(registry.get("delegate.events.dropped").counter().count()).isEqualTo(12);
  }

  @Test
  void aChildThatWasWishedAwayIsNoDeath() {
    for (ExitReason reason : ExitReason.values()) {
      reporter.event(new Event.Exit(7, DEATH, Duration.ZERO, 1, Duration.ZERO, reason));
      String tag = reason.name().toLowerCase(java.util.Locale.ROOT);
      assertThat(registry.get("delegate.child.exits").tag("reason", tag).counter().count())
          .isEqualTo(1);
    }
    assertThat(registry.get("delegate.child.deaths").counter().count()).isEqualTo(4);
  }
}
