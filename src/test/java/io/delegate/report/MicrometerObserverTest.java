package io.delegate.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Death;
import io.delegate.DelegateException;
import io.delegate.ItemObserver;
import io.delegate.Outcome;
import io.delegate.RemoteError;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.micrometer.observation.transport.RequestReplySenderContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MicrometerObserverTest {
  private static final Death DEATH =
      new Death(137, Optional.of("SIGKILL"), Death.Cause.OUT_OF_MEMORY, "");

  private final TestObservationRegistry registry = TestObservationRegistry.create();
  private final Map<String, String> carried = new LinkedHashMap<>();

  private ItemObserver.Item taken() {
    return new MicrometerObserver(registry, KeyValue.of("scheduler", "pictures"))
        .subscribed(key -> null)
        .taken("item", carried);
  }

  private void assertStopped(Consumer<Observation.ContextView> that) {
    TestObservationRegistryAssert.assertThat(registry)
        .hasNumberOfObservationsEqualTo(1)
        .hasObservationWithNameEqualTo("delegate.item")
        .that()
        .hasBeenStarted()
        .hasBeenStopped()
        .satisfies(that);
  }

  private static String low(Observation.ContextView context) {
    StringBuilder all = new StringBuilder();
    for (KeyValue pair : context.getLowCardinalityKeyValues()) {
      all.append(pair.getKey()).append('=').append(pair.getValue()).append(' ');
    }
    return all.toString().trim();
  }

  private void assertEnd(
      Outcome<String, String> outcome, String keys, @Nullable Class<? extends Throwable> error) {
    taken().ended(outcome);
    assertStopped(
        context -> {
          assertThat(low(context)).isEqualTo(keys + " scheduler=pictures");
          assertThat(context.getHighCardinalityKeyValue("delegate.pid").getValue()).isEqualTo("7");
          assertThat(context.getHighCardinalityKeyValue("delegate.attempt").getValue())
              .isEqualTo("2");
          assertThat(((RequestReplySenderContext<?, ?>) context).getResponse()).isSameAs(outcome);
          if (error == null) {
            assertThat(context.getError()).isNull();
          } else {
            assertThat(context.getError()).isInstanceOf(error);
          }
        });
  }

  @Test
  void success() {
    assertEnd(
        new Outcome.Success<>("item", 7, Duration.ZERO, 2, "result"),
        "cause=none limit=none outcome=success",
        null);
  }

  @Test
  void failure() {
    assertEnd(
        new Outcome.Failure<>("item", 7, Duration.ZERO, 2, new RemoteError("E", "m", "E: m")),
        "cause=none limit=none outcome=failure",
        DelegateException.Failed.class);
  }

  @Test
  void aborted() {
    assertEnd(
        new Outcome.Aborted<>("item", 7, Duration.ZERO, 2, DEATH),
        "cause=out_of_memory limit=none outcome=aborted",
        DelegateException.Aborted.class);
  }

  @Test
  void timedOut() {
    assertEnd(
        new Outcome.TimedOut<>("item", 7, Duration.ZERO, 2, Duration.ofSeconds(1), ""),
        "cause=none limit=item outcome=timed_out",
        DelegateException.TimedOut.class);
  }

  @Test
  void cancelled() {
    taken().cancelled();
    assertStopped(
        context -> {
          assertThat(low(context))
              .isEqualTo("cause=none limit=none outcome=cancelled scheduler=pictures");
          assertThat(context.getError()).isNull();
        });
  }

  @Test
  void untilItsEndItRuns() {
    ItemObserver.Item unused = taken();
    TestObservationRegistryAssert.assertThat(registry)
        .hasObservationWithNameEqualTo("delegate.item")
        .that()
        .hasBeenStarted()
        .isNotStopped();
  }

  @Test
  void itsParentIsThatOfTheSubscribersContextElseThatOfTheThread() throws Exception {
    Observation thread = Observation.start("thread", registry);
    Observation context = Observation.start("context", registry);
    MicrometerObserver observer = new MicrometerObserver(registry);
    try (Observation.Scope scope = thread.openScope()) {
      assertParent(observer.subscribed(key -> null), thread);
      assertParent(
          observer.subscribed(key -> key.equals("micrometer.observation") ? context : null),
          context);
    }
    assertParent(observer.subscribed(key -> null), null);
  }

  /** Whatever observation the thread has that brings the item. */
  private void assertParent(ItemObserver.Items items, @Nullable Observation parent)
      throws Exception {
    registry.clear();
    CompletableFuture.runAsync(
            () -> {
              Observation other = Observation.start("other", registry);
              try (Observation.Scope scope = other.openScope()) {
                items.taken("item", carried).cancelled();
              }
            })
        .get();
    TestObservationRegistryAssert.assertThat(registry)
        .hasObservationWithNameEqualTo("delegate.item")
        .that()
        .satisfies(c -> assertThat(c.getParentObservation()).isSameAs(parent));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "traceparent, 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01, 0af7651916cd43dd8448eb211c80319c, b7ad6b7169203331",
        "traceparent, 00-0af7651916cd43dd8448eb211c80319c, -, -",
        "traceparent, nonsense, -, -",
        "b3, 80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1, 80f198ee56343ba864fe8b2a57d3eff7, e457b5a2e4d86bd1",
        "b3, 80f198ee56343ba8-e457b5a2e4d86bd1, 80f198ee56343ba8, e457b5a2e4d86bd1",
        "b3, 0, -, -",
        "X-B3-TraceId, 80f198ee56343ba8, -, -",
        "uber-trace-id, 1:2:0:1, -, -",
      })
  void whatATracerWritesGoesAlongWithItsIds(String field, String value, String trace, String span) {
    registry.observationConfig().observationHandler(writing(Map.of(field, value)));
    ItemObserver.Item unused = taken();
    assertThat(carried.get(field)).isEqualTo(value);
    assertThat(carried.get("traceId")).isEqualTo(trace);
    assertThat(carried.get("spanId")).isEqualTo(span);
  }

  @Test
  void theIdsOfB3InTwoFieldsGoAlong() {
    registry
        .observationConfig()
        .observationHandler(writing(Map.of("X-B3-TraceId", "80f1", "X-B3-SpanId", "e457")));
    ItemObserver.Item unused = taken();
    assertThat(carried).containsEntry("traceId", "80f1").containsEntry("spanId", "e457");
  }

  @Test
  void withoutATracerNothingGoesAlong() {
    ItemObserver.Item unused = taken();
    assertThat(carried).isEmpty();
  }

  @Test
  void aRegistryThatDoesNothingCostsNothing() {
    ItemObserver.Item item =
        new MicrometerObserver(ObservationRegistry.NOOP)
            .subscribed(key -> null)
            .taken("item", carried);
    item.ended(new Outcome.Success<>("item", 7, Duration.ZERO, 1, "result"));
    assertThat(carried).isEmpty();
  }

  /** As a tracer does when an observation starts. */
  private static ObservationHandler<RequestReplySenderContext<Object, Object>> writing(
      Map<String, String> fields) {
    return new ObservationHandler<>() {
      @Override
      public void onStart(RequestReplySenderContext<Object, Object> context) {
        fields.forEach((name, value) -> context.getSetter().set(context.getCarrier(), name, value));
      }

      @Override
      public boolean supportsContext(Observation.Context context) {
        return context instanceof RequestReplySenderContext;
      }
    };
  }
}
