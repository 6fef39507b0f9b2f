package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;

/** A thousand items, six of which do the worst they can: the other 994 do not notice. */
@ExtendWith(NothingLeft.class)
@Timeout(180)
class ThousandItemsIT {
  private static final Duration LONG = Duration.ofSeconds(55);

  /** Seconds that an item may run. */
  private static final int[] LIMITS = {1, 1, 5};

  @TempDir Path tmp;

  private static Work<Integer, Object> work(Notes notes) {
    return x -> {
      notes.started(x);
      return switch (x) {
        case 100 -> Misbehaving.HALTS.act(notes);
        case 250 -> {
          notes.sayPid("victim");
          yield Misbehaving.SLEEPS.act(notes);
        }
        case 400 -> Misbehaving.EATS_THE_HEAP.act(notes);
        case 550 -> Misbehaving.THROWS_CHECKED.act(notes);
        case 700 -> Misbehaving.RETURNS_WHAT_CANNOT_BE_SENT.act(notes);
        case 850 -> Misbehaving.SPINS_IN_A_COUNTED_LOOP.act(notes);
        default -> 3 * x;
      };
    };
  }

  /** Loads what the items need, which is on no item's time then. */
  private static Task<Object> warming(Notes notes) {
    return () -> {
      notes.sayPid("warm");
      Misbehaving.valueOf("HALTS");
      return work(notes).apply(0);
    };
  }

  @ParameterizedTest
  @CsvSource({"1,2", "7,2", "256,2", "1,6", "7,6", "256,6"})
  void sixAreBlamedAloneAndAllOthersSucceed(int window, int children) throws Exception {
    boolean inTime = false;
    for (int i = 0; i < LIMITS.length && !inTime; i++) {
      Path in = Files.createDirectory(tmp.resolve("" + i));
      inTime = sixAreBlamed(in, Duration.ofSeconds(LIMITS[i]), window, children);
    }
    assertThat(inTime).isTrue();
  }

  /** Whether none but the one that spins was over the limit: a busy machine is slow. */
  private static boolean sixAreBlamed(Path in, Duration limit, int window, int children)
      throws Exception {
    Notes notes = Notes.in(in);
    Notes elsewhere = Notes.in(Files.createDirectory(in.resolve("warm")));
    Set<Long> spawned = ConcurrentHashMap.newKeySet();
    CountDownLatch told = new CountDownLatch(1);
    Reporter reporter =
        new Reporter() {
          @Override
          public void spawn(long pid) {
            spawned.add(pid);
          }

          @Override
          public void cleanup() {
            told.countDown(); // on another thread, after all the rest
          }
        };
    CompletableFuture<Void> killer =
        CompletableFuture.runAsync(
            () -> ProcessHandle.of(notes.awaitPid("victim")).ifPresent(p -> p.destroyForcibly()));
    List<Outcome<Integer, Object>> outcomes = new ArrayList<>();
    try (ProcessScheduler on =
        Shapes.builder(window, children)
            .heap("24m")
            .initializer(warming(elsewhere))
            .timeout(limit)
            .reporter(reporter)
            .build()) {
      Flux.range(0, 1000)
          .transform(Delegate.<Integer, Object>parallel(work(notes), on))
          .doOnNext(outcomes::add)
          .blockLast(LONG);
    }
    killer.join();
    Outcomes.assertOnePerItem(outcomes, 1000);
    assertThat(Outcomes.of(850, outcomes)).isInstanceOf(Outcome.TimedOut.class);
    if (outcomes.stream().filter(o -> o instanceof Outcome.TimedOut).count() > 1) {
      return false;
    }
    Outcomes.assertTripled(outcomes, 100, 250, 400, 550, 700, 850);
    assertThat(outcomes).filteredOn(Outcome::isSuccess).hasSize(994);
    Death halted = Outcomes.aborted(Outcomes.of(100, outcomes)).death();
    assertThat(halted.cause()).isEqualTo(Death.Cause.EXIT);
    assertThat(halted.exitCode()).isEqualTo(137);
    Death killed = Outcomes.aborted(Outcomes.of(250, outcomes)).death();
    assertThat(killed.cause()).isEqualTo(Death.Cause.SIGNAL);
    assertThat(killed.signal()).contains("SIGKILL");
    Death full = Outcomes.aborted(Outcomes.of(400, outcomes)).death();
    assertThat(full.cause()).isEqualTo(Death.Cause.OUT_OF_MEMORY);
    assertThat(Outcomes.failure(Outcomes.of(550, outcomes)).error().message())
        .isEqualTo("the disk is on fire");
    assertThat(Outcomes.failure(Outcomes.of(700, outcomes)).error().message())
        .contains("Box.content[key][1]");

    assertThat(notes.starts()).hasSize(1000).doesNotHaveDuplicates();
    // four children died, and each had somebody to take its place
    assertThat(told.await(50, TimeUnit.SECONDS)).isTrue();
    assertThat(spawned.size()).isBetween(5, children + 4);
    Set<Long> dead =
        Stream.of(100, 250, 400, 850)
            .map(x -> Outcomes.of(x, outcomes).pid())
            .collect(Collectors.toSet());
    assertThat(dead).hasSize(4);
    return true;
  }
}
