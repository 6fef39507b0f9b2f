package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** An end is told only once the child and every process it started are gone. */
@ExtendWith(NothingLeft.class)
class Law5DeadMeansDeadIT {
  private static final Duration LONG = Duration.ofSeconds(50);

  /** For a cold child to start what it starts, and to note it. */
  private static final Duration LIMIT = Duration.ofSeconds(8);

  @TempDir Path tmp;

  /** Those that still run, of the child and what it started. */
  private static List<String> alive(Notes notes) {
    return Stream.of("child", "grandchild")
        .filter(notes::said)
        .filter(name -> Pids.runs(notes.awaitPid(name)))
        .toList();
  }

  @Test
  void aTimeoutIsToldWhenAllAreGone() {
    Shapes.atOnce(
        Stream.of(
            Misbehaving.SPINS_IN_A_COUNTED_LOOP,
            Misbehaving.IGNORES_INTERRUPTS,
            Misbehaving.STOPS_ITSELF,
            Misbehaving.STARTS_A_CHILD,
            Misbehaving.STARTS_A_DAEMON),
        this::aTimeoutIsToldWhenAllAreGone);
  }

  private void aTimeoutIsToldWhenAllAreGone(Misbehaving what) {
    Notes notes = Notes.in(tmp.resolve(what.name()));
    assertThat(notes.directory().mkdir()).isTrue();
    AtomicReference<List<String>> alive = new AtomicReference<>();
    try (ProcessScheduler on = Shapes.builder(7, 1).timeout(LIMIT).build()) {
      List<Outcome<Integer, Object>> outcomes =
          Flux.range(0, 3)
              .transform(Delegate.<Integer, Object>parallel(what.at(1, notes), on))
              .doOnNext(
                  o -> {
                    if (o instanceof Outcome.TimedOut) {
                      alive.set(alive(notes)); // at this very moment
                    }
                  })
              .collectList()
              .block(LONG);
      Outcomes.assertTripled(outcomes, 1);
    }
    assertThat(notes.said("child")).as("%s", what).isTrue();
    assertThat(alive.get()).as("%s", what).isEmpty();
  }

  /** Also the end of a child that ended by itself, and left something. */
  @Test
  void aCrashIsToldWhenAllAreGone() {
    Notes notes = Notes.in(tmp);
    Work<Integer, Object> work =
        x -> {
          if (x == 1) {
            Misbehaving.LEAVES_A_DAEMON.act(notes);
            Runtime.getRuntime().halt(1);
          }
          return 3 * x;
        };
    AtomicReference<List<String>> alive = new AtomicReference<>();
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      Flux.range(0, 3)
          .transform(Delegate.<Integer, Object>parallel(work, on))
          .doOnNext(
              o -> {
                if (o instanceof Outcome.Aborted) {
                  alive.set(alive(notes));
                }
              })
          .blockLast(LONG);
    }
    assertThat(notes.said("grandchild")).isTrue();
    assertThat(alive.get()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Misbehaving.class,
      names = {
        "SPINS_IN_A_COUNTED_LOOP",
        "IGNORES_INTERRUPTS",
        "STARTS_A_CHILD",
        "STARTS_A_DAEMON"
      })
  void theEndOfADisposeIsToldWhenAllAreGone(Misbehaving what) {
    Notes notes = Notes.in(tmp);
    ProcessScheduler on = Shapes.builder(7, 2).build();
    AtomicReference<Throwable> error = new AtomicReference<>();
    AtomicReference<List<String>> alive = new AtomicReference<>();
    Flux.range(0, 3)
        .transform(Delegate.<Integer, Object>parallel(what.at(1, notes), on))
        .subscribe(
            o -> {},
            e -> {
              alive.set(alive(notes));
              error.set(e);
            });
    notes.awaitPid("child");
    on.close();
    assertThat(alive(notes)).isEmpty();
    await().untilAsserted(() -> assertThat(error.get()).isNotNull());
    assertThat(error.get()).isInstanceOf(RejectedExecutionException.class);
    assertThat(alive.get()).isEmpty();
    assertThat(
            NothingLeft.directories(
                Path.of(System.getProperty("java.io.tmpdir")),
                "delegate-" + ProcessHandle.current().pid() + "-"))
        .isEmpty();
  }

  @Test
  void theStreamCompletesWhenItsOwnChildrenAreGone() {
    Notes notes = Notes.in(tmp);
    Set<Long> pids = ConcurrentHashMap.newKeySet();
    AtomicReference<List<String>> alive = new AtomicReference<>();
    Flux.range(0, 3)
        .transform(Delegate.<Integer, Object>parallel(Misbehaving.LEAVES_A_DAEMON.at(1, notes), 2))
        .doOnNext(o -> pids.add(o.pid()))
        .doOnComplete(
            () ->
                alive.set(
                    Stream.concat(pids.stream(), Stream.of(notes.awaitPid("grandchild")))
                        .filter(Pids::runs)
                        .map(String::valueOf)
                        .toList()))
        .blockLast(LONG);
    assertThat(alive.get()).isEmpty();
  }

  @Test
  void anErrorOfUpstreamIsToldWhenTheOwnChildrenAreGone() {
    Set<Long> pids = ConcurrentHashMap.newKeySet();
    AtomicReference<List<Long>> alive = new AtomicReference<>();
    Work<Integer, Integer> work = x -> 3 * x;
    StepVerifier.create(
            Flux.range(0, 4)
                .concatWith(Flux.error(new IllegalStateException("upstream")))
                .transform(Delegate.<Integer, Integer>parallel(work, 2))
                .doOnNext(o -> pids.add(o.pid()))
                .doOnError(e -> alive.set(pids.stream().filter(Pids::runs).toList())))
        .expectNextCount(4)
        .expectErrorMessage("upstream")
        .verify(LONG);
    assertThat(alive.get()).isEmpty();
  }

  /** Items that end about when their time does: whoever is first wins, and nobody else is hit. */
  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void aResultThatWasFinishedWinsOverTheKill(int window) {
    Work<Integer, Object> work =
        x -> {
          if (x % 2 == 0) {
            return 3 * x;
          }
          long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(149_000 + 100 * (x % 20));
          while (System.nanoTime() < end) {
            Thread.onSpinWait();
          }
          return 3 * x;
        };
    List<Outcome<Integer, Object>> outcomes =
        Law3ExactBlameIT.run(30, work, Shapes.builder(window, 2).timeout(Duration.ofMillis(150)));
    Outcomes.assertOnePerItem(outcomes, 30);
    assertThat(outcomes)
        .allSatisfy(
            o -> {
              if (o.isSuccess()) {
                assertThat(o.orElseThrow()).isEqualTo(3 * o.item());
              } else {
                assertThat(o).isInstanceOf(Outcome.TimedOut.class);
                assertThat(o.took()).isGreaterThanOrEqualTo(Duration.ofMillis(150));
              }
            });
  }

  /** The results before it were finished, and in the same window. */
  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void aTimeoutTakesNoResultAlong(int window) {
    Notes notes = Notes.in(tmp);
    List<Outcome<Integer, Object>> outcomes =
        Law3ExactBlameIT.run(
            100,
            Misbehaving.STOPS_ITSELF.at(50, notes),
            Shapes.builder(window, 1).timeout(Duration.ofMillis(400)));
    Outcomes.assertOnePerItem(outcomes, 100);
    Outcomes.assertTripled(outcomes, 50);
    assertThat(Outcomes.of(50, outcomes)).isInstanceOf(Outcome.TimedOut.class);
    assertThat(Outcomes.of(49, outcomes).pid()).isEqualTo(Outcomes.of(50, outcomes).pid());
  }
}
