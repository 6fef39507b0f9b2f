package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Demand reaches the children: nothing starts without it, and cancel kills what runs. */
@ExtendWith(NothingLeft.class)
class Law7DemandIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Duration STILL = Duration.ofMillis(200);
  @TempDir Path tmp;

  private static void assertStays(Runnable assertion) {
    await().during(STILL).atMost(Duration.ofSeconds(20)).untilAsserted(assertion::run);
  }

  /** How many children are up at a time, and how many there were. */
  private static final class Count implements Reporter {
    final AtomicInteger up = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final AtomicInteger all = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);

    @Override
    public void spawn(long pid) {
      all.incrementAndGet();
      most.accumulateAndGet(up.incrementAndGet(), Math::max);
    }

    @Override
    public void exit(long pid, Death how) {
      up.decrementAndGet();
    }

    @Override
    public void cleanup() {
      end.countDown();
    }

    /** All is told on another thread, the end of the scheduler last. */
    Count atTheEnd() throws InterruptedException {
      assertThat(end.await(50, TimeUnit.SECONDS)).as("the end was told").isTrue();
      return this;
    }
  }

  @ParameterizedTest
  @CsvSource({"1,6", "7,4", "256,2", "256,6"})
  void requestOfNStartsExactlyN(int window, int children) {
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> work =
        x -> {
          notes.started(x);
          return 3 * x;
        };
    AtomicLong asked = new AtomicLong();
    try (ProcessScheduler on = Shapes.builder(window, children).build()) {
      StepVerifier.create(
              Flux.range(0, 1000)
                  .doOnRequest(asked::addAndGet)
                  .transform(Delegate.<Integer, Integer>parallel(work, on)),
              0)
          .thenRequest(3)
          .expectNextCount(3)
          .then(() -> assertStays(() -> assertThat(notes.starts()).hasSize(3)))
          .then(() -> assertThat(asked).hasValue(3))
          .thenRequest(Shapes.ITEMS)
          .expectNextCount(Shapes.ITEMS)
          .then(() -> assertStays(() -> assertThat(notes.starts()).hasSize(3 + Shapes.ITEMS)))
          .then(() -> assertThat(asked).hasValue(3 + Shapes.ITEMS))
          .thenCancel()
          .verify(LONG);
    }
    assertThat(notes.starts()).hasSize(3 + Shapes.ITEMS);
  }

  @Test
  void withoutDemandNoChildIsStarted() {
    Count count = new Count();
    Work<Integer, Integer> work = x -> x;
    try (ProcessScheduler on = ProcessScheduler.builder().reporter(count).build()) {
      Flux<Outcome<Integer, Integer>> cold =
          Flux.range(0, 10).transform(Delegate.<Integer, Integer>parallel(work, on));
      Mono<Outcome<Integer, Integer>> coldToo = on.submit(work, 1);
      StepVerifier.create(cold, 0)
          .then(
              () -> assertStays(() -> assertThat(ProcessHandle.current().descendants()).isEmpty()))
          .thenCancel()
          .verify(LONG);
      assertThat(coldToo).isNotNull();
    }
    assertThat(count.all).hasValue(0);
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windowsAndChildren")
  void neverMoreChildrenThanAskedForNorThanItems(int window, int children) throws Exception {
    Count count = new Count();
    Work<Integer, Integer> work =
        x -> {
          Thread.sleep(30);
          return 3 * x;
        };
    try (ProcessScheduler on = Shapes.builder(window, children).reporter(count).build()) {
      Flux.range(0, Shapes.ITEMS)
          .transform(Delegate.<Integer, Integer>parallel(work, on))
          .blockLast(LONG);
    }
    assertThat(count.atTheEnd().all.get()).isBetween(1, Math.min(children, Shapes.ITEMS));
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void neverMoreAtATimeThoughTheyDieAndAreReplaced(int window) throws Exception {
    Count count = new Count();
    try (ProcessScheduler on = Shapes.builder(window, 2).reporter(count).build()) {
      Work<Integer, Object> work =
          x -> {
            if (x % 10 == 5) {
              Runtime.getRuntime().halt(1);
            }
            return x;
          };
      Flux.range(0, 60).transform(Delegate.<Integer, Object>parallel(work, on)).blockLast(LONG);
    }
    assertThat(count.atTheEnd().most.get()).isLessThanOrEqualTo(2);
    assertThat(count.all.get()).isBetween(6, 8);
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void whatIsQueuedBehindASlowItemIsTakenOverByTheOthers(int window) {
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> work =
        x -> {
          if (x == 0) {
            notes.waitFor("go");
          }
          return 3 * x;
        };
    try (ProcessScheduler on = Shapes.builder(window, 2).build()) {
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 100)
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .index()
              .doOnNext(
                  o -> {
                    if (o.getT1() == 98) { // all but the slow one
                      notes.say("go", "");
                    }
                  })
              .map(o -> o.getT2())
              .collectList()
              .block(LONG);
      Outcomes.assertTripled(outcomes);
      assertThat(outcomes.get(99).item()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void inOrderTheOthersRunAheadWithinABound(int window) {
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> work =
        x -> {
          notes.started(x);
          if (x == 0) {
            notes.waitFor("go");
          }
          return 3 * x;
        };
    int bound = 4 * 2 * window;
    try (ProcessScheduler on = Shapes.builder(window, 2).build()) {
      StepVerifier.create(
              Flux.range(0, bound + 500)
                  .transform(Delegate.<Integer, Integer>parallelOrdered(work, on))
                  .map(Outcome::item))
          .then(
              () ->
                  await()
                      .atMost(LONG)
                      .until(() -> notes.starts().size() >= Math.min(bound, 2 * window + 1)))
          .then(
              () -> assertStays(() -> assertThat(notes.starts().size()).isLessThanOrEqualTo(bound)))
          .then(() -> notes.say("go", ""))
          .expectNextSequence(IntStream.range(0, bound + 500).boxed().toList())
          .expectComplete()
          .verify(LONG);
    }
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void cancelKillsWhatRuns(int window) {
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on = Shapes.builder(window, 2).build()) {
      StepVerifier.create(
              Flux.range(0, 10)
                  .transform(
                      Delegate.<Integer, Object>parallel(
                          Misbehaving.STARTS_A_CHILD.at(1, notes), on)))
          .expectNextCount(9)
          .then(() -> notes.awaitPid("child"))
          .thenCancel()
          .verify(LONG);
      Pids.awaitGone(notes.awaitPid("child"), notes.awaitPid("grandchild"));
      Work<Integer, Integer> next = x -> 3 * x;
      assertThat(on.submit(next, 2).block(LONG).orElseThrow()).isEqualTo(6);
    }
  }
}
