package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** What a work knows of its child. */
@ExtendWith(NothingLeft.class)
class ChildIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  @TempDir Path tmp;

  private static <R> List<Outcome<Integer, R>> run(
      ProcessScheduler on, int items, Work<Integer, R> work) {
    return Flux.range(0, items)
        .transform(Delegate.<Integer, R>parallel(work, on))
        .collectList()
        .block(LONG);
  }

  /** Pid, attempt and scheduler; "none" where there is no child. */
  private static String seen(Optional<Child> child) {
    return child
        .map(c -> c.pid() + " " + c.attempt() + " " + c.scheduler())
        .orElse("none, " + Child.isChild());
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void anItemKnowsItsChildAsItsOutcomeDoes(int window) {
    String name = "Bilder \ud83d\uddbc\0 von heute";
    Work<Integer, String> work = x -> seen(Child.current()) + ", " + seen(Delegate.child());
    try (ProcessScheduler on = Shapes.builder(window, 2).name(name).build()) {
      List<Outcome<Integer, String>> outcomes = run(on, 300, work);
      Outcomes.assertOnePerItem(outcomes, 300);
      assertThat(outcomes)
          .allSatisfy(
              o -> {
                String expected = o.pid() + " 1 " + name;
                assertThat(o.orElseThrow()).isEqualTo(expected + ", " + expected);
              });
    }
  }

  @Test
  void thereIsNoneOutsideOfAChild() {
    assertThat(Child.current()).isEmpty();
    assertThat(Delegate.child()).isEmpty();
    assertThat(Child.isChild()).isFalse();
  }

  /** What it was given it may use: the object, not the look for it, belongs to the item. */
  @Test
  void otherThreadsOfTheWorkDoNotFindItButMayBeGivenIt() {
    Work<Integer, String> work =
        x -> {
          Child mine = Child.current().orElseThrow();
          List<String> told = new ArrayList<>();
          Thread other =
              new Thread(
                  () -> {
                    told.add(seen(Child.current()));
                    told.add(seen(Optional.of(mine)));
                    mine.progress(.5, "from another thread");
                  });
          other.start();
          other.join();
          return told.toString();
        };
    try (ProcessScheduler on = Shapes.builder(1, 1).name("n").build()) {
      Outcome<Integer, String> outcome = run(on, 1, work).get(0);
      assertThat(outcome.orElseThrow()).isEqualTo("[none, true, " + outcome.pid() + " 1 n]");
    }
  }

  private static final AtomicReference<String> IN_INITIALIZER = new AtomicReference<>();

  @Test
  void anInitializerRunsInAChildButForNoItem() {
    Task<Void> initializer =
        () -> {
          IN_INITIALIZER.set(seen(Child.current()));
          return null;
        };
    Work<Integer, String> work = x -> IN_INITIALIZER.get();
    try (ProcessScheduler on = Shapes.builder(1, 1).initializer(initializer).build()) {
      assertThat(run(on, 1, work).get(0).orElseThrow()).isEqualTo("none, true");
    }
  }

  @Test
  void thePidIsThatOfTheOutcomeBehindALauncherToo() {
    Work<Integer, String> work = x -> seen(Child.current());
    try (ProcessScheduler on =
        Shapes.builder(1, 1).launcher(SchedulerIT.underAShell()).name("n").build()) {
      Outcome<Integer, String> outcome = run(on, 1, work).get(0);
      assertThat(outcome.orElseThrow()).isEqualTo(outcome.pid() + " 1 n");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 256})
  void anItemThatIsRunAgainKnowsWhichRunItIs(int window) {
    String dir = tmp.toString();
    Work<Integer, Integer> work =
        x -> {
          int attempt = Child.current().orElseThrow().attempt();
          Path log = Path.of(dir, x + "-" + attempt);
          Files.createFile(log); // each run sees another number
          if (x % 10 == 3 && attempt <= 2) {
            Runtime.getRuntime().halt(9);
          }
          return attempt;
        };
    try (ProcessScheduler on = Shapes.builder(window, 2).retryAborted(3).build()) {
      List<Outcome<Integer, Integer>> outcomes = run(on, 25, work);
      Outcomes.assertOnePerItem(outcomes, 25);
      assertThat(outcomes)
          .allSatisfy(
              o -> {
                assertThat(o.attempt()).isEqualTo(o.item() % 10 == 3 ? 3 : 1);
                assertThat(o.orElseThrow()).isEqualTo(o.attempt());
              });
    }
  }

  /** Those that come to the child afterwards run for the first time. */
  @Test
  void whatFollowsAnItemThatWasRunAgainHasANumberOfItsOwn() {
    String dir = tmp.toString();
    Work<Integer, String> work =
        x -> {
          Path mark = Path.of(dir, "mark");
          if (x == 0 && !Files.exists(mark)) {
            Files.createFile(mark);
            Runtime.getRuntime().halt(9);
          }
          Child child = Child.current().orElseThrow();
          return child.attempt() + " " + child.pid();
        };
    try (ProcessScheduler on = Shapes.builder(7, 1).retryAborted(1).build()) {
      List<Outcome<Integer, String>> outcomes = run(on, 20, work);
      long second = Outcomes.of(0, outcomes).pid();
      assertThat(outcomes)
          .extracting(Outcome::orElseThrow)
          .contains("2 " + second)
          .contains("1 " + second);
      assertThat(outcomes)
          .allSatisfy(o -> assertThat(o.orElseThrow()).isEqualTo(o.attempt() + " " + o.pid()));
    }
  }

  /** A work may keep it in a static field. */
  private static final AtomicReference<Child> KEPT = new AtomicReference<>();

  @Test
  void whatIsKeptBeyondItsItemSaysNothingForTheNext() {
    Work<Integer, String> work =
        x -> {
          if (x == 0) {
            KEPT.set(Child.current().orElseThrow());
            return "first";
          }
          for (int i = 0; i < 100; i++) {
            KEPT.get().progress(.9, "of the first");
            Thread.sleep(3);
          }
          return KEPT.get().attempt() + " " + KEPT.get().scheduler();
        };
    ProgressLog log = new ProgressLog();
    try (ProcessScheduler on = Shapes.builder(1, 1).name("n").reporter(log).build()) {
      assertThat(run(on, 2, work)).extracting(Outcome::orElseThrow).containsExactly("first", "1 n");
    }
    log.awaitEnd();
    assertThat(log.of(1)).filteredOn(line -> line.startsWith("progress")).isEmpty();
  }

  enum Use {
    NOTHING,
    CHILD,
    DELEGATE
  }

  /** In a class of its own: this one names a lot. */
  private record Asking(String use) implements Work<Integer, Integer> {
    @Override
    public Integer apply(Integer x) {
      switch (use) {
        case "CHILD" -> Child.current().orElseThrow().progress(.5, "half");
        case "DELEGATE" -> Delegate.child().orElseThrow().progress(.5, "half");
        default -> {}
      }
      return 3 * x;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"NOTHING", "CHILD", "DELEGATE"})
  void onlyWhoAsksLoadsAnythingForItAndNobodyReactor(String what) throws Exception {
    Use use = Use.valueOf(what);
    Path loaded = tmp.resolve("loaded");
    Work<Integer, Integer> work = new Asking(what);
    try (ProcessScheduler on =
        Shapes.builder(7, 1)
            .jvmArgs("-Xlog:class+load:file=" + loaded)
            .silenceTimeout(Duration.ofSeconds(40))
            .build()) {
      Outcomes.assertTripled(run(on, 20, work));
    }
    List<String> classes =
        Files.readAllLines(loaded).stream()
            .filter(line -> line.contains(" source: "))
            .map(line -> line.replaceFirst("^(\\[[^]]*\\])+ ", "").split(" ")[0])
            .toList();
    assertThat(classes).contains("io.delegate.worker.Runner");
    assertThat(classes)
        .noneMatch(name -> name.startsWith("reactor.") || name.startsWith("io.netty."));
    List<String> forIt =
        classes.stream()
            .filter(
                name ->
                    name.matches(
                        "io\\.delegate\\.(Child|CurrentChild|Delegate|Progress|wire\\.Memo"
                            + "|worker\\.Running)"))
            .toList();
    Map<Use, Integer> most = Map.of(Use.NOTHING, 0, Use.CHILD, 4, Use.DELEGATE, 5);
    assertThat(forIt).hasSize(most.get(use));
  }

  /** A test of a work brings its own. */
  @Test
  void aTestOfAWorkMayMakeOneUp() throws Exception {
    List<String> told = new ArrayList<>();
    Child madeUp =
        new Child() {
          @Override
          public long pid() {
            return 7;
          }

          @Override
          public int attempt() {
            return 2;
          }

          @Override
          public String scheduler() {
            return "test";
          }

          @Override
          public void tick() {
            told.add("tick");
          }

          @Override
          public void progress(double fraction, String note) {
            told.add(fraction + note);
          }
        };
    try (ItemContext.Scope scope = Child.open(madeUp)) {
      assertThat(scope).isNotNull();
      assertThat(seen(Child.current())).isEqualTo("7 2 test");
      Child.current().orElseThrow().progress(.25);
      Child.current().orElseThrow().progress(" words");
      assertThat(Child.isChild()).isFalse();
    }
    assertThat(told).containsExactly("0.25", "NaN words");
    assertThat(Child.current()).isEmpty();
  }
}
