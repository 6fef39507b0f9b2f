package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import io.delegate.report.MicrometerObserver;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/** With a tracer: the span of an item is a child of its request's, and the child logs its ids. */
@ExtendWith(NothingLeft.class)
class TracingIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final String REQUEST = "request";

  private final List<SpanData> spans = new CopyOnWriteArrayList<>();
  private final ObservationRegistry registry = ObservationRegistry.create();
  private SdkTracerProvider provider;

  private final class Collecting implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> ended) {
      spans.addAll(ended);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  @BeforeEach
  void trace() {
    provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(new Collecting()))
            .build();
    Tracer otel = provider.get("test");
    OtelTracer tracer = new OtelTracer(otel, new OtelCurrentTraceContext(), event -> {});
    OtelPropagator propagator =
        new OtelPropagator(
            ContextPropagators.create(W3CTraceContextPropagator.getInstance()), otel);
    registry
        .observationConfig()
        .observationHandler(
            new ObservationHandler.FirstMatchingCompositeObservationHandler(
                new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
                new DefaultTracingObservationHandler(tracer)));
  }

  @AfterEach
  void close() {
    provider.close();
  }

  /** All that a child's part of the test needs: its class must not lead to the tracer's. */
  private static final class InChild {
    static final Work<Integer, String> WORK = InChild::logged;
    private static boolean ready;

    private static String logged(Integer x) {
      Logger logger = logger();
      logger.info("item {}", x);
      if (x % 10 == 3) {
        throw new IllegalStateException("three");
      }
      return ItemContext.get("traceparent");
    }

    private static Logger logger() {
      Logger logger = (Logger) LoggerFactory.getLogger("of.the.user");
      if (!ready) {
        ready = true;
        LoggerContext context = logger.getLoggerContext();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("[%X{traceId} %X{spanId}] %msg%n");
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        logger.setAdditive(false);
        logger.setLevel(ch.qos.logback.classic.Level.INFO);
        logger.addAppender(appender);
      }
      return logger;
    }
  }

  private List<Outcome<Integer, String>> request(ProcessScheduler on, int items) {
    Observation request = Observation.start(REQUEST, registry);
    try {
      return Flux.range(0, items)
          .transform(Delegate.<Integer, String>parallel(InChild.WORK, on))
          .contextWrite(context -> context.put("micrometer.observation", request))
          .collectList()
          .block(LONG);
    } finally {
      request.stop();
    }
  }

  private SpanData requestSpan() {
    return spans.stream().filter(s -> s.getName().equals(REQUEST)).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void theSpanOfAnItemIsAChildOfItsRequestsAndCrosses(int window) {
    List<Outcome<Integer, String>> outcomes;
    Map<String, String> lines = new HashMap<>();
    try (ChildLog log = new ChildLog();
        ProcessScheduler on =
            Shapes.builder(window, 2)
                .output(Output.LOG)
                .observer(new MicrometerObserver(registry))
                .build()) {
      outcomes = request(on, 60);
      on.close(); // all lines have come
      log.lines()
          .filter(line -> line.text().startsWith("["))
          .forEach(line -> lines.put(line.item(), line.text()));
    }
    SpanData request = requestSpan();
    Map<String, SpanData> items =
        spans.stream()
            .filter(span -> span != request)
            .collect(Collectors.toMap(SpanData::getSpanId, span -> span));
    assertThat(items).hasSize(60);
    assertThat(items.values())
        .allSatisfy(
            span -> {
              assertThat(span.getName()).isEqualTo("delegate.item");
              assertThat(span.getTraceId()).isEqualTo(request.getTraceId());
              assertThat(span.getParentSpanId()).isEqualTo(request.getSpanId());
              assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
            });
    assertThat(items.values())
        .filteredOn(span -> span.getStatus().getStatusCode() == StatusCode.ERROR)
        .hasSize(6);
    assertThat(outcomes).hasSize(60);
    assertThat(lines).hasSize(60);
    for (Outcome<Integer, String> outcome : outcomes) {
      String line = lines.get(outcome.item().toString());
      assertThat(line).endsWith("] item " + outcome.item());
      String[] ids = line.substring(1, line.indexOf(']')).split(" ");
      assertThat(ids[0]).isEqualTo(request.getTraceId());
      assertThat(items).containsKey(ids[1]);
      outcome
          .toOptional()
          .ifPresent(parent -> assertThat(parent).startsWith("00-" + ids[0] + "-" + ids[1] + "-"));
    }
    assertThat(lines.values()).doesNotHaveDuplicates();
  }

  @Test
  void requestsThatShareChildrenKeepTheirOwnTraces() {
    try (ProcessScheduler on =
        Shapes.builder(7, 2).observer(new MicrometerObserver(registry)).build()) {
      for (int i = 0; i < 3; i++) {
        List<Outcome<Integer, String>> outcomes = request(on, 3);
        SpanData request = spans.get(spans.size() - 1);
        assertThat(request.getName()).isEqualTo(REQUEST);
        assertThat(outcomes)
            .extracting(Outcome::orElseThrow)
            .hasSize(3)
            .allSatisfy(parent -> assertThat(parent).contains(request.getTraceId()));
      }
    }
  }
}
