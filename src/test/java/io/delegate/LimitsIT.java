package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/** Limits on time and memory: which fired, what the child did then, and who else notices. */
@ExtendWith(NothingLeft.class)
class LimitsIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  @TempDir Path tmp;

  private static <R> List<Outcome<Integer, R>> run(
      ProcessScheduler on, int items, Work<Integer, R> work) {
    return Flux.range(0, items)
        .transform(Delegate.<Integer, R>parallel(work, on))
        .collectList()
        .block(LONG);
  }

  private static Outcome.TimedOut<?, ?> timedOut(Outcome<?, ?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.TimedOut.class);
    return (Outcome.TimedOut<?, ?>) outcome;
  }

  @SafeVarargs
  private static String dump(Supplier<Outcome.TimedOut<?, ?>>... tries) {
    return dump(tries[0], tries[1], "");
  }

  /**
   * The kill waits half a second for a dump, and no longer: on a machine that is busy with other
   * things that may be too short, but not again and again.
   */
  private static String dump(
      Supplier<Outcome.TimedOut<?, ?>> first, Supplier<Outcome.TimedOut<?, ?>> again, String with) {
    String dump = first.get().threadDump();
    for (int i = 0; i < 5 && (dump.isEmpty() || !dump.contains(with)); i++) {
      dump = again.get().threadDump();
    }
    return dump;
  }

  private static void waitInPlain() throws InterruptedException {
    Thread.sleep(60_000);
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void whatItsThreadsDidIsToldWithTheTimeout(int window) {
    try (ProcessScheduler on = Shapes.builder(window, 1).timeout(Duration.ofMillis(300)).build()) {
      Work<Integer, Integer> work =
          x -> {
            if (x == 3) {
              waitInPlain();
            }
            return 3 * x;
          };
      List<Outcome<Integer, Integer>> outcomes = run(on, 10, work);
      Outcomes.assertOnePerItem(outcomes, 10);
      Outcomes.assertTripled(outcomes, 3);
      Outcome.TimedOut<?, ?> late = timedOut(Outcomes.of(3, outcomes));
      assertThat(dump(() -> late, () -> timedOut(Outcomes.of(3, run(on, 10, work)))))
          .contains("\"main\" TIMED_WAITING")
          .contains("LimitsIT.waitInPlain(LimitsIT.java:")
          .doesNotContain("delegate-", "io.delegate.worker");
      assertThat(late.which()).isEqualTo(Outcome.Limit.ITEM);
      assertThat(late.limit()).isEqualTo(Duration.ofMillis(300));
      assertThat(late.took()).isBetween(Duration.ofMillis(300), Duration.ofSeconds(30));
    }
  }

  @Test
  void aDeadlockShowsBothThreads() {
    Work<Integer, Integer> work =
        x -> {
          Object a = new Object();
          Object b = new Object();
          java.util.concurrent.CountDownLatch both = new java.util.concurrent.CountDownLatch(2);
          Thread other = new Thread(() -> lockBoth(b, a, both), "the-other");
          other.start();
          lockBoth(a, b, both);
          return x;
        };
    try (ProcessScheduler on = Shapes.builder(1, 1).timeout(Duration.ofMillis(500)).build()) {
      assertThat(
              dump(
                  () -> timedOut(run(on, 1, work).get(0)),
                  () -> timedOut(run(on, 1, work).get(0)),
                  " held by "))
          .containsPattern("\"main\" BLOCKED on java.lang.Object@\\w+ held by \"the-other\"\n\tat ")
          .containsPattern("\"the-other\" BLOCKED on java.lang.Object@\\w+ held by \"main\"\n")
          .contains("\tat io.delegate.LimitsIT.lockBoth(LimitsIT.java:");
    }
  }

  private static void lockBoth(
      Object first, Object second, java.util.concurrent.CountDownLatch both) {
    synchronized (first) {
      both.countDown();
      try {
        both.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      synchronized (second) {
        throw new IllegalStateException("there is a deadlock");
      }
    }
  }

  /** Behind a launcher that stays, it is another thread of the child's that answers. */
  @Test
  void whatItsThreadsDidIsToldFromBehindALauncher() {
    try (ProcessScheduler on =
        Shapes.builder(1, 1)
            .timeout(Duration.ofMillis(300))
            .launcher(SchedulerIT.underAShell())
            .build()) {
      Work<Integer, Integer> work =
          x -> {
            waitInPlain();
            return x;
          };
      assertThat(
              dump(
                  () -> timedOut(run(on, 1, work).get(0)), () -> timedOut(run(on, 1, work).get(0))))
          .contains("waitInPlain");
    }
  }

  /** A stopped process tells nothing: the kill waits half a second for it and no longer. */
  @Test
  void aChildThatCannotTellIsKilledAllTheSame() {
    try (ProcessScheduler on = Shapes.builder(1, 1).timeout(Duration.ofSeconds(3)).build()) {
      Notes notes = Notes.in(tmp);
      Work<Integer, Object> work = Misbehaving.STOPS_ITSELF.at(0, notes);
      Outcome.TimedOut<?, ?> late = timedOut(run(on, 1, work).get(0));
      assertThat(late.threadDump()).isEmpty();
      assertThat(late.took()).isLessThan(Duration.ofSeconds(30));
    }
  }

  @Test
  void whatWaitedTooLongPassedTheLimitOfTheQueue() {
    try (ProcessScheduler on =
        Shapes.builder(1, 1)
            .timeout(Duration.ofSeconds(20))
            .queueTimeout(Duration.ofSeconds(2))
            .build()) {
      Work<Integer, Integer> work =
          x -> {
            Thread.sleep(x == 1 ? 0 : 3_000);
            return x;
          };
      on.spawn(1).block(LONG);
      assertThat(run(on, 2, work)) // a stream asks for no item before there is room for it
          .allMatch(Outcome::isSuccess);
      Outcome<Integer, Integer> waited =
          Flux.merge(on.submit(work, 7), on.submit(work, 8))
              .filter(o -> !o.isSuccess())
              .blockFirst(LONG);
      Outcome.TimedOut<?, ?> late = timedOut(waited);
      assertThat(late.which()).isEqualTo(Outcome.Limit.QUEUE);
      assertThat(late.which().option()).isEqualTo("queueTimeout");
      assertThat(late.toException()).hasMessageContaining("queueTimeout");
    }
  }

  @Test
  void whatWaitsInTheWindowOfAChildWaits() {
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> work =
        x -> {
          if (x == 0) {
            notes.waitFor("go");
          }
          return 3 * x;
        };
    try (ProcessScheduler on = Shapes.builder(64, 1).queueTimeout(Duration.ofSeconds(3)).build()) {
      on.spawn(1).block(LONG);
      List<Outcome<Integer, Integer>> outcomes = new CopyOnWriteArrayList<>();
      Flux.range(0, 10)
          .transform(Delegate.<Integer, Integer>parallel(work, on))
          .doOnNext(outcomes::add)
          .doOnNext(o -> sayAt(9, outcomes.size(), notes))
          .blockLast(LONG);
      Outcomes.assertOnePerItem(outcomes, 10);
      assertThat(Outcomes.of(0, outcomes)).isInstanceOf(Outcome.Success.class);
      for (int x = 1; x < 10; x++) {
        Outcome.TimedOut<?, ?> late = timedOut(Outcomes.of(x, outcomes));
        assertThat(late.which()).isEqualTo(Outcome.Limit.QUEUE);
      }
    }
  }

  private static void sayAt(int count, int now, Notes notes) {
    if (now == count) {
      notes.say("go", "");
    }
  }

  /** Its class takes longer to load than a child may take to start. */
  public static final class SlowToLoad implements Work<Integer, Integer> {
    private static final long serialVersionUID = 1L;

    private void readObject(java.io.ObjectInputStream in) throws Exception {
      in.defaultReadObject();
      Thread.sleep(60_000);
    }

    @Override
    public Integer apply(Integer x) {
      return x;
    }
  }

  @Test
  void aWorkThatLoadsForTooLongPassesTheLimitOfTheStart() {
    try (ProcessScheduler on =
        Shapes.builder(1, 1)
            .timeout(Duration.ofMillis(300))
            .startTimeout(Duration.ofSeconds(6))
            .build()) {
      Outcome.TimedOut<?, ?> late = timedOut(run(on, 1, new SlowToLoad()).get(0));
      assertThat(late.which()).isEqualTo(Outcome.Limit.START);
      assertThat(late.limit()).isEqualTo(Duration.ofSeconds(6));
    }
  }

  @Test
  void slowItemsAreToldOnceAndRunOn() {
    Duration limit = Duration.ofSeconds(2);
    Notes notes = Notes.in(tmp);
    List<Integer> slow = new CopyOnWriteArrayList<>();
    List<Duration> after = new CopyOnWriteArrayList<>();
    Reporter reporter =
        new Reporter() {
          @Override
          public void slow(long pid, Object item, Duration running) {
            slow.add((Integer) item);
            after.add(running);
            notes.say("told " + item, "");
          }
        };
    try (ProcessScheduler on = Shapes.builder(7, 2).slowAfter(limit).reporter(reporter).build()) {
      Work<Integer, Integer> work =
          x -> {
            if (x % 10 == 4) {
              notes.waitFor("told " + x);
              Thread.sleep(x == 4 ? 2_300 : 300); // long enough to be told again
            }
            return 3 * x;
          };
      List<Outcome<Integer, Integer>> outcomes = run(on, 30, work);
      Outcomes.assertTripled(outcomes);
    }
    assertThat(slow).containsExactlyInAnyOrder(4, 14, 24);
    assertThat(after).allMatch(d -> d.compareTo(limit) >= 0);
  }

  @Test
  void aLimitThatFollowsTheMedianHitsOnlyTheStray() {
    Shapes.withEachWindowAtOnce(LimitsIT::hitsOnlyTheStray);
  }

  private static void hitsOnlyTheStray(int window) {
    try (ProcessScheduler on =
        Shapes.builder(window, 2)
            .deadline(Deadline.timesMedian(20).atLeast(Duration.ofSeconds(3)))
            .build()) {
      Work<Integer, Integer> work =
          x -> {
            Thread.sleep(x == 50 ? 60_000 : 10);
            return 3 * x;
          };
      List<Outcome<Integer, Integer>> outcomes = run(on, 60, work);
      Outcomes.assertOnePerItem(outcomes, 60);
      Outcomes.assertTripled(outcomes, 50);
      assertThat(timedOut(Outcomes.of(50, outcomes)).limit())
          .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(30));
    }
  }

  /** As long as nothing is known there is no limit: the first item may be the slowest. */
  @Test
  void aLimitThatFollowsTheMedianComesToTheFirstItemInTheEnd() {
    try (ProcessScheduler on =
        Shapes.builder(1, 2)
            .deadline(Deadline.timesMedian(5).atLeast(Duration.ofSeconds(3)))
            .build()) {
      Work<Integer, Integer> work =
          x -> {
            Thread.sleep(x == 0 ? 60_000 : 5);
            return 3 * x;
          };
      List<Outcome<Integer, Integer>> outcomes = run(on, 40, work);
      Outcomes.assertTripled(outcomes, 0);
      timedOut(Outcomes.of(0, outcomes));
    }
  }

  private static byte[] hog(int mega) {
    byte[] held = new byte[mega << 20];
    IntStream.range(0, mega).forEach(i -> held[i << 20] = 1);
    return held;
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void anItemThatTakesTooMuchMemoryIsKilledAlone(int window) {
    try (ProcessScheduler on =
        Shapes.builder(window, 2).heap("1g").maxMemoryPerChild(256L << 20).build()) {
      Work<Integer, Integer> work =
          x -> {
            if (x == 5) {
              byte[] held = hog(400);
              Thread.sleep(60_000);
              return (int) held[0];
            }
            Thread.sleep(2);
            return 3 * x;
          };
      List<Outcome<Integer, Integer>> outcomes = run(on, 40, work);
      Outcomes.assertOnePerItem(outcomes, 40);
      Outcomes.assertTripled(outcomes, 5);
      Death death = Outcomes.aborted(Outcomes.of(5, outcomes)).death();
      assertThat(death.cause()).isEqualTo(Death.Cause.OUT_OF_MEMORY);
      assertThat(death.signal()).contains("SIGKILL");
      assertThat(death.stderrTail()).contains("maxMemoryPerChild");
    }
  }

  /**
   * Memory that earlier items have left behind is not the fault of the one that runs now. Outside
   * the heap, as a leaky native library has it: a garbage collection that copies takes memory, too.
   */
  @ParameterizedTest
  @Timeout(120)
  @MethodSource("io.delegate.Shapes#windows")
  void aLeakOfManyItemsCostsNone(int window) {
    try (ProcessScheduler on =
        Shapes.builder(window, 2).heap("1g").maxMemoryPerChild(192L << 20).build()) {
      Work<Integer, Long> work =
          x -> {
            ByteBuffer leak = ByteBuffer.allocateDirect(2 << 20);
            for (int at = 0; at < leak.capacity(); at += 1024) {
              leak.put(at, (byte) 1);
            }
            Leak.HELD.add(leak);
            Thread.sleep(x % 20 == 0 ? 300 : 5); // some run on while the child is found too large
            return ProcessHandle.current().pid();
          };
      List<Outcome<Integer, Long>> outcomes =
          Flux.range(0, 240)
              .transform(Delegate.<Integer, Long>parallel(work, on))
              .collectList()
              .block(Duration.ofSeconds(100));
      Outcomes.assertOnePerItem(outcomes, 240);
      assertThat(outcomes).allMatch(Outcome::isSuccess);
      assertThat(outcomes.stream().map(Outcome::pid).distinct().count()).isGreaterThan(3);
    }
  }

  static final class Leak {
    static final List<ByteBuffer> HELD = new ArrayList<>();

    private Leak() {}
  }

  /** A child that was stopped before it began an item says nothing: no item is charged for that. */
  @Test
  void aChildThatWasStoppedWhileItRestedIsReplaced() {
    Shapes.withEachWindowAtOnce(LimitsIT::oneThatWasStoppedIsReplaced);
  }

  private static void oneThatWasStoppedIsReplaced(int window) {
    try (ProcessScheduler on =
        Shapes.builder(window, 1).startTimeout(Duration.ofSeconds(8)).build()) {
      Work<Integer, Integer> work = x -> 3 * x;
      List<Outcome<Integer, Integer>> first = run(on, 3, work);
      Pids.stop(first.get(0).pid());
      List<Outcome<Integer, Integer>> outcomes = run(on, 20, work);
      Outcomes.assertOnePerItem(outcomes, 20);
      Outcomes.assertTripled(outcomes);
      assertThat(outcomes).noneMatch(o -> o.pid() == first.get(0).pid());
    }
  }

  /** Its own parent may be stopped for long, too: that is no reason to kill anybody. */
  @Test
  @Timeout(120)
  void aParentThatWasStoppedGoesOn() throws Exception {
    Path directories = Files.createDirectories(tmp.resolve("d"));
    try (ParentJvm parent = ParentJvm.start(directories, List.of(), Stopped.class)) {
      parent.heard("ready");
      Pids.stop(parent.pid());
      long until = System.nanoTime() + Duration.ofSeconds(13).toNanos();
      await().atMost(LONG).until(() -> System.nanoTime() - until > 0);
      Pids.signal("CONT", parent.pid());
      assertThat(parent.heard("successes")).as("%s", parent).isEqualTo("1200");
      assertThat(parent.status()).isZero();
    }
    assertThat(NothingLeft.directories(directories, "delegate-")).isEmpty();
  }

  /** Stopped for longer than its children may be silent. */
  static final class Stopped {
    private Stopped() {}

    public static void main(String[] args) {
      Work<Integer, Integer> work =
          x -> {
            Thread.sleep(5);
            return 3 * x;
          };
      try (ProcessScheduler on = Shapes.builder(7, 2).startTimeout(Duration.ofSeconds(8)).build()) {
        on.spawn(2).block(LONG);
        System.out.println("ready");
        long good =
            Flux.range(0, 1200) // 3 s, of which it is stopped in the first
                .transform(Delegate.<Integer, Integer>parallel(work, on))
                .filter(Outcome::isSuccess)
                .count()
                .block(LONG);
        System.out.println("successes " + good);
      }
    }
  }
}
