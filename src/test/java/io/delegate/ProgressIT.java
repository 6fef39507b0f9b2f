package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** How far items are, as their works tell. */
@ExtendWith(NothingLeft.class)
class ProgressIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  @TempDir Path tmp;

  private static <R> List<Outcome<Integer, R>> run(
      ProcessScheduler on, int items, Work<Integer, R> work) {
    return Flux.range(0, items)
        .transform(Delegate.<Integer, R>parallel(work, on))
        .collectList()
        .block(LONG);
  }

  private static Child child() {
    return Child.current().orElseThrow();
  }

  /** Begin, then progress that never goes back, then one end, and all from one child. */
  private static void assertInOrder(ProgressLog log, int items) {
    log.awaitEnd();
    assertThat(log.all()).hasSize(items);
    log.all()
        .forEach(
            (item, lines) -> {
              String pid = lines.get(0).split(" ")[1];
              assertThat(lines.get(0)).isEqualTo("begin " + pid);
              assertThat(lines.get(lines.size() - 1))
                  .matches("(success|fail|abort|timeout) " + pid);
              int last = -1;
              for (String line : lines.subList(1, lines.size() - 1)) {
                assertThat(line).as("%s: %s", item, lines).startsWith("progress " + pid + " ");
                int percent = Integer.parseInt(line.split(" ")[2]);
                assertThat(percent).isGreaterThanOrEqualTo(last);
                assertThat(line).endsWith(" of " + item);
                last = percent;
              }
            });
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void itIsToldBetweenTheBeginAndTheEndOfItsItem(int window) {
    Work<Integer, Integer> work =
        x -> {
          int steps = x % 4 == 0 ? 120 : 1;
          for (int i = 0; i <= steps; i++) {
            child().progress((double) i / steps, "of " + x);
            if (steps > 1) {
              Thread.sleep(3);
            }
          }
          if (x % 5 == 4) {
            throw new IllegalStateException("no luck");
          }
          return 3 * x;
        };
    ProgressLog log = new ProgressLog();
    try (ProcessScheduler on = Shapes.builder(window, 3).reporter(log).build()) {
      Outcomes.assertOnePerItem(run(on, 40, work), 40);
    }
    assertInOrder(log, 40);
    assertThat(log.progress()).isNotEmpty();
  }

  /** A hundred thousand times, of which ten a second are told, and the child is as well as ever. */
  @Test
  void whoTellsWithoutEndIsHeardTenTimesASecond() {
    Work<Integer, Long> work =
        x -> {
          long start = System.nanoTime();
          long told = 0;
          while (System.nanoTime() - start < 2_000_000_000L) {
            child().progress(told++ / 1e12, "of " + x);
          }
          return told;
        };
    ProgressLog log = new ProgressLog();
    List<Outcome<Integer, Long>> outcomes;
    try (ProcessScheduler on = Shapes.builder(1, 2).reporter(log).build()) {
      outcomes = run(on, 4, work);
    }
    assertInOrder(log, 4);
    assertThat(outcomes)
        .allSatisfy(
            o -> {
              assertThat(o.orElseThrow()).isGreaterThan(20_000);
              long most = o.took().toMillis() / 100 + 2;
              assertThat(log.of(o.item())).hasSizeBetween(3, (int) most + 2);
            });
  }

  @Test
  void whatItSaidLastIsToldBeforeItsDeathIs() {
    Work<Integer, Integer> work =
        x -> {
          child().progress(.4, "of " + x);
          if (x == 3) {
            Runtime.getRuntime().halt(9);
          }
          return 3 * x;
        };
    ProgressLog log = new ProgressLog();
    try (ProcessScheduler on = Shapes.builder(7, 2).reporter(log).build()) {
      Outcomes.assertTripled(run(on, 10, work), 3);
    }
    assertInOrder(log, 10);
    List<String> lines = log.of(3);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1)).endsWith(" 40 % of 3");
    assertThat(lines.get(2)).startsWith("abort ");
  }

  /** The work goes on until the test has heard of it. */
  @Test
  void itIsAnEventToo() {
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> work =
        x -> {
          for (int i = 0; !notes.said("heard"); i++) {
            child().progress("step " + i);
            Thread.sleep(2);
          }
          return 3 * x;
        };
    List<Event.Progress> events = new CopyOnWriteArrayList<>();
    try (ProcessScheduler on = Shapes.builder(1, 1).build()) {
      on.events()
          .ofType(Event.Progress.class)
          .subscribe(
              event -> {
                events.add(event);
                if (events.size() == 5) {
                  notes.say("heard", "");
                }
              });
      Outcome<Integer, Integer> outcome = on.submit(work, 7).block(LONG);
      Outcomes.assertTripled(List.of(outcome));
      assertThat(events).hasSizeGreaterThanOrEqualTo(5);
      assertThat(events)
          .allSatisfy(
              event -> {
                assertThat(event.pid()).isEqualTo(outcome.pid());
                assertThat(event.item()).isEqualTo(7);
                assertThat(event.progress().fraction()).isEmpty();
                assertThat(event.progress().note()).startsWith("step ");
              });
      assertThat(events).extracting(Event.Progress::progress).doesNotHaveDuplicates();
    }
  }

  @Test
  void badValuesCostNoItemButANoteThatIsNull() {
    Work<Integer, Integer> work =
        x -> {
          Child child = child();
          child.progress(Double.NaN);
          child.progress(Double.POSITIVE_INFINITY);
          child.progress(-17, "x".repeat(100_000));
          child.progress(.5, x == 3 ? null : "\u001b[2J\n");
          return 3 * x;
        };
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      List<Outcome<Integer, Integer>> outcomes = run(on, 10, work);
      Outcomes.assertTripled(outcomes, 3);
      assertThat(Outcomes.failure(Outcomes.of(3, outcomes)).error().type())
          .isEqualTo(NullPointerException.class.getName());
      assertThat(Outcomes.failure(Outcomes.of(3, outcomes)).error().message()).contains("note");
    }
  }

  /** They go on though their item is over; the next item says nothing. */
  @Test
  void threadsThatOutliveTheirItemSayNothingForTheNext() {
    Work<Integer, Integer> work =
        x -> {
          if (x % 2 == 0) {
            Child child = child();
            for (int i = 0; i < 2; i++) {
              Thread thread =
                  new Thread(
                      () -> {
                        while (true) {
                          child.progress(.5, "of " + x);
                          child.tick();
                        }
                      });
              thread.setDaemon(true);
              thread.start();
            }
          }
          Thread.sleep(300);
          return 3 * x;
        };
    ProgressLog log = new ProgressLog();
    try (ProcessScheduler on = Shapes.builder(1, 1).maxItemsPerChild(2).reporter(log).build()) {
      Outcomes.assertTripled(run(on, 6, work));
    }
    assertInOrder(log, 6);
    for (int item : new int[] {1, 3, 5}) {
      assertThat(log.of(item)).hasSize(2);
    }
  }

  @Test
  void aCancelKillsWhoTellsAndNothingIsToldAfterThat() {
    Notes notes = Notes.in(tmp);
    AtomicBoolean gone = new AtomicBoolean();
    List<String> late = new CopyOnWriteArrayList<>();
    ProgressLog log =
        new ProgressLog() {
          @Override
          public void progress(long pid, Object item, Progress progress) {
            super.progress(pid, item, progress);
            if (gone.get()) {
              late.add("progress");
            }
          }

          @Override
          public void exit(long pid, Death how) {
            gone.set(true);
          }
        };
    Work<Integer, Integer> work =
        x -> {
          notes.sayPid("pid");
          while (true) {
            child().progress(.5, "of " + x);
            Thread.sleep(1);
          }
        };
    try (ProcessScheduler on = Shapes.builder(7, 1).reporter(log).build()) {
      Disposable running =
          Flux.range(0, 5)
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .subscribe(outcome -> late.add(outcome.toString()));
      long pid = notes.awaitPid("pid");
      await().atMost(LONG).until(() -> log.progress().size() >= 3);
      running.dispose();
      Pids.awaitGone(pid);
      await().atMost(LONG).untilTrue(gone);
      Work<Integer, Integer> triple = x -> 3 * x;
      Outcomes.assertTripled(run(on, 5, triple));
    }
    assertThat(late).isEmpty();
  }
}
