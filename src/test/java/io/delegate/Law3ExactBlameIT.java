package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/** {@code Aborted} hits only the item that was running in the child that died. */
@ExtendWith(NothingLeft.class)
class Law3ExactBlameIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  @TempDir Path tmp;

  static <R> List<Outcome<Integer, R>> run(
      int items, Work<Integer, R> work, ProcessScheduler.Builder builder) {
    try (ProcessScheduler on = builder.build()) {
      return Flux.range(0, items)
          .transform(Delegate.<Integer, R>parallel(work, on))
          .collectList()
          .block(LONG);
    }
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void whatIsQueuedBehindTheCrashGoesToAnotherChildAndIsChargedNothing(int window) {
    List<Outcome<Integer, Object>> outcomes =
        run(256, Misbehaving.HALTS.at(0, Notes.in(tmp)), Shapes.builder(window, 1));
    Outcomes.assertOnePerItem(outcomes, 256);
    Outcomes.assertTripled(outcomes, 0);
    Outcome.Aborted<?, ?> crash = Outcomes.aborted(Outcomes.of(0, outcomes));
    assertThat(crash.attempt()).isEqualTo(1);
    assertThat(crash.death().exitCode()).isEqualTo(137);
    assertThat(outcomes)
        .filteredOn(Outcome::isSuccess)
        .allSatisfy(o -> assertThat(o.pid()).isNotEqualTo(crash.pid()));
  }

  @ParameterizedTest
  @CsvSource({"1,200", "7,200", "256,200", "256,2", "256,256", "7,7", "7,8"})
  void whatWasFinishedIsKeptThoughItWasNotSentYet(int window, int n) {
    List<Outcome<Integer, Object>> outcomes =
        run(n, Misbehaving.HALTS.at(n - 1, Notes.in(tmp)), Shapes.builder(window, 1));
    Outcomes.assertOnePerItem(outcomes, n);
    Outcomes.assertTripled(outcomes, n - 1);
    Outcomes.aborted(Outcomes.of(n - 1, outcomes));
    assertThat(outcomes).extracting(Outcome::pid).containsOnly(outcomes.get(0).pid());
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void largeResultsToo(int window) {
    Work<Integer, byte[]> work =
        x -> {
          if (x == 60) {
            Runtime.getRuntime().halt(1);
          }
          byte[] large = new byte[x % 7 == 0 ? 700_000 : 5_000];
          Arrays.fill(large, (byte) (int) x);
          return large;
        };
    List<Outcome<Integer, byte[]>> outcomes = run(61, work, Shapes.builder(window, 1));
    Outcomes.assertOnePerItem(outcomes, 61);
    Outcomes.aborted(Outcomes.of(60, outcomes));
    assertThat(outcomes)
        .filteredOn(o -> o.item() != 60)
        .allSatisfy(
            o -> {
              assertThat(o.orElseThrow()).hasSize(o.item() % 7 == 0 ? 700_000 : 5_000);
              assertThat(o.orElseThrow()[4_999]).isEqualTo((byte) (int) o.item());
            });
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void atFullSpeed(int window) {
    Work<Integer, Object> work =
        x -> {
          if (x % 2_500 == 2_499) {
            Runtime.getRuntime().halt(137);
          }
          return 3 * x;
        };
    List<Outcome<Integer, Object>> outcomes = run(20_000, work, Shapes.builder(window, 2));
    Outcomes.assertOnePerItem(outcomes, 20_000);
    assertThat(outcomes)
        .filteredOn(o -> !o.isSuccess())
        .hasSize(8)
        .allSatisfy(
            o -> {
              Outcomes.aborted(o);
              assertThat(o.item() % 2_500).isEqualTo(2_499);
            });
    Outcomes.assertTripled(outcomes.stream().filter(Outcome::isSuccess).toList());
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void aKillFromOutsideHitsTheItemThatRuns(int window) {
    Notes notes = Notes.in(tmp);
    Work<Integer, Object> work =
        x -> {
          if (x == 10) {
            notes.sayPid("pid");
            Thread.sleep(60_000);
          }
          return 3 * x;
        };
    CompletableFuture<Void> killer =
        CompletableFuture.runAsync(() -> Pids.signal("KILL", notes.awaitPid("pid")));
    List<Outcome<Integer, Object>> outcomes = run(40, work, Shapes.builder(window, 2));
    killer.join();
    Outcomes.assertOnePerItem(outcomes, 40);
    Outcomes.assertTripled(outcomes, 10);
    Outcome.Aborted<?, ?> killed = Outcomes.aborted(Outcomes.of(10, outcomes));
    assertThat(killed.death().cause()).isEqualTo(Death.Cause.SIGNAL);
    assertThat(killed.death().signal()).contains("SIGKILL");
    assertThat(killed.pid()).isEqualTo(notes.awaitPid("pid"));
  }

  static Stream<Arguments> deaths() {
    return Stream.of(
        Arguments.of(Misbehaving.EXITS, Death.Cause.EXIT, 7),
        Arguments.of(Misbehaving.EXITS_WITH_ZERO, Death.Cause.EXIT, 0),
        Arguments.of(Misbehaving.EATS_THE_HEAP, Death.Cause.OUT_OF_MEMORY, 3),
        Arguments.of(Misbehaving.CRASHES_NATIVELY, Death.Cause.NATIVE_CRASH, 134));
  }

  @ParameterizedTest
  @MethodSource("deaths")
  void theDeathSaysHow(Misbehaving how, Death.Cause cause, int code) {
    List<Outcome<Integer, Object>> outcomes =
        run(20, how.at(10, Notes.in(tmp)), Shapes.builder(256, 1).heap("32m"));
    Outcomes.assertOnePerItem(outcomes, 20);
    Outcomes.assertTripled(outcomes, 10);
    Death death = Outcomes.aborted(Outcomes.of(10, outcomes)).death();
    assertThat(death.cause()).as("%s", death).isEqualTo(cause);
    assertThat(death.exitCode()).isEqualTo(code);
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(Misbehaving.THROWS_CHECKED, "java.io.IOException", "the disk is on fire"),
        Arguments.of(Misbehaving.THROWS_ERROR, "java.lang.AssertionError", "never happens"),
        Arguments.of(Misbehaving.THROWS_WITH_CAUSES, "java.lang.IllegalStateException", "outer"),
        Arguments.of(Misbehaving.THROWS_WHAT_THROWS, "io.delegate.Misbehaving$Spiteful", ""),
        Arguments.of(Misbehaving.RECURSES, "java.lang.StackOverflowError", ""),
        Arguments.of(Misbehaving.RETURNS_WHAT_CANNOT_BE_SENT, "", "Box.content[key][1]"),
        Arguments.of(Misbehaving.RETURNS_TOO_MUCH, "", "maxFrame"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whatIsThrownKillsNobody(Misbehaving how, String type, String message) {
    List<Outcome<Integer, Object>> outcomes =
        run(20, how.at(10, Notes.in(tmp)), Shapes.builder(7, 1).maxFrame(1 << 20));
    Outcomes.assertOnePerItem(outcomes, 20);
    Outcomes.assertTripled(outcomes, 10);
    assertThat(outcomes).extracting(Outcome::pid).containsOnly(outcomes.get(0).pid());
    RemoteError error = Outcomes.failure(Outcomes.of(10, outcomes)).error();
    assertThat(error.type()).contains(type);
    assertThat(error.message()).contains(message);
    if (how == Misbehaving.THROWS_WITH_CAUSES) {
      assertThat(error.stackTrace())
          .contains("Caused by: java.lang.IllegalArgumentException: middle")
          .contains("Caused by: java.io.IOException: inner")
          .contains("Misbehaving");
    }
  }
}
