package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.report.MicrometerObserver;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Each item has one observation, which is stopped once, whatever becomes of it. */
@ExtendWith(NothingLeft.class)
class ObservationIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private final ObservationRegistry registry = TestObservationRegistry.create();
  private final Ends ends = new Ends();

  /** How often each was started and stopped, and as what. */
  private static final class Ends implements ObservationHandler<Observation.Context> {
    final AtomicInteger started = new AtomicInteger();
    final AtomicInteger stopped = new AtomicInteger();
    final Map<Observation.Context, Integer> stops = new ConcurrentHashMap<>();
    final Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();

    @Override
    public void onStart(Observation.Context context) {
      started.incrementAndGet();
    }

    @Override
    public void onStop(Observation.Context context) {
      stops.merge(context, 1, Integer::sum);
      String end = value(context, "outcome");
      end += value(context, "limit").replace("none", "");
      end += value(context, "cause").replace("none", "");
      outcomes.computeIfAbsent(end, name -> new AtomicInteger()).incrementAndGet();
      stopped.incrementAndGet();
    }

    private static String value(Observation.Context context, String key) {
      return context.getLowCardinalityKeyValue(key).getValue();
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return context.getName().equals("delegate.item");
    }

    void assertEachStoppedOnce() {
      await().atMost(LONG).until(() -> stopped.get() >= started.get());
      assertThat(stopped).hasValue(started.get());
      await().untilAsserted(() -> assertThat(stops.values()).containsOnly(1));
    }

    int count(String outcome) {
      AtomicInteger count = outcomes.get(outcome);
      return count == null ? 0 : count.get();
    }
  }

  private ProcessScheduler.Builder builder(int window, int children) {
    registry.observationConfig().observationHandler(ends);
    return Shapes.builder(window, children).observer(new MicrometerObserver(registry));
  }

  /** Of a class that needs no Micrometer, which children do not have. */
  private static final class Works {
    static final Work<Integer, Object> ALL_KINDS = Works::act;
    static final Work<Integer, Object> SLOW = x -> slept(60_000, x);
    static final Work<Integer, Object> SLOWER_THAN_THE_QUEUE = x -> slept(1_500, x);
    static final Work<Integer, Object> TRIPLING = x -> 3 * x;
    static final Work<Object, Object> SAME = x -> x;
    static final Work<Integer, Object> DEADLY = x -> act(2);

    private static Object act(int x) throws Exception {
      switch (x) {
        case 1 -> throw new IllegalStateException("one");
        case 2 -> Runtime.getRuntime().halt(9);
        case 3 -> Thread.sleep(60_000);
        default -> {
          return 3 * x;
        }
      }
      return x;
    }

    private static Object slept(int millis, int x) throws InterruptedException {
      Thread.sleep(millis);
      return x;
    }
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void itIsStoppedWithTheOutcomeOfItsItem(int window) {
    try (ProcessScheduler on = builder(window, 2).timeout(Duration.ofMillis(500)).build()) {
      List<Integer> stoppedBefore =
          Flux.range(0, 20)
              .transform(Delegate.<Integer, Object>parallel(Works.ALL_KINDS, on))
              .map(outcome -> ends.stopped.get())
              .collectList()
              .block(LONG);
      for (int i = 0; i < 20; i++) {
        assertThat(stoppedBefore.get(i)).as("before it is passed on").isGreaterThan(i);
      }
    }
    ends.assertEachStoppedOnce();
    assertThat(ends.started).hasValue(20);
    assertThat(ends.count("success")).isEqualTo(17);
    assertThat(ends.count("failure")).isEqualTo(1);
    assertThat(ends.count("abortedexit")).isEqualTo(1);
    assertThat(ends.count("timed_outitem")).isEqualTo(1);
  }

  @Test
  void anItemThatCannotBeSentHasOneToo() {
    try (ProcessScheduler on = builder(1, 1).build()) {
      Outcome<ByteArrayInputStream, Object> outcome =
          on.submit(Works.SAME, new ByteArrayInputStream(new byte[1])).block(LONG);
      assertThat(outcome).isInstanceOf(Outcome.Failure.class);
    }
    ends.assertEachStoppedOnce();
    assertThat(ends.count("failure")).isEqualTo(1);
  }

  @Test
  void anItemThatWaitsTooLongHasOneToo() {
    try (ProcessScheduler on = builder(1, 1).queueTimeout(Duration.ofMillis(1_000)).build()) {
      on.spawn(1).block(LONG);
      Work<Integer, Object> work = Works.SLOWER_THAN_THE_QUEUE;
      Flux.merge(on.submit(work, 1), on.submit(work, 2)).blockLast(LONG);
    }
    ends.assertEachStoppedOnce();
    assertThat(ends.count("success")).isEqualTo(1);
    assertThat(ends.count("timed_outqueue")).isEqualTo(1);
  }

  @Test
  void anItemThatIsRunAgainHasOneForAllItsRuns() {
    try (ProcessScheduler on = builder(1, 1).retryAborted(2).build()) {
      assertThat(on.submit(Works.DEADLY, 1).block(LONG).attempt()).isEqualTo(3);
    }
    ends.assertEachStoppedOnce();
    assertThat(ends.count("abortedexit")).isEqualTo(1);
    assertThat(ends.stops.keySet())
        .allSatisfy(
            context ->
                assertThat(context.getHighCardinalityKeyValue("delegate.attempt").getValue())
                    .isEqualTo("3"));
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void cancelStopsThoseThatRunAndThoseThatWait(int window) {
    try (ProcessScheduler on = builder(window, 2).build()) {
      Disposable stream =
          Flux.range(0, 1_000)
              .transform(Delegate.<Integer, Object>parallel(Works.SLOW, on))
              .subscribe();
      await().atMost(LONG).until(() -> ends.started.get() >= 2 * window);
      assertThat(ends.stopped).hasValue(0);
      stream.dispose();
      assertThat(ends.stopped.get()).as("at once").isGreaterThanOrEqualTo(2 * window);
      ends.assertEachStoppedOnce();
      assertThat(ends.count("cancelled")).isEqualTo(ends.started.get());
    }
  }

  @Test
  void theEndOfTheSchedulerStopsThemToo() {
    ProcessScheduler on = builder(7, 2).build();
    AtomicInteger rejected = new AtomicInteger();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Disposable stream =
        Flux.range(0, 1_000)
            .transform(Delegate.<Integer, Object>parallel(Works.SLOW, on))
            .subscribe(
                outcome -> {},
                error -> {
                  rejected.set(1 + ends.stopped.get());
                  thrown.set(error);
                });
    await().atMost(LONG).until(() -> ends.started.get() >= 14);
    on.close();
    await().atMost(LONG).until(() -> thrown.get() != null);
    assertThat(stream.isDisposed()).isTrue();
    assertThat(thrown.get()).isInstanceOf(RejectedExecutionException.class);
    assertThat(rejected.get()).as("before the error").isGreaterThanOrEqualTo(1 + 14);
    ends.assertEachStoppedOnce();
    assertThat(ends.count("cancelled")).isEqualTo(ends.started.get());
  }

  /** Cancel may meet an item anywhere between its arrival and its outcome. */
  @ParameterizedTest
  @ValueSource(ints = {Shapes.FOLLOWS, 1, 7, 256})
  void whereverACancelMeetsAnItemItIsStoppedOnce(int window) {
    Random random = new Random(1999);
    int streams = 12;
    try (ProcessScheduler on = builder(window, 2).build()) {
      List<Long> counts =
          Flux.range(0, streams)
              .flatMap(
                  i -> {
                    int most = random.nextInt(300);
                    Flux<Outcome<Integer, Object>> outcomes =
                        Flux.range(0, 400)
                            .transform(
                                i % 2 == 0
                                    ? Delegate.<Integer, Object>parallel(Works.TRIPLING, on)
                                    : Delegate.<Integer, Object>parallelOrdered(
                                        Works.TRIPLING, on));
                    return outcomes.take(most, false).count().subscribeOn(Schedulers.parallel());
                  },
                  4)
              .collectList()
              .block(LONG);
      assertThat(counts).hasSize(streams);
      ends.assertEachStoppedOnce();
    }
    ends.assertEachStoppedOnce();
    assertThat(ends.count("failure") + ends.count("abortedexit")).isZero();
    assertThat(ends.count("success") + ends.count("cancelled") + ends.count("abortedsignal"))
        .isEqualTo(ends.started.get());
  }
}
