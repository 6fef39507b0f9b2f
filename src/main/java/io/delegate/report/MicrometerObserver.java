package io.delegate.report;

import io.delegate.ItemObserver;
import io.delegate.Outcome;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.RequestReplySenderContext;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An observation for each item, by Micrometer ({@code io.micrometer:micrometer-observation}, an
 * optional dependency): a timer where the registry measures, a span where it traces.
 *
 * <pre>
 *   delegate.item   outcome=success|failure|aborted|timed_out|cancelled
 *                   limit=none|item|start|queue      of an item that is timed_out
 *                   cause=none|exit|signal|…         of the death, of an item that is aborted
 *                   delegate.pid, delegate.attempt   of high cardinality; not of one cancelled
 * </pre>
 *
 * <p>It starts when the item is taken from upstream and stops with its outcome, before that is
 * passed on: waiting counts, and all runs of an item that {@link
 * io.delegate.ProcessScheduler.Builder#retryAborted} runs again. The error of any outcome but
 * success is that of {@link Outcome#toException()}. An item that has no outcome since its stream
 * was cancelled, or ended with an error, stops then, and is {@code cancelled}, without an error.
 *
 * <p>Its parent is the observation in the subscriber's Reactor Context, where Spring and {@code
 * Micrometer.observation(registry)} put it ({@code micrometer.observation}); without one, the
 * current observation of the thread that subscribes.
 *
 * <p>With a tracing bridge whose {@code PropagatingSenderTracingObservationHandler} is registered,
 * as Spring Boot does, the item takes along what its propagator writes: {@code traceparent} and its
 * kin. From W3C's form or B3's the item also has {@code traceId} and {@code spanId}, the names that
 * Spring's log patterns have. All of that is in the child in {@link io.delegate.ItemContext} and
 * the MDC; the span is the item's own, the same for each run of it.
 *
 * <p>Its context is a {@link RequestReplySenderContext} whose response is the {@link Outcome}.
 */
public final class MicrometerObserver implements ItemObserver {
  private static final String NAME = "delegate.item";

  /** The key of {@code ObservationThreadLocalAccessor}, which is not there without its library. */
  private static final String CURRENT = "micrometer.observation";

  private static final String OUTCOME = "outcome";
  private static final String LIMIT = "limit";
  private static final String CAUSE = "cause";
  private static final String NONE = "none";

  private final ObservationRegistry registry;
  private final KeyValues tags;

  /**
   * Makes one.
   *
   * @param registry where observations go
   * @param tags for all of them, of low cardinality, such as the name of the scheduler
   */
  public MicrometerObserver(ObservationRegistry registry, KeyValue... tags) {
    this.registry = Objects.requireNonNull(registry, "registry");
    this.tags = KeyValues.of(tags);
  }

  @Override
  public Items subscribed(Function<Object, @Nullable Object> context) {
    Observation parent =
        context.apply(CURRENT) instanceof Observation found
            ? found
            : registry.getCurrentObservation();
    return (item, carried) -> start(parent, carried);
  }

  private Item start(@Nullable Observation parent, Map<String, String> carried) {
    RequestReplySenderContext<Map<String, String>, Outcome<?, ?>> context =
        new RequestReplySenderContext<>(MicrometerObserver::put, Kind.CLIENT);
    context.setCarrier(carried);
    Observation observation =
        Observation.createNotStarted(NAME, () -> context, registry)
            .parentObservation(parent)
            .lowCardinalityKeyValues(tags)
            .start();
    TraceIds.add(carried);
    return new Running(observation, context);
  }

  private static void put(
      @Nullable Map<String, String> carrier, @Nullable String name, @Nullable String value) {
    if (carrier != null && name != null && value != null) {
      carrier.put(name, value);
    }
  }

  private record Running(
      Observation observation,
      RequestReplySenderContext<Map<String, String>, Outcome<?, ?>> context)
      implements Item {
    @Override
    public void ended(Outcome<?, ?> outcome) {
      context.setResponse(outcome);
      String limit = NONE;
      String cause = NONE;
      if (outcome instanceof Outcome.TimedOut<?, ?> t) {
        limit = t.which().name().toLowerCase(Locale.ROOT);
      } else if (outcome instanceof Outcome.Aborted<?, ?> a) {
        cause = a.death().cause().name().toLowerCase(Locale.ROOT);
      }
      observation
          .highCardinalityKeyValue("delegate.pid", Long.toString(outcome.pid()))
          .highCardinalityKeyValue("delegate.attempt", Integer.toString(outcome.attempt()));
      if (!outcome.isSuccess()) {
        observation.error(outcome.toException());
      }
      stop(Words.of(outcome).replace(' ', '_'), limit, cause);
    }

    @Override
    public void cancelled() {
      stop("cancelled", NONE, NONE);
    }

    private void stop(String outcome, String limit, String cause) {
      observation
          .lowCardinalityKeyValue(OUTCOME, outcome)
          .lowCardinalityKeyValue(LIMIT, limit)
          .lowCardinalityKeyValue(CAUSE, cause)
          .stop();
    }
  }
}
