package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Items that are run again, children that are replaced, and children that cannot be had. */
@ExtendWith(NothingLeft.class)
class RetryIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  @TempDir Path tmp;

  private static <R> List<Outcome<Integer, R>> run(
      ProcessScheduler on, int items, Work<Integer, R> work) {
    return Flux.range(0, items)
        .transform(Delegate.<Integer, R>parallel(work, on))
        .collectList()
        .block(LONG);
  }

  /** One line for each start: the item, the process. In one write, so that lines stay whole. */
  private static void log(String file, int item) throws Exception {
    Files.writeString(
        Path.of(file),
        item + " " + ProcessHandle.current().pid() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private List<String[]> log() throws Exception {
    return Files.readAllLines(tmp.resolve("log")).stream().map(line -> line.split(" ")).toList();
  }

  private static List<Integer> multiples(int of, int below) {
    return IntStream.range(0, below).filter(i -> i % of == 0).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windowsAndChildren")
  void aPoisonItemEndsAfterItsRetriesEachInAFreshChild(int window, int children) throws Exception {
    String file = tmp.resolve("log").toString();
    try (ProcessScheduler on = Shapes.builder(window, children).retryAborted(2).build()) {
      Work<Integer, Integer> work =
          x -> {
            log(file, x);
            if (x == 20) {
              Runtime.getRuntime().halt(9);
            }
            return 3 * x;
          };
      List<Outcome<Integer, Integer>> outcomes = run(on, 60, work);
      Outcomes.assertOnePerItem(outcomes, 60);
      Outcomes.assertTripled(outcomes, 20);
      Outcome.Aborted<?, ?> poison = Outcomes.aborted(Outcomes.of(20, outcomes));
      assertThat(poison.attempt()).isEqualTo(3);
      assertThat(poison.death().exitCode()).isEqualTo(9);
    }
    List<String[]> log = log();
    Map<String, Long> starts =
        log.stream().collect(Collectors.groupingBy(line -> line[0], Collectors.counting()));
    assertThat(starts).hasSize(60);
    assertThat(starts.remove("20")).isEqualTo(3);
    assertThat(starts.values()).allMatch(count -> count == 1);
    List<String> pids = log.stream().filter(l -> l[0].equals("20")).map(l -> l[1]).toList();
    assertThat(pids).doesNotHaveDuplicates();
    for (String pid : pids.subList(1, 3)) {
      assertThat(log.stream().filter(l -> l[1].equals(pid)))
          .as("the child %s ran the suspect and nothing else", pid)
          .hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void whatGoesWellTheSecondTimeIsASuccessOfTheSecondAttempt(int window) throws Exception {
    String file = tmp.resolve("log").toString();
    try (ProcessScheduler on = Shapes.builder(window, 3).retryAborted(1).build()) {
      Work<Integer, Integer> work =
          x -> {
            Path mark = Path.of(file + "-" + x);
            if (x % 7 == 0 && !Files.exists(mark)) {
              Files.createFile(mark);
              Runtime.getRuntime().halt(9);
            }
            return 3 * x;
          };
      List<Outcome<Integer, Integer>> outcomes = run(on, 40, work);
      Outcomes.assertOnePerItem(outcomes, 40);
      assertThat(outcomes).allMatch(Outcome::isSuccess);
      assertThat(outcomes.stream().filter(o -> o.attempt() == 2).map(Outcome::item).sorted())
          .isEqualTo(multiples(7, 40));
      assertThat(outcomes).allMatch(o -> o.toOptional().orElseThrow() == 3 * o.item());
    }
  }

  @Test
  void manySuspectsAtOnceAllGetTheirTurn() {
    try (ProcessScheduler on = Shapes.builder(1, 3).retryAborted(1).build()) {
      Work<Integer, Integer> work =
          x -> {
            Runtime.getRuntime().halt(9);
            return x;
          };
      List<Outcome<Integer, Integer>> outcomes = run(on, 9, work);
      Outcomes.assertOnePerItem(outcomes, 9);
      assertThat(outcomes).allMatch(o -> Outcomes.aborted(o).attempt() == 2);
    }
  }

  /** All places are taken by children that have served: one of them makes room. */
  @Test
  void aSuspectGetsAFreshChildEvenWhereAllPlacesAreTaken() {
    try (ProcessScheduler on = Shapes.builder(1, 2).retryAborted(3).build()) {
      on.spawn(2).block(LONG);
      Work<Integer, Integer> triple = x -> 3 * x;
      run(on, 50, triple);
      String marks = tmp.resolve("mark").toString();
      Work<Integer, Integer> work =
          x -> {
            for (int i = 0; i < 3; i++) {
              Path mark = Path.of(marks + x + "-" + i);
              if (!Files.exists(mark)) {
                Files.createFile(mark);
                Runtime.getRuntime().halt(9);
              }
            }
            return 3 * x;
          };
      assertThat(run(on, 2, work))
          .allMatch(Outcome::isSuccess)
          .allMatch(outcome -> outcome.attempt() == 4);
      Outcomes.assertTripled(run(on, 50, triple));
    }
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void whatHadTooLittleMemoryGetsALargerHeap(int window) {
    try (ProcessScheduler on =
        Shapes.builder(window, 2).heap("64m").retryAborted(1).retryHeap("512m").build()) {
      Work<Integer, Integer> work =
          x -> {
            if (x == 5) {
              byte[] large = new byte[200 << 20];
              return large.length >> 20;
            }
            return 3 * x;
          };
      List<Outcome<Integer, Integer>> outcomes = run(on, 30, work);
      Outcomes.assertOnePerItem(outcomes, 30);
      Outcomes.assertTripled(outcomes, 5);
      Outcome<Integer, Integer> large = Outcomes.of(5, outcomes);
      assertThat(large.toOptional()).contains(200);
      assertThat(large.attempt()).isEqualTo(2);
    }
  }

  /** The child with the larger heap is not left over for good, where it is the only one. */
  @Test
  void cancelledWhileItsLargerHeapComesUp() {
    Watcher watcher = new Watcher();
    try (ProcessScheduler on =
        Shapes.builder(1, 1)
            .heap("64m")
            .retryAborted(1)
            .retryHeap("512m")
            .reporter(watcher)
            .build()) {
      Work<Integer, Integer> work = x -> new byte[200 << 20].length >> 20;
      Disposable running = on.submit(work, 1).subscribe();
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> watcher.seen.size() >= 2 && ProcessHandle.current().children().count() > 0);
      running.dispose(); // a JVM takes far longer to come up than this
      Work<Integer, Integer> triple = x -> 3 * x;
      Outcomes.assertTripled(run(on, 5, triple));
    }
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> assertThat(watcher.seen).startsWith("spawn", "exit OUT_OF_MEMORY", "spawn"));
  }

  @Test
  void cancelledWhileItWaitsToBeRunAgain() {
    String file = tmp.resolve("log").toString();
    try (ProcessScheduler on = Shapes.builder(1, 1).retryAborted(1_000_000).build()) {
      Work<Integer, Integer> work =
          x -> {
            log(file, x);
            Runtime.getRuntime().halt(9);
            return x;
          };
      assertThatThrownBy(() -> on.submit(work, 1).timeout(Duration.ofSeconds(2)).block(LONG))
          .hasRootCauseInstanceOf(java.util.concurrent.TimeoutException.class);
      Work<Integer, Integer> triple = x -> 3 * x;
      Outcomes.assertTripled(run(on, 5, triple));
    }
  }

  /**
   * The pauses between starts grow; the error says what was run, how it ended, and what it said.
   */
  @Test
  void childrenThatDieAtBirthEndTheStreamWithOneError() {
    List<Event> events = Collections.synchronizedList(new ArrayList<>());
    try (ProcessScheduler on = Shapes.builder(1, 2).jvmArgs("-XX:NoSuchFlag").build()) {
      on.events().subscribe(events::add);
      Work<Integer, Integer> triple = x -> 3 * x;
      long begin = System.nanoTime();
      assertThatThrownBy(() -> run(on, 5, triple))
          .isInstanceOf(DelegateException.StartFailed.class)
          .hasMessageContaining("exit code 1")
          .hasMessageContaining("NoSuchFlag")
          .hasMessageContaining("command: ")
          .hasMessageContaining("Unrecognized VM option");
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofMillis(200), Duration.ofSeconds(20));
    }
    await()
        .atMost(LONG)
        .until(() -> events.stream().anyMatch(event -> event instanceof Event.Cleanup));
    assertThat(events).hasAtLeastOneElementOfType(Event.StartFailed.class);
    assertThat(events).doesNotHaveAnyElementsOfTypes(Event.Begin.class, Event.Finished.class);
  }

  /** Far more deaths in a row than would end a scheduler whose children never serve. */
  @Test
  @Timeout(180)
  void childrenThatDieWhileTheyServeEndNothing() {
    try (ProcessScheduler on = Shapes.builder(7, 2).build()) {
      Work<Integer, Integer> work =
          x -> {
            Runtime.getRuntime().halt(9);
            return x;
          };
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 30)
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .collectList()
              .block(Duration.ofSeconds(150));
      Outcomes.assertOnePerItem(outcomes, 30);
      outcomes.forEach(Outcomes::aborted);
    }
  }

  /** How many children are up, over time. */
  private static final class Watcher implements Reporter {
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void spawn(long pid) {
      seen.add("spawn");
    }

    @Override
    public void exit(long pid, Death how) {
      seen.add("exit " + how.cause());
    }

    /** The fewest since the first was up; some must have gone. */
    int lowest() {
      assertThat(seen).anyMatch(what -> what.startsWith("exit"));
      int up = 0;
      int lowest = Integer.MAX_VALUE;
      for (String what : List.copyOf(seen)) {
        up += what.equals("spawn") ? 1 : -1;
        lowest = Math.min(lowest, up);
      }
      return lowest;
    }
  }

  /** Where the number of children allows, another is up before the old one goes. */
  @Test
  void aChildIsReplacedWithoutAPause() {
    Watcher watcher = new Watcher();
    Set<Long> pids = new HashSet<>();
    try (ProcessScheduler on =
        Shapes.builder(1, 2).maxAgePerChild(Duration.ofMillis(1_500)).reporter(watcher).build()) {
      Work<Integer, Integer> work =
          x -> {
            Thread.sleep(20);
            return 3 * x;
          };
      // one at a time, always the next at once: one child is enough, and there may be two
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 3_000)
              .concatMap(x -> on.submit(work, x), 1)
              .takeUntil(outcome -> pids.add(outcome.pid()) && pids.size() == 3)
              .collectList()
              .block(LONG);
      Outcomes.assertOnePerItem(outcomes, outcomes.size());
      Outcomes.assertTripled(outcomes);
      assertThat(pids).hasSize(3);
      await().atMost(LONG).until(() -> List.copyOf(watcher.seen).toString().contains("exit"));
      assertThat(watcher.lowest()).as("%s", watcher.seen).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void noChildServesMoreThanItsShareAndNoneIsMissed(int window) {
    Watcher watcher = new Watcher();
    try (ProcessScheduler on =
        Shapes.builder(window, 3).maxItemsPerChild(40).reporter(watcher).build()) {
      Work<Integer, Integer> work =
          x -> {
            Thread.sleep(1);
            return 3 * x;
          };
      List<Outcome<Integer, Integer>> outcomes = run(on, 500, work);
      Outcomes.assertOnePerItem(outcomes, 500);
      Outcomes.assertTripled(outcomes);
      Map<Long, Long> perChild =
          outcomes.stream().collect(Collectors.groupingBy(Outcome::pid, Collectors.counting()));
      assertThat(perChild.values()).allMatch(count -> count <= 40);
    }
  }
}
