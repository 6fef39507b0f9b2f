package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** No child can put the scheduler into a state it does not leave. */
@ExtendWith(NothingLeft.class)
class Law8NeverBrokenIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Work<Integer, Object> TRIPLE = x -> 3 * x;
  @TempDir Path tmp;

  private static void assertServes(ProcessScheduler on) {
    List<Outcome<Integer, Object>> outcomes =
        Flux.range(0, 20)
            .transform(Delegate.<Integer, Object>parallel(TRIPLE, on))
            .collectList()
            .block(LONG);
    Outcomes.assertOnePerItem(outcomes, 20);
    Outcomes.assertTripled(outcomes);
  }

  @ParameterizedTest
  @Timeout(180)
  @ValueSource(ints = {1, 256})
  void thirtyCrashesInARow(int window) {
    Work<Integer, Object> crash =
        x -> {
          Runtime.getRuntime().halt(x);
          return x;
        };
    try (ProcessScheduler on = Shapes.builder(window, 2).build()) {
      List<Outcome<Integer, Object>> outcomes =
          Flux.range(0, 30)
              .transform(Delegate.<Integer, Object>parallel(crash, on))
              .collectList()
              .block(Duration.ofSeconds(150));
      Outcomes.assertOnePerItem(outcomes, 30);
      assertThat(outcomes)
          .allSatisfy(
              o -> {
                assertThat(Outcomes.aborted(o).death().exitCode()).isEqualTo(o.item());
                assertThat(o.attempt()).isEqualTo(1);
              });
      assertServes(on);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Misbehaving.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"STARTS_A_CHILD"})
  void whateverOneItemDoes(Misbehaving what) {
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on =
        Shapes.builder(7, 1).heap("48m").timeout(Duration.ofMillis(1500)).build()) {
      List<Outcome<Integer, Object>> outcomes =
          Flux.range(0, 15)
              .transform(Delegate.<Integer, Object>parallel(what.at(7, notes), on))
              .collectList()
              .block(LONG);
      Outcomes.assertOnePerItem(outcomes, 15);
      if (what != Misbehaving.PESTERS) { // which harms whatever runs in its JVM
        Outcomes.assertTripled(outcomes, 7);
      }
      assertServes(on);
    }
  }

  @Test
  void aChildThatIsKilledWhileItRests() {
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      for (int i = 0; i < 5; i++) {
        Outcome<Integer, Object> outcome = on.submit(TRIPLE, i).block(LONG);
        assertThat(outcome.orElseThrow()).isEqualTo(3 * i);
        Pids.signal("KILL", outcome.pid());
        Pids.awaitGone(outcome.pid());
      }
      assertServes(on);
    }
  }

  @Test
  void childrenThatCannotStartEndTheStreamAndItSaysWhy() {
    try (ProcessScheduler on =
        ProcessScheduler.builder()
            .name("flawed")
            .output(Output.DISCARD)
            .jvmArgs("-XX:NoSuchFlag=7")
            .build()) {
      StepVerifier.create(
              Flux.range(0, 10).transform(Delegate.<Integer, Object>parallel(TRIPLE, on)))
          .expectErrorSatisfies(
              e ->
                  assertThat(e)
                      .isInstanceOf(DelegateException.StartFailed.class)
                      .hasMessageContaining("\"flawed\"")
                      .hasMessageContaining("3 in a row")
                      .hasMessageContaining("exit code 1")
                      .hasMessageContaining("command: ")
                      .hasMessageContaining("bin/java")
                      .hasMessageContaining("Unrecognized VM option 'NoSuchFlag=7'"))
          .verify(LONG);
      StepVerifier.create(on.submit(TRIPLE, 1))
          .expectError(DelegateException.StartFailed.class)
          .verify(LONG);
      StepVerifier.create(on.spawn(2))
          .expectError(DelegateException.StartFailed.class)
          .verify(LONG);
    }
  }

  @Test
  void theSameSchedulerServesOnceTheReasonIsGone() {
    AtomicBoolean flawed = new AtomicBoolean(true);
    AtomicInteger starts = new AtomicInteger();
    try (ProcessScheduler on =
        Shapes.builder(7, 1)
            .launcher(
                command -> {
                  starts.incrementAndGet();
                  List<String> changed = new ArrayList<>(command);
                  if (flawed.get()) {
                    changed.add(1, "-XX:NoSuchFlag=7");
                  }
                  return changed;
                })
            .build()) {
      StepVerifier.create(on.submit(TRIPLE, 1))
          .expectError(DelegateException.StartFailed.class)
          .verify(LONG);
      assertThat(starts).hasValue(3);
      flawed.set(false);
      assertServes(on);
    }
  }

  @Test
  void noChildIsStartedForAStreamThatIsOver() {
    AtomicInteger starts = new AtomicInteger();
    Work<Object, Object> echo = x -> x;
    try (ProcessScheduler on =
        Shapes.builder(7, 1)
            .launcher(
                command -> {
                  starts.incrementAndGet();
                  return List.of("false");
                })
            .build()) {
      StepVerifier.create(
              Flux.just(new Object(), 1)
                  .transform(Delegate.parallel(echo, on))
                  .doOnNext(unsendable -> spinUntil(starts, Duration.ofMillis(700))))
          .expectNextCount(1)
          .expectError(DelegateException.StartFailed.class)
          .verify(LONG);
      assertThat(starts).hasValue(3);
    }
  }

  /** Until the third start, and on: downstream is busy when the stream ends. */
  private static void spinUntil(AtomicInteger starts, Duration afterwards) {
    long begun = System.nanoTime();
    long thirdAt = 0;
    while (System.nanoTime() - begun < LONG.toNanos()
        && (thirdAt == 0 || System.nanoTime() - thirdAt < afterwards.toNanos())) {
      thirdAt = thirdAt == 0 && starts.get() == 3 ? System.nanoTime() : thirdAt;
      Thread.onSpinWait();
    }
  }

  @Test
  void twoFalseStartsAreForgiven() {
    AtomicInteger starts = new AtomicInteger();
    try (ProcessScheduler on =
        Shapes.builder(1, 1)
            .launcher(command -> starts.incrementAndGet() < 3 ? List.of("false") : command)
            .build()) {
      assertServes(on);
    }
    assertThat(starts).hasValue(3);
  }

  @Test
  void aCommandThatIsNotThere() {
    try (ProcessScheduler on =
        ProcessScheduler.builder().launcher(c -> List.of("/no/such/command")).build()) {
      StepVerifier.create(on.submit(TRIPLE, 1))
          .expectErrorSatisfies(
              e ->
                  assertThat(e)
                      .isInstanceOf(DelegateException.StartFailed.class)
                      .hasMessageContaining("/no/such/command"))
          .verify(LONG);
    }
  }

  @Test
  void aChildThatNeverComesUpIsKilledAtItsLimit() {
    AtomicBoolean hangs = new AtomicBoolean(true);
    try (ProcessScheduler on =
        Shapes.builder(Shapes.FOLLOWS, 1)
            .startTimeout(Duration.ofSeconds(6)) // for those too that do come up
            .launcher(c -> hangs.getAndSet(false) ? List.of("sleep", "300") : c)
            .build()) {
      assertServes(on);
    }
  }

  @Test
  void crashesOfOneStreamDoNotEndAnother() {
    try (ProcessScheduler on = Shapes.builder(7, 2).build()) {
      Work<Integer, Object> crash =
          x -> {
            Runtime.getRuntime().halt(1);
            return x;
          };
      Mono<List<Outcome<Integer, Object>>> bad =
          Flux.range(0, 12).transform(Delegate.<Integer, Object>parallel(crash, on)).collectList();
      Mono<List<Outcome<Integer, Object>>> good =
          Flux.range(0, 500)
              .transform(Delegate.<Integer, Object>parallel(TRIPLE, on))
              .collectList();
      Mono.zip(bad, good)
          .doOnNext(
              both -> {
                assertThat(both.getT1()).hasSize(12).allSatisfy(Outcomes::aborted);
                Outcomes.assertOnePerItem(both.getT2(), 500);
                Outcomes.assertTripled(both.getT2());
              })
          .block(LONG);
    }
  }
}
