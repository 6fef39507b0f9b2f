package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/** Works with a value that all items of a child share. */
@ExtendWith(NothingLeft.class)
class SharedWorkIT {
  private static final Duration LONG = Duration.ofSeconds(50);

  private static <R> List<Outcome<Integer, R>> run(
      ProcessScheduler on, int items, Work<Integer, R> work) {
    return Flux.range(0, items)
        .transform(Delegate.<Integer, R>parallel(work, on))
        .collectList()
        .block(LONG);
  }

  /** Counts how often it was written here, and read in each child. */
  private static final class Model implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final AtomicInteger WRITTEN = new AtomicInteger();
    private static final AtomicInteger READ = new AtomicInteger();

    private final byte[] weights;
    private final String name;

    Model(String name, int size) {
      this.name = name;
      this.weights = new byte[size];
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      WRITTEN.incrementAndGet();
      out.defaultWriteObject();
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      READ.incrementAndGet();
    }

    String seen() {
      return name + " " + weights.length + " " + System.identityHashCode(this) + " " + READ.get();
    }
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void allItemsOfAChildGetTheSameObjectWhichIsReadOnce(int window) {
    Work<Integer, String> work = Work.with(new Model("m", 1000), (model, x) -> model.seen());
    try (ProcessScheduler on = Shapes.builder(window, 3).build()) {
      on.spawn(3).block(LONG);
      List<Outcome<Integer, String>> outcomes = run(on, 500, work);
      outcomes.addAll(run(on, 500, work)); // another stream
      Map<Long, Set<String>> perChild =
          outcomes.stream()
              .collect(
                  Collectors.groupingBy(
                      Outcome::pid, Collectors.mapping(Outcome::orElseThrow, Collectors.toSet())));
      assertThat(perChild.values())
          .allSatisfy(
              seen -> {
                assertThat(seen).hasSize(1);
                assertThat(seen.iterator().next()).startsWith("m 1000 ").endsWith(" 1");
              });
    }
  }

  @Test
  void itIsWrittenOnceAndTravelsToEachChildOnce() {
    int size = 4 << 20;
    Model.WRITTEN.set(0);
    Work<Integer, Integer> work = Work.with(new Model("m", size), (m, x) -> 3 * x);
    CompletableFuture<List<Event.Load>> told;
    Set<Long> pids;
    try (ProcessScheduler on = Shapes.builder(7, 2).build()) {
      told = on.events().ofType(Event.Load.class).collectList().toFuture();
      on.spawn(2).block(LONG);
      List<Outcome<Integer, Integer>> outcomes = run(on, 300, work);
      Outcomes.assertTripled(outcomes);
      for (int i = 0; i < 20; i++) {
        outcomes.add(on.submit(work, i).block(LONG));
      }
      pids = outcomes.stream().map(Outcome::pid).collect(Collectors.toSet());
    }
    assertThat(Model.WRITTEN).hasValue(1);
    List<Event.Load> loads = told.orTimeout(60, TimeUnit.SECONDS).join(); // on another thread
    long sent = loads.stream().mapToLong(Event.Load::sent).max().orElseThrow();
    assertThat(sent).isBetween((long) pids.size() * size, pids.size() * (long) size + 100_000);
  }

  /** What a lambda captures has it as good, without a name. */
  @Test
  void whatALambdaCapturesIsReadOnceToo() {
    Model model = new Model("m", 1000);
    Work<Integer, String> work = x -> model.seen();
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      assertThat(run(on, 100, work).stream().map(Outcome::orElseThrow).distinct()).hasSize(1);
    }
  }

  @Test
  void whatHasChangedSinceIsSeenByNobody() {
    int[] shared = {1};
    Work<Integer, Integer> work = Work.with(shared, (s, x) -> s[0]++);
    try (ProcessScheduler on = Shapes.builder(1, 1).build()) {
      assertThat(on.submit(work, 0).block(LONG).orElseThrow()).isEqualTo(1);
      shared[0] = 100;
      assertThat(on.submit(work, 0).block(LONG).orElseThrow()).as("the child's own").isEqualTo(2);
    }
    assertThat(shared[0]).isEqualTo(100);
  }

  @Test
  void itIsReadAnewInAChildThatTakesThePlaceOfADeadOne() {
    Work<Integer, String> work =
        Work.with(
            new Model("m", 10),
            (model, x) -> {
              if (x == 5) {
                Runtime.getRuntime().halt(9);
              }
              return model.seen();
            });
    try (ProcessScheduler on = Shapes.builder(1, 1).build()) {
      List<Outcome<Integer, String>> outcomes = run(on, 10, work);
      Outcomes.aborted(Outcomes.of(5, outcomes));
      assertThat(outcomes.stream().filter(Outcome::isSuccess).map(Outcome::orElseThrow))
          .hasSize(9)
          .allMatch(seen -> seen.endsWith(" 1"));
    }
  }

  /** Far more than a frame, unless it is told to be larger; with its copies it fits into 512 MB. */
  @Test
  void aHundredMebibytesAreShared() {
    int size = 100 << 20;
    Work<Integer, String> work = Work.with(new Model("m", size), (model, x) -> model.seen());
    try (ProcessScheduler on =
        Shapes.builder(7, 2).maxFrame(size + (1 << 20)).heap("512m").build()) {
      List<Outcome<Integer, String>> outcomes = run(on, 50, work);
      assertThat(outcomes)
          .allSatisfy(o -> assertThat(o.orElseThrow()).startsWith("m " + size).endsWith(" 1"));
      assertThat(outcomes.stream().map(o -> o.pid() + " " + o.orElseThrow()).distinct())
          .hasSizeBetween(1, 2);
    }
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      assertThatThrownBy(() -> run(on, 1, work))
          .isInstanceOf(DelegateException.NotShippable.class)
          .hasMessageContainingAll("104,85", "67,108,864", "maxFrame");
    }
  }

  private record Holder(String name, Object inner) implements Serializable {}

  @Test
  void oneThatCannotTravelIsNamedWithTheWayToIt() {
    Holder holder = new Holder("h", List.of("a", new Thread()));
    Work<Integer, String> work = Work.with(holder, (h, x) -> h.name());
    try (ProcessScheduler on = Shapes.builder(1, 1).build()) {
      assertThatThrownBy(() -> run(on, 1, work))
          .isInstanceOf(DelegateException.NotShippable.class)
          .hasMessageContainingAll("java.lang.Thread", "shared.inner[1]");
      Work<Integer, Integer> triple = x -> 3 * x;
      Outcomes.assertTripled(run(on, 5, triple));
    }
  }
}
