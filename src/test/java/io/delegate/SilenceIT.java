package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Items whose works give no sign of life. */
@ExtendWith(NothingLeft.class)
class SilenceIT {
  private static final Duration LONG = Duration.ofSeconds(50);

  /** Longer than a busy machine lets a child wait for a processor. */
  private static final Duration SILENCE = Duration.ofSeconds(2);

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

  private static void tickFor(long millis) throws InterruptedException {
    Child child = Child.current().orElseThrow();
    long start = System.nanoTime();
    for (long i = 0; System.nanoTime() - start < millis * 1_000_000; i++) {
      if (i % 2 == 0) {
        child.tick();
      } else {
        child.progress("step " + i);
      }
      Thread.sleep(20);
    }
    child.tick(); // a busy machine may have made the last step a long one
  }

  private static void fallSilent() throws InterruptedException {
    Thread.sleep(60_000);
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void theSilentOneIsKilledAndNobodyElseIsCharged(int window) {
    ProgressLog log = new ProgressLog();
    Work<Integer, Integer> work =
        x -> {
          if (x == 11) {
            tickFor(300);
            fallSilent();
          }
          return 3 * x;
        };
    try (ProcessScheduler on =
        Shapes.builder(window, 2).silenceTimeout(SILENCE).reporter(log).build()) {
      List<Outcome<Integer, Integer>> outcomes = run(on, 300, work);
      Outcomes.assertOnePerItem(outcomes, 300);
      Outcomes.assertTripled(outcomes, 11);
      Outcome.TimedOut<?, ?> silent = timedOut(Outcomes.of(11, outcomes));
      assertThat(silent.which()).isEqualTo(Outcome.Limit.SILENCE);
      assertThat(silent.which().option()).isEqualTo("silenceTimeout");
      assertThat(silent.limit()).isEqualTo(SILENCE);
      assertThat(silent.attempt()).isEqualTo(1);
      assertThat(silent.took()).isGreaterThan(SILENCE.plusMillis(300)); // from its last sign
      assertThat(silent.toException())
          .hasMessageContainingAll("item 11", "said nothing for longer than PT2S");
      assertThat(Pids.runs(silent.pid())).isFalse();
    }
    log.awaitEnd();
    assertThat(log.of(11)).last().asString().startsWith("timeout ");
  }

  @Test
  void whoGivesSignsMayTakeAsLongAsItLikes() {
    Work<Integer, Integer> work =
        x -> {
          tickFor(2 * SILENCE.toMillis());
          return 3 * x;
        };
    try (ProcessScheduler on = Shapes.builder(7, 2).silenceTimeout(SILENCE).build()) {
      List<Outcome<Integer, Integer>> outcomes = run(on, 4, work);
      Outcomes.assertTripled(outcomes);
      assertThat(outcomes).allMatch(o -> o.took().compareTo(SILENCE) > 0);
    }
  }

  /** Other threads of the work count, too. */
  @Test
  void anotherThreadMayGiveTheSigns() {
    Work<Integer, Integer> work =
        x -> {
          Child child = Child.current().orElseThrow();
          Thread thread =
              new Thread(
                  () -> {
                    while (!Thread.currentThread().isInterrupted()) {
                      child.tick();
                    }
                  });
          thread.start();
          Thread.sleep(2 * SILENCE.toMillis());
          thread.interrupt();
          thread.join();
          return 3 * x;
        };
    try (ProcessScheduler on = Shapes.builder(1, 1).silenceTimeout(SILENCE).build()) {
      Outcomes.assertTripled(run(on, 1, work));
    }
  }

  /** Together they take twice as long as one may be silent; none has ever given a sign. */
  @Test
  void theClockStartsWithEachItem() {
    Work<Integer, Integer> work =
        x -> {
          Thread.sleep(SILENCE.toMillis() / 10);
          return 3 * x;
        };
    try (ProcessScheduler on = Shapes.builder(7, 1).silenceTimeout(SILENCE).build()) {
      Outcomes.assertTripled(run(on, 20, work));
    }
  }

  /** Takes longer to load than it may be silent. */
  private static final class SlowToLoad implements Serializable {
    private static final long serialVersionUID = 1L;

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      try {
        Thread.sleep(SILENCE.toMillis() * 3 / 2);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void theClockDoesNotRunWhileTheWorkIsLoaded() {
    Work<Integer, Integer> work = Work.with(new SlowToLoad(), (slow, x) -> 3 * x);
    try (ProcessScheduler on = Shapes.builder(7, 1).silenceTimeout(SILENCE).build()) {
      Outcomes.assertTripled(run(on, 5, work));
    }
  }

  @Test
  void ofTwoLimitsTheOneThatIsPassedFirstCounts() {
    Work<Integer, Integer> work =
        x -> {
          if (x == 1) {
            fallSilent();
          }
          tickFor(30_000);
          return 3 * x;
        };
    try (ProcessScheduler on =
        Shapes.builder(1, 2).silenceTimeout(SILENCE).timeout(SILENCE.multipliedBy(2)).build()) {
      List<Outcome<Integer, Integer>> outcomes = run(on, 2, work);
      assertThat(timedOut(Outcomes.of(0, outcomes)).which()).isEqualTo(Outcome.Limit.ITEM);
      assertThat(timedOut(Outcomes.of(0, outcomes)).limit()).isEqualTo(SILENCE.multipliedBy(2));
      assertThat(timedOut(Outcomes.of(1, outcomes)).which()).isEqualTo(Outcome.Limit.SILENCE);
    }
    try (ProcessScheduler on =
        Shapes.builder(1, 1).silenceTimeout(Duration.ofDays(1)).timeout(SILENCE).build()) {
      Outcome.TimedOut<?, ?> late = timedOut(run(on, 1, work).get(0));
      assertThat(late.which()).isEqualTo(Outcome.Limit.ITEM);
    }
  }

  /** The median is not known yet, so that silence is the only limit there is. */
  @Test
  void besideADeadlineThatIsNotKnownYet() {
    Work<Integer, Integer> work =
        x -> {
          fallSilent();
          return x;
        };
    try (ProcessScheduler on =
        Shapes.builder(1, 1).silenceTimeout(SILENCE).deadline(Deadline.timesMedian(2)).build()) {
      assertThat(timedOut(run(on, 1, work).get(0)).which()).isEqualTo(Outcome.Limit.SILENCE);
    }
  }

  @Test
  void aTimeoutIsNoDeathThatIsTriedAgain() {
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> work =
        x -> {
          notes.started(x);
          fallSilent();
          return x;
        };
    try (ProcessScheduler on =
        Shapes.builder(1, 1).silenceTimeout(SILENCE).retryAborted(3).build()) {
      assertThat(timedOut(run(on, 1, work).get(0)).attempt()).isEqualTo(1);
    }
    assertThat(notes.starts()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void aCancelComesBeforeIt(int window) {
    Notes notes = Notes.in(tmp);
    List<Object> told = new CopyOnWriteArrayList<>();
    Work<Integer, Integer> work =
        x -> {
          notes.sayPid("pid");
          fallSilent();
          return x;
        };
    try (ProcessScheduler on = Shapes.builder(window, 1).silenceTimeout(SILENCE).build()) {
      Disposable running =
          Flux.range(0, 10)
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .subscribe(told::add, told::add, () -> told.add("complete"));
      long pid = notes.awaitPid("pid");
      running.dispose();
      Pids.awaitGone(pid);
      Work<Integer, Integer> triple = x -> 3 * x;
      Outcomes.assertTripled(run(on, 20, triple));
    }
    assertThat(told).isEmpty();
  }

  @Test
  void whoNeverGivesASignIsKilledInTimeByVirtualTimeToo() {
    Notes notes = Notes.in(tmp);
    VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    Work<Integer, Integer> work =
        x -> {
          if (x == 1) {
            Child.current().orElseThrow().tick(); // of the item before
            return 3 * x;
          }
          notes.sayPid("child");
          fallSilent();
          return x;
        };
    try (ProcessScheduler on =
        Shapes.builder(1, 1).silenceTimeout(Duration.ofMinutes(5)).timer(clock).build()) {
      Outcomes.assertTripled(List.of(on.submit(work, 1).block(LONG)));
      Mono<Outcome<Integer, Integer>> hangs = on.submit(work, 2).cache();
      hangs.subscribe();
      assertThat(notes.awaitPid("child")).isPositive();
      clock.advanceTimeBy(Duration.ofSeconds(302));
      assertThat(timedOut(hangs.block(LONG)).which()).isEqualTo(Outcome.Limit.SILENCE);
    } finally {
      clock.dispose();
    }
  }

  /**
   * The child is stopped, as with all the rest of a machine; then the alarm is heard first. It goes
   * on before it is killed, and is well.
   */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whoCouldNotSpeakAndSpeaksAgainIsNotKilled() throws Exception {
    Notes notes = Notes.in(tmp);
    VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    Work<Integer, Integer> work =
        x -> {
          Child child = Child.current().orElseThrow();
          notes.sayPid("child");
          while (!notes.said("enough")) {
            child.tick();
            Thread.sleep(5);
          }
          notes.say("silent", "");
          fallSilent();
          return x;
        };
    try (ProcessScheduler on =
        Shapes.builder(7, 1).silenceTimeout(Duration.ofMinutes(5)).timer(clock).build()) {
      Mono<Outcome<Integer, Integer>> hangs = on.submit(work, 1).cache();
      hangs.subscribe();
      long child = notes.awaitPid("child");
      Pids.stop(child);
      Process other =
          new ProcessBuilder("sh", "-c", "echo ready; read x; kill -CONT " + child).start();
      assertThat(other.inputReader().readLine()).isEqualTo("ready");
      clock.advanceTimeBy(Duration.ofSeconds(301)); // its last sign is seen
      clock.advanceTimeBy(Duration.ofSeconds(302));
      other.getOutputStream().close();
      other.waitFor();
      await().during(Duration.ofSeconds(1)).atMost(LONG).until(() -> Pids.runs(child));
      notes.say("enough", "");
      assertThat(notes.heard("silent")).isEmpty();
      clock.advanceTimeBy(Duration.ofSeconds(302));
      clock.advanceTimeBy(Duration.ofSeconds(302));
      Outcome.TimedOut<?, ?> late = timedOut(hangs.block(LONG));
      assertThat(late.which()).isEqualTo(Outcome.Limit.SILENCE);
      assertThat(late.threadDump()).as("asked again").contains("fallSilent");
    } finally {
      clock.dispose();
    }
  }

  /** A sign counts from when that clock sees it. */
  @Test
  void inVirtualTime() {
    Notes notes = Notes.in(tmp);
    VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    Work<Integer, Integer> work =
        x -> {
          notes.sayPid("child");
          notes.waitFor("tick");
          Child.current().orElseThrow().tick();
          notes.say("ticked", "");
          fallSilent();
          return x;
        };
    try (ProcessScheduler on =
        Shapes.builder(1, 1).silenceTimeout(Duration.ofMinutes(5)).timer(clock).build()) {
      Mono<Outcome<Integer, Integer>> hangs = on.submit(work, 1).cache();
      hangs.subscribe();
      long child = notes.awaitPid("child");
      clock.advanceTimeBy(Duration.ofSeconds(299));
      notes.say("tick", "");
      assertThat(notes.heard("ticked")).isEmpty();
      clock.advanceTimeBy(Duration.ofSeconds(2));
      await().during(Duration.ofMillis(100)).atMost(LONG).until(() -> Pids.runs(child));
      clock.advanceTimeBy(Duration.ofSeconds(298));
      await().during(Duration.ofMillis(100)).atMost(LONG).until(() -> Pids.runs(child));
      clock.advanceTimeBy(Duration.ofSeconds(4));
      Outcome.TimedOut<?, ?> late = timedOut(hangs.block(LONG));
      assertThat(late.which()).isEqualTo(Outcome.Limit.SILENCE);
      assertThat(late.limit()).isEqualTo(Duration.ofMinutes(5));
    } finally {
      clock.dispose();
    }
  }
}
