package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/** The four functions of the original, and its class. */
@ExtendWith(NothingLeft.class)
class OriginalIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  @TempDir Path tmp;

  @Test
  void parallelizeGivesAMapOfAllItems() {
    Notes notes = Notes.in(tmp);
    Work<String, Integer> work =
        s -> {
          notes.started(s);
          if (s.equals("bad")) {
            throw new IllegalArgumentException("it is bad");
          }
          if (s.equals("dead")) {
            Runtime.getRuntime().halt(1);
          }
          return s.length();
        };
    Map<String, Outcome<String, Integer>> map =
        Delegate.<String, Integer>parallelize(
                work, List.of("a", "bb", "a", "bad", "dead", "ccc", "a"), 2)
            .block(LONG);
    assertThat(map).containsOnlyKeys("a", "bb", "bad", "dead", "ccc");
    assertThat(map.get("a").orElseThrow()).isEqualTo(1);
    assertThat(map.get("ccc").orElseThrow()).isEqualTo(3);
    assertThat(Outcomes.failure(map.get("bad")).error().message()).isEqualTo("it is bad");
    Outcomes.aborted(map.get("dead"));
    assertThatThrownBy(() -> map.get("bad").orElseThrow())
        .isInstanceOf(DelegateException.Failed.class)
        .hasMessageContaining("it is bad");
    assertThatThrownBy(() -> map.get("dead").orElseThrow())
        .isInstanceOf(DelegateException.Aborted.class);
    assertThat(notes.starts()).hasSize(7); // equal ones run too
  }

  @Test
  void parallelizeOfNothing() {
    Work<String, Integer> work = String::length;
    assertThat(Delegate.<String, Integer>parallelize(work, List.of()).block(LONG)).isEmpty();
  }

  @Test
  void parallelizeTellsItsReporter() {
    List<String> told = new CopyOnWriteArrayList<>();
    Work<Integer, Integer> work =
        x -> {
          if (x == 2) {
            throw new IllegalStateException();
          }
          return 3 * x;
        };
    Reporter reporter =
        new Reporter() {
          @Override
          public void init(int children) {
            told.add("init " + children);
          }

          @Override
          public void spawn(long pid) {
            told.add("spawn");
          }

          @Override
          public void begin(long pid, Object item) {
            told.add("begin " + item);
          }

          @Override
          public void success(long pid, Object item, Object result) {
            told.add("success " + item + " " + result);
          }

          @Override
          public void fail(long pid, Object item, RemoteError error) {
            told.add("fail " + item);
          }

          @Override
          public void exit(long pid, Death how) {
            told.add("exit " + how.exitCode());
          }

          @Override
          public void cleanup() {
            told.add("cleanup");
          }
        };
    Delegate.<Integer, Integer>parallelize(work, List.of(1, 2), 1, reporter).block(LONG);
    await()
        .untilAsserted(
            () ->
                assertThat(told)
                    .containsExactly(
                        "init 1",
                        "spawn",
                        "begin 1",
                        "success 1 3",
                        "begin 2",
                        "fail 2",
                        "exit 0",
                        "cleanup"));
  }

  @Test
  void timeoutIsTwoSeconds() {
    Notes notes = Notes.in(tmp);
    Task<Object> task = Misbehaving.SPINS_IN_A_COUNTED_LOOP.task(notes);
    Outcome<Task<Object>, Object> outcome = Delegate.<Object>timeout(task).block(LONG);
    assertThat(outcome).isInstanceOf(Outcome.TimedOut.class);
    assertThat(outcome.item()).isSameAs(task);
    assertThat(outcome.took()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(30));
    assertThat(((Outcome.TimedOut<?, ?>) outcome).limit()).isEqualTo(Duration.ofSeconds(2));
    assertThat(Pids.runs(notes.awaitPid("child"))).isFalse();
    assertThatThrownBy(outcome::orElseThrow).isInstanceOf(DelegateException.TimedOut.class);
  }

  @Test
  void timeoutWithALimitOfOnesOwn() {
    Task<String> slow =
        () -> {
          Thread.sleep(60_000);
          return "late";
        };
    Task<String> fast = () -> "in time";
    assertThat(Delegate.<String>timeout(slow, Duration.ofMillis(200)).block(LONG))
        .isInstanceOf(Outcome.TimedOut.class);
    assertThat(Delegate.<String>timeout(fast, Duration.ofSeconds(5)).block(LONG).orElseThrow())
        .isEqualTo("in time");
    assertThatThrownBy(() -> Delegate.timeout(fast, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void callGivesTheValueItself() {
    Task<Integer> task = () -> 42;
    assertThat(Delegate.<Integer>call(task).block(LONG)).isEqualTo(42);
  }

  @Test
  void callOfNullIsEmpty() {
    StepVerifier.create(Delegate.call(Misbehaving.RETURNS_NULL.task(Notes.in(tmp))))
        .expectComplete()
        .verify(LONG);
  }

  @Test
  void callGivesTheErrorWithTheRemoteTrace() {
    StepVerifier.create(Delegate.call(Misbehaving.THROWS_WITH_CAUSES.task(Notes.in(tmp))))
        .expectErrorSatisfies(
            e -> {
              assertThat(e).isInstanceOf(DelegateException.Failed.class);
              assertThat(e.getMessage()).contains("outer");
              assertThat(e.getCause().toString() + e.getCause().getMessage()).contains("outer");
              assertThat(((DelegateException.Failed) e).error().stackTrace()).contains("inner");
            })
        .verify(LONG);
    StepVerifier.create(Delegate.call(Misbehaving.EXITS.task(Notes.in(tmp))))
        .expectErrorSatisfies(
            e ->
                assertThat(e)
                    .isInstanceOf(DelegateException.Aborted.class)
                    .hasMessageContaining("exit code 7"))
        .verify(LONG);
  }

  @Test
  void aTimeoutOnCallKills() {
    Notes notes = Notes.in(tmp);
    StepVerifier.create(
            Delegate.call(Misbehaving.STARTS_A_CHILD.task(notes)).timeout(CancelIT.begin(notes)))
        .expectError(TimeoutException.class)
        .verify(LONG);
    Pids.awaitGone(notes.awaitPid("child"), notes.awaitPid("grandchild"));
  }

  @Test
  void whatCannotBeSentIsSaidWithItsPath() {
    Object heavy = new Object();
    Task<String> task = () -> heavy.toString();
    StepVerifier.create(Delegate.call(task))
        .expectErrorSatisfies(
            e ->
                assertThat(e)
                    .isInstanceOf(DelegateException.Failed.class)
                    .hasMessageContaining("not serializable")
                    .hasMessageContaining("captured"))
        .verify(LONG);
  }

  @Test
  void failsafeRunsHereAndSwallows() {
    assertThat(Delegate.<Long>failsafe(() -> ProcessHandle.current().pid()).block(LONG))
        .isEqualTo(ProcessHandle.current().pid());
    StepVerifier.create(
            Delegate.failsafe(
                () -> {
                  throw new java.io.IOException("nobody hears of it");
                }))
        .verifyComplete();
    StepVerifier.create(Delegate.failsafe(() -> null)).verifyComplete();
  }

  @Test
  void aParallelizerKeepsItsChildrenBetweenBatches() {
    Work<Integer, Long> pid = x -> ProcessHandle.current().pid();
    ProcessScheduler.Builder noMore = ProcessScheduler.builder().classArchive(false);
    try (Parallelizer<Integer, Long> parallelizer = new Parallelizer<>(pid, noMore)) {
      parallelizer.spawn(2).block(LONG);
      Set<Long> up = kids();
      assertThat(up).hasSize(2);
      Map<Integer, Outcome<Integer, Long>> first =
          parallelizer.process(List.of(1, 2, 3, 3)).block(LONG);
      assertThat(first).containsOnlyKeys(1, 2, 3);
      assertThat(parallelizer.process(List.of(3, 4)).block(LONG)).containsOnlyKeys(3, 4);
      assertThat(parallelizer.results()).containsOnlyKeys(1, 2, 3, 4);
      assertThat(parallelizer.results().values())
          .allSatisfy(o -> assertThat(up).contains(o.orElseThrow()));
      parallelizer.cleanup().block(LONG);
      assertThat(kids()).isEmpty();
      parallelizer.spawn(1).block(LONG);
      assertThat(kids()).hasSize(1).doesNotContainAnyElementsOf(up);
      assertThat(parallelizer.process(List.of(5)).block(LONG).get(5).orElseThrow()).isIn(kids());
      parallelizer.close();
      assertThat(kids()).isEmpty();
      assertThat(parallelizer.results()).containsOnlyKeys(1, 2, 3, 4, 5);
      StepVerifier.create(parallelizer.process(List.of(6)))
          .expectError(RejectedExecutionException.class)
          .verify(LONG);
    }
  }

  private static Set<Long> kids() {
    return ProcessHandle.current()
        .children()
        .map(ProcessHandle::pid)
        .filter(Pids::runs)
        .collect(Collectors.toSet());
  }
}
