package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.engine.Fleet;
import io.delegate.engine.NodeService;
import io.delegate.engine.Options;
import io.delegate.link.Mesh;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Streams over nodes, with real children and an engine within this JVM. */
@ExtendWith(NothingLeft.class)
class FleetIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Work<Integer, Integer> TRIPLE = x -> 3 * x;
  @TempDir Path tmp;
  private final LocalNet net = new LocalNet(1999);
  private final List<NodeService> nodes = new ArrayList<>();

  private NodeService node(String name, int children) throws Exception {
    return node(name, ProcessScheduler.builder().children(children));
  }

  private NodeService node(String name, ProcessScheduler.Builder of) throws Exception {
    return node(name, of, Long.MAX_VALUE);
  }

  private NodeService node(String name, ProcessScheduler.Builder of, long mostBytes)
      throws Exception {
    Options[] machine = new Options[1];
    ProcessScheduler unused =
        of.name(name)
            .engine(
                options -> {
                  machine[0] = options;
                  return null;
                })
            .build();
    NodeService node =
        new NodeService(net.member(name), machine[0], tmp.resolve("files"), "1", mostBytes);
    nodes.add(node);
    return node;
  }

  private ProcessScheduler.Builder parent(String name) {
    return ProcessScheduler.builder()
        .name(name)
        .engine(options -> joined(new Fleet(options, net.member(name), "1")));
  }

  private static Fleet joined(Fleet fleet) {
    try {
      return fleet.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void end() {
    nodes.forEach(NodeService::close);
    net.close();
  }

  private static List<Outcome<Integer, Integer>> run(
      ProcessScheduler on, int items, Work<Integer, Integer> work) {
    return Flux.range(0, items)
        .transform(Delegate.<Integer, Integer>parallel(work, on))
        .collectList()
        .block(LONG);
  }

  private static Work<Integer, Integer> noting(Notes notes, long millis) {
    return x -> {
      notes.started(x);
      Thread.sleep(millis);
      return 3 * x;
    };
  }

  private static Set<Integer> lost(List<Outcome<Integer, Integer>> outcomes, String node) {
    return outcomes.stream()
        .filter(o -> !o.isSuccess())
        .peek(
            o -> {
              Death death = Outcomes.aborted(o).death();
              assertThat(death.cause()).isEqualTo(Death.Cause.NODE_LOST);
              assertThat(death.stderrTail()).contains("node " + node + " ");
            })
        .map(Outcome::item)
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 3_000, 100_000})
  void allItemsHaveTheirOutcome(long delay) throws Exception {
    net.delay(delay); // and so in any order
    node("n1", 2);
    node("n2", 2);
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on = parent("p").build()) {
      on.spawn(4).block(LONG);
      List<Outcome<Integer, Integer>> outcomes = run(on, 1_000, noting(notes, 0));
      Outcomes.assertOnePerItem(outcomes, 1_000);
      Outcomes.assertTripled(outcomes);
      assertThat(outcomes.stream().map(Outcome::pid).distinct()).hasSizeBetween(2, 4);
    }
    assertThat(notes.starts()).hasSize(1_000).doesNotHaveDuplicates();
  }

  @Test
  void inOrderToo() throws Exception {
    net.delay(2_000);
    node("n1", 2);
    node("n2", 1);
    try (ProcessScheduler on = parent("p").build()) {
      assertThat(
              Flux.range(0, 500)
                  .transform(Delegate.<Integer, Integer>parallelOrdered(TRIPLE, on))
                  .map(Outcome::item)
                  .collectList()
                  .block(LONG))
          .isSorted()
          .hasSize(500);
    }
  }

  @Test
  void ofALostNodeWhatItHadIsAbortedAndNothingElse() throws Exception {
    node("n1", 2);
    node("n2", 2);
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on = parent("p").build()) {
      on.spawn(4).block(LONG);
      CompletableFuture<List<Outcome<Integer, Integer>>> all =
          CompletableFuture.supplyAsync(() -> run(on, 60, noting(notes, 100)));
      await().atMost(LONG).until(() -> notes.starts().size() > 15);
      net.kill("n1");
      List<Outcome<Integer, Integer>> outcomes = all.get();
      Outcomes.assertOnePerItem(outcomes, 60);
      assertThat(lost(outcomes, "n1")).hasSizeBetween(1, 8);
      Outcomes.assertTripled(outcomes, lost(outcomes, "n1").toArray(new Integer[0]));
      assertThat(notes.starts()).doesNotHaveDuplicates();
    }
  }

  @Test
  void whoIsCutOffKillsWhatRunsAndComesBack() throws Exception {
    node("n1", 2);
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> hang =
        x -> {
          notes.sayPid("child");
          Thread.sleep(1_000_000);
          return x;
        };
    try (ProcessScheduler on = parent("p").build()) {
      CompletableFuture<Outcome<Integer, Integer>> first = on.submit(hang, 1).toFuture();
      long child = notes.awaitPid("child");
      net.cut("p", "n1");
      net.notice("p", "n1");
      assertThat(lost(List.of(first.get()), "n1")).containsExactly(1);
      assertThat(Pids.runs(child)).as("nobody has told the node").isTrue();
      net.notice("n1", "p");
      Pids.awaitGone(child);
      net.heal("p", "n1");
      assertThat(on.submit(TRIPLE, 2).block(LONG).orElseThrow()).isEqualTo(6);
    }
  }

  /** The parent has not seen that it was cut off. */
  @Test
  void whoAloneHasSeenItSaysSo() throws Exception {
    node("n1", 2);
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> hang =
        x -> {
          notes.sayPid("child");
          Thread.sleep(1_000_000);
          return x;
        };
    try (ProcessScheduler on = parent("p").build()) {
      CompletableFuture<Outcome<Integer, Integer>> first = on.submit(hang, 1).toFuture();
      long child = notes.awaitPid("child");
      net.cut("p", "n1");
      net.notice("n1", "p");
      Pids.awaitGone(child);
      assertThat(first).isNotDone();
      net.heal("p", "n1");
      assertThat(lost(List.of(first.get()), "n1")).containsExactly(1);
      assertThat(on.submit(TRIPLE, 2).block(LONG).orElseThrow()).isEqualTo(6);
    }
  }

  @Test
  void aParentThatIsGoneLeavesNothing() throws Exception {
    node("n1", 2);
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> hang =
        x -> {
          notes.sayPid("child" + x);
          Thread.sleep(1_000_000);
          return x;
        };
    ProcessScheduler on = parent("p").build();
    Disposable running =
        Flux.range(0, 2).transform(Delegate.<Integer, Integer>parallel(hang, on)).subscribe();
    long[] children = {notes.awaitPid("child0"), notes.awaitPid("child1")};
    net.kill("p");
    Pids.awaitGone(children);
    running.dispose();
    on.close();
  }

  @Test
  void cancelKillsWhatRunsThere() throws Exception {
    node("n1", 1);
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> hang =
        x -> {
          notes.sayPid("child");
          Thread.sleep(1_000_000);
          return x;
        };
    try (ProcessScheduler on = parent("p").build()) {
      Disposable running = on.submit(hang, 1).subscribe();
      long child = notes.awaitPid("child");
      running.dispose();
      Pids.awaitGone(child);
      assertThat(on.submit(TRIPLE, 2).block(LONG).orElseThrow()).isEqualTo(6);
    }
  }

  @Test
  void limitsAndDeathsAreThoseOfTheNode() throws Exception {
    node("n1", 2);
    Work<Integer, Integer> work =
        x -> {
          if (x == 3) {
            Runtime.getRuntime().halt(9);
          }
          while (x == 5) {
            Thread.onSpinWait();
          }
          if (x == 7) {
            throw new IllegalStateException("seven");
          }
          return 3 * x;
        };
    try (ProcessScheduler on = parent("p").timeout(Duration.ofSeconds(3)).build()) {
      List<Outcome<Integer, Integer>> outcomes = run(on, 20, work);
      Outcomes.assertOnePerItem(outcomes, 20);
      Outcomes.assertTripled(outcomes, 3, 5, 7);
      Death death = Outcomes.aborted(Outcomes.of(3, outcomes)).death();
      assertThat(death.cause()).isEqualTo(Death.Cause.EXIT);
      assertThat(death.exitCode()).isEqualTo(9);
      Outcome.TimedOut<?, ?> late = (Outcome.TimedOut<?, ?>) Outcomes.of(5, outcomes);
      assertThat(late.limit()).isEqualTo(Duration.ofSeconds(3));
      assertThat(late.threadDump()).contains("FleetIT");
      RemoteError error = Outcomes.failure(Outcomes.of(7, outcomes)).error();
      assertThat(error.message()).isEqualTo("seven");
      assertThat(error.stackTrace()).contains("FleetIT");
    }
  }

  @Test
  void whatIsToRunAgainDoes() throws Exception {
    node("n1", 2);
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> work =
        x -> {
          if (x == 3 && !notes.said("dead")) {
            notes.say("dead", "");
            Runtime.getRuntime().halt(9);
          }
          return 3 * x;
        };
    try (ProcessScheduler on = parent("p").retryAborted(1).build()) {
      List<Outcome<Integer, Integer>> outcomes = run(on, 20, work);
      Outcomes.assertTripled(outcomes, 3);
      assertThat(Outcomes.of(3, outcomes).orElseThrow()).isEqualTo(9);
      assertThat(Outcomes.of(3, outcomes).attempt()).isEqualTo(2);
    }
  }

  @Test
  void aNodeThatIsDrainedEndsWhatItHas() throws Exception {
    NodeService first = node("n1", 2);
    node("n2", 2);
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on = parent("p").build()) {
      on.spawn(4).block(LONG);
      CompletableFuture<List<Outcome<Integer, Integer>>> all =
          CompletableFuture.supplyAsync(() -> run(on, 60, noting(notes, 100)));
      await().atMost(LONG).until(() -> notes.starts().size() > 15);
      first.drain(Duration.ofSeconds(30)).block(Duration.ofSeconds(20));
      assertThat(all).isNotDone();
      Outcomes.assertTripled(all.get());
      assertThat(notes.starts()).hasSize(60).doesNotHaveDuplicates();
    }
  }

  @Test
  void aNodeThatJoinsHelps() throws Exception {
    node("n1", 1);
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on = parent("p").build()) {
      CompletableFuture<List<Outcome<Integer, Integer>>> all =
          CompletableFuture.supplyAsync(() -> run(on, 60, noting(notes, 100)));
      await().atMost(LONG).until(() -> notes.starts().size() > 5);
      node("n2", 1);
      List<Outcome<Integer, Integer>> outcomes = all.get();
      Outcomes.assertTripled(outcomes);
      assertThat(outcomes.stream().map(Outcome::pid).distinct()).hasSize(2);
    }
  }

  @Test
  void twoParentsShareANode() throws Exception {
    node("n1", 4);
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler one = parent("p1").build();
        ProcessScheduler two = parent("p2").build()) {
      assertThat(one.submit(TRIPLE, 1).block(LONG).orElseThrow()).isEqualTo(3);
      Disposable busy = two.submit(hanging(notes, "two"), 1).subscribe(o -> {}, e -> {});
      notes.awaitPid("two");
      List<Outcome<Integer, Integer>> outcomes = run(one, 20, noting(notes, 50));
      busy.dispose();
      Outcomes.assertTripled(outcomes);
      assertThat(outcomes.stream().map(Outcome::pid).distinct()).hasSizeBetween(1, 2);
      two.close();
      one.spawn(4).block(LONG);
      outcomes = run(one, 20, noting(notes, 50));
      assertThat(outcomes.stream().map(Outcome::pid).distinct()).hasSizeBetween(3, 4);
    }
  }

  private static Work<Integer, Integer> hanging(Notes notes, String name) {
    return x -> {
      notes.sayPid(name);
      Thread.sleep(1_000_000);
      return x;
    };
  }

  @Test
  void whoRestsKeepsNoChildrenThatOthersNeed() throws Exception {
    node("n1", 4);
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler one = parent("p1").build();
        ProcessScheduler two = parent("p2").build()) {
      one.spawn(4).block(LONG);
      List<Outcome<Integer, Integer>> outcomes = run(one, 40, noting(notes, 50));
      Set<Long> children =
          outcomes.stream().map(o -> ChildId.process(o.pid())).collect(Collectors.toSet());
      assertThat(children).hasSizeBetween(3, 4);
      Disposable busy = two.submit(hanging(notes, "two"), 1).subscribe(o -> {}, e -> {});
      notes.awaitPid("two");
      await().atMost(LONG).until(() -> children.stream().filter(Pids::runs).count() <= 1);
      assertThat(one.submit(TRIPLE, 1).block(LONG).orElseThrow()).isEqualTo(3);
      busy.dispose();
    }
  }

  @Test
  void whatWaitsAtOneNodeGoesToAnotherThatRests() throws Exception {
    node("n1", 1);
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on = parent("p").window(8).build()) {
      on.spawn(1).block(LONG);
      CompletableFuture<List<Outcome<Integer, Integer>>> all =
          CompletableFuture.supplyAsync(() -> run(on, 8, noting(notes, 500)));
      await().atMost(LONG).until(() -> !notes.starts().isEmpty());
      node("n2", 1);
      List<Outcome<Integer, Integer>> outcomes = all.get();
      Outcomes.assertTripled(outcomes);
      assertThat(outcomes.stream().map(Outcome::pid).distinct()).hasSize(2);
      assertThat(notes.starts()).hasSize(8).doesNotHaveDuplicates();
    }
  }

  @Test
  void aSlowWorkIsNotKeptOutByAFastOne() throws Exception {
    node("n1", 2);
    try (ProcessScheduler on = parent("p").build()) {
      on.spawn(2).block(LONG);
      Disposable fast =
          Flux.<Integer>generate(sink -> sink.next(1))
              .transform(Delegate.<Integer, Integer>parallel(TRIPLE, on))
              .subscribe();
      Notes notes = Notes.in(tmp);
      for (int i = 0; i < 3; i++) {
        Outcomes.assertTripled(run(on, 10, noting(notes, 20)));
      }
      fast.dispose();
    }
  }

  @Test
  void whatRunsAtTheEndOfAParentFailsWithIt() throws Exception {
    node("n1", 1);
    Notes notes = Notes.in(tmp);
    ProcessScheduler on = parent("p").build();
    CompletableFuture<Outcome<Integer, Integer>> running =
        on.submit(hanging(notes, "child"), 1).toFuture();
    long child = notes.awaitPid("child");
    on.close();
    Pids.awaitGone(child);
    assertThat(running)
        .failsWithin(LONG)
        .withThrowableThat()
        .withCauseInstanceOf(RejectedExecutionException.class);
  }

  private static ProcessScheduler.Builder lame() {
    return ProcessScheduler.builder().children(2).jvmArgs("-XX:NoSuchFlag");
  }

  @Test
  void whereNoNodeCanStartAChildThatIsTold() throws Exception {
    node("n1", lame());
    try (ProcessScheduler on = parent("p").build()) {
      StepVerifier.create(on.submit(TRIPLE, 1))
          .expectErrorSatisfies(
              e ->
                  assertThat(e)
                      .isInstanceOf(DelegateException.StartFailed.class)
                      .hasMessageContaining("node n1")
                      .hasMessageContaining("NoSuchFlag"))
          .verify(LONG);
    }
  }

  @Test
  void norWhereSeveralCannot() throws Exception {
    node("n1", lame());
    node("n2", lame());
    try (ProcessScheduler on = parent("p").build()) {
      on.spawn(4).block(LONG);
      for (int i = 0; i < 2; i++) { // each stream has tries of its own
        StepVerifier.create(on.submit(TRIPLE, 1))
            .expectError(DelegateException.StartFailed.class)
            .verify(LONG);
      }
    }
  }

  @Test
  void oneNodeThatCannotStartAChildIsNoMatter() throws Exception {
    node("n1", lame());
    node("n2", 2);
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on = parent("p").build()) {
      on.spawn(4).block(LONG);
      Outcomes.assertTripled(run(on, 100, noting(notes, 1)));
    }
    assertThat(notes.starts()).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  void aMemberThatHasNotAnsweredYetMayBeANode() throws Exception {
    net.delay(1_000_000);
    node("n2", 1);
    List<Event> events = new CopyOnWriteArrayList<>();
    try (ProcessScheduler on = parent("p").reporter(listener(events)).build()) {
      CompletableFuture<Outcome<Integer, Integer>> one = on.submit(TRIPLE, 2).toFuture();
      net.cut("p", "n2"); // what they have said is on its way
      net.delay(0);
      node("n1", lame());
      // it is there, has given up, and is there again: by then its first end is dealt with
      await().atMost(LONG).until(() -> told(events, Event.Node.class).size() >= 3);
      assertThat(told(events, Event.Node.class).get(1).children()).isZero();
      assertThat(one).isNotDone();
      net.heal("p", "n2");
      assertThat(one.get().orElseThrow()).isEqualTo(6);
    }
  }

  private static Reporter listener(List<Event> events) {
    return new Reporter() {
      @Override
      public void event(Event event) {
        events.add(event);
      }
    };
  }

  @Test
  void whoeverWasNotHeardIsAskedAgain() throws Exception {
    node("n1", 1);
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on = parent("p").build()) {
      on.spawn(1).block(LONG);
      net.loseNext(2, "p", "n2"); // who are you? I am a node
      node("n2", 1);
      await().atMost(LONG).until(() -> net.leftToLose() == 0);
      await()
          .atMost(LONG)
          .until(
              () ->
                  run(on, 20, noting(notes, 20)).stream()
                          .map(outcome -> ChildId.node(outcome.pid()))
                          .distinct()
                          .count()
                      == 2);
    }
  }

  /** What filled it is little of what it has now. */
  @Test
  void aShareThatHasGrownIsUsed() throws Exception {
    node("n1", 4);
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler one = parent("p1").window(1).build();
        ProcessScheduler two = parent("p2").build()) {
      Disposable other = two.submit(hanging(notes, "two"), 1).subscribe(o -> {}, e -> {});
      notes.awaitPid("two");
      one.spawn(2).block(LONG);
      Disposable slow =
          Flux.range(0, 2)
              .transform(
                  Delegate.<Integer, Integer>parallel(
                      x -> {
                        notes.sayPid("one" + x);
                        Thread.sleep(1_000_000);
                        return x;
                      },
                      one))
              .subscribe();
      notes.awaitPid("one0");
      notes.awaitPid("one1");
      other.dispose();
      two.close();
      one.spawn(4).block(LONG);
      assertThat(one.submit(TRIPLE, 2).block(LONG).orElseThrow()).isEqualTo(6);
      slow.dispose();
    }
  }

  /** A node has no more children than it is to have, but for one of each parent. */
  @Test
  void whoComesLaterGetsChildrenAsThoseOfOthersEnd() throws Exception {
    node("n1", 4);
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler one = parent("p1").window(1).build();
        ProcessScheduler two = parent("p2").window(1).build()) {
      one.spawn(4).block(LONG);
      Work<Integer, Integer> hangs =
          x -> {
            notes.sayPid("one" + x);
            Thread.sleep(1_000_000);
            return x;
          };
      Disposable busy =
          Flux.range(0, 4)
              .transform(Delegate.<Integer, Integer>parallel(hangs, one))
              .subscribe(o -> {}, e -> {});
      for (int i = 0; i < 4; i++) {
        notes.awaitPid("one" + i);
      }
      List<Outcome<Integer, Integer>> outcomes = run(two, 12, noting(notes, 20));
      Outcomes.assertTripled(outcomes);
      assertThat(outcomes.stream().map(Outcome::pid).distinct()).hasSize(1);
      busy.dispose();
      one.close();
      two.spawn(4).block(LONG);
      outcomes = run(two, 24, noting(notes, 50));
      Outcomes.assertTripled(outcomes);
      assertThat(outcomes.stream().map(Outcome::pid).distinct()).hasSizeBetween(3, 4);
    }
  }

  @Test
  void whatWaitsOnANodeWaitsNoLongerThanHere() throws Exception {
    node("n1", 1);
    Duration patience = Duration.ofSeconds(1);
    try (ProcessScheduler on = parent("p").window(4).queueTimeout(patience).build()) {
      on.spawn(1).block(LONG);
      Work<Integer, Integer> slow =
          x -> {
            Thread.sleep(4_000);
            return 3 * x;
          };
      List<Outcome<Integer, Integer>> outcomes = run(on, 4, slow);
      assertThat(outcomes).hasSize(4).filteredOn(Outcome::isSuccess).hasSize(1);
      assertThat(outcomes)
          .filteredOn(o -> !o.isSuccess())
          .allSatisfy(
              o -> {
                assertThat(o).isInstanceOf(Outcome.TimedOut.class);
                assertThat(((Outcome.TimedOut<?, ?>) o).which()).isEqualTo(Outcome.Limit.QUEUE);
                assertThat(o.attempt()).isZero();
              });
    }
  }

  /** They go there as it has room for their bytes, and one that needs all of it has its turn. */
  @Test
  void largeItemsGoToASmallNode() throws Exception {
    node("n1", ProcessScheduler.builder().children(2), 8 << 20);
    List<Event> events = new CopyOnWriteArrayList<>();
    try (ProcessScheduler on = parent("p").window(16).reporter(listener(events)).build()) {
      on.spawn(2).block(LONG);
      Notes notes = Notes.in(tmp);
      Work<Integer, Integer> small =
          x -> {
            notes.say("small", "");
            Thread.sleep(1);
            return x;
          };
      Disposable others =
          Flux.<Integer>generate(sink -> sink.next(1))
              .transform(Delegate.<Integer, Integer>parallel(small, on))
              .subscribe();
      await().atMost(LONG).until(() -> notes.said("small"));
      Work<byte[], Integer> length = bytes -> bytes.length;
      List<Integer> lengths =
          Flux.range(0, 40)
              .map(i -> new byte[i == 20 ? 6 << 20 : 1 << 20])
              .transform(Delegate.<byte[], Integer>parallel(length, on))
              .map(Outcome::orElseThrow)
              .collectList()
              .block(LONG);
      others.dispose();
      assertThat(lengths).hasSize(40).containsOnly(1 << 20, 6 << 20);
      assertThat(lengths).filteredOn(bytes -> bytes == 6 << 20).hasSize(1);
      assertThat(told(events, Event.Node.class)).allMatch(node -> node.children() == 2);
    }
  }

  @Test
  void whatANodeHasNoRoomForEndsItsLink() throws Exception {
    node("n1", ProcessScheduler.builder().children(1), 2 << 20);
    List<Event> events = new CopyOnWriteArrayList<>();
    try (ProcessScheduler on = parent("p").reporter(listener(events)).build()) {
      on.spawn(1).block(LONG);
      Disposable waits = on.submit((byte[] bytes) -> bytes.length, new byte[3 << 20]).subscribe();
      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(told(events, Event.Node.class))
                      .anyMatch(
                          node ->
                              node.children() == 0
                                  && node.why().contains("has room for 2,097,152")));
      waits.dispose();
    }
  }

  @Test
  void whatANodeDoesNotGiveIsRefused() throws Exception {
    node("n1", ProcessScheduler.builder().children(1).heap("64m").maxFrame(1 << 20));
    for (ProcessScheduler.Builder greedy :
        List.of(
            parent("p1").heap("1g").maxFrame(1 << 20),
            parent("p2").retryAborted(1).retryHeap("1g").maxFrame(1 << 20),
            parent("p3").maxFrame(1 << 21))) {
      try (ProcessScheduler on = greedy.queueTimeout(Duration.ofSeconds(2)).build()) {
        Outcome<Integer, Integer> outcome = on.<Integer, Integer>submit(TRIPLE, 1).block(LONG);
        assertThat(((Outcome.TimedOut<?, ?>) outcome).which()).isEqualTo(Outcome.Limit.QUEUE);
      }
    }
    try (ProcessScheduler on = parent("p4").heap("48m").maxFrame(1 << 20).build()) {
      assertThat(on.submit(TRIPLE, 2).block(LONG).orElseThrow()).isEqualTo(6);
    }
  }

  @Test
  void listenersHearOfNodesAndTheirChildren() throws Exception {
    node("n1", 1);
    NodeService second = node("n2", 1);
    List<Event> events = new CopyOnWriteArrayList<>();
    try (ProcessScheduler on = parent("p").reporter(listener(events)).build()) {
      on.spawn(2).block(LONG);
      Work<Integer, Integer> work =
          x -> {
            Child.current().orElseThrow().progress(.5, "half of " + x);
            Thread.sleep(150);
            if (x == 3) {
              Runtime.getRuntime().halt(9);
            }
            return 3 * x;
          };
      Outcomes.assertTripled(run(on, 8, work), 3);
      second.close();
      await().atMost(LONG).until(() -> told(events, Event.Node.class).size() >= 3);
    }
    await().atMost(LONG).until(() -> !told(events, Event.Cleanup.class).isEmpty());
    List<Event.Node> nodes = told(events, Event.Node.class);
    assertThat(nodes.get(0).children()).isEqualTo(1);
    assertThat(nodes.stream().map(Event.Node::name).distinct()).hasSize(2);
    assertThat(nodes.stream().filter(n -> n.children() == 0).findFirst().orElseThrow().name())
        .isEqualTo("n2");
    Set<Long> spawned =
        told(events, Event.Spawn.class).stream().map(Event.Spawn::pid).collect(Collectors.toSet());
    assertThat(spawned).hasSizeBetween(3, 6).allMatch(pid -> ChildId.node(pid) > 0);
    assertThat(told(events, Event.Begin.class).stream().map(Event.Begin::item))
        .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(told(events, Event.Finished.class)).hasSize(8);
    assertThat(told(events, Event.Progress.class))
        .isNotEmpty()
        .allMatch(e -> e.progress().note().equals("half of " + e.item()));
    assertThat(told(events, Event.Exit.class).stream().map(Event.Exit::pid))
        .containsExactlyInAnyOrderElementsOf(spawned);
    assertThat(told(events, Event.Exit.class))
        .anyMatch(e -> e.reason() == ExitReason.CRASHED && e.death().exitCode() == 9);
    assertThat(told(events, Event.Load.class)).isNotEmpty();
    for (Event.Finished end : told(events, Event.Finished.class)) {
      assertThat(spawned).contains(end.outcome().pid());
    }
  }

  private static <T> List<T> told(List<Event> events, Class<T> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  @Test
  void demandIsWhatStarts() throws Exception {
    node("n1", 2);
    node("n2", 2);
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on = parent("p").build()) {
      on.spawn(4).block(LONG);
      StepVerifier.create(
              Flux.range(0, 1_000)
                  .transform(Delegate.<Integer, Integer>parallel(noting(notes, 0), on)),
              0)
          .thenRequest(3)
          .expectNextCount(3)
          .then(
              () ->
                  await()
                      .during(Duration.ofMillis(200))
                      .atMost(LONG)
                      .untilAsserted(() -> assertThat(notes.starts()).hasSize(3)))
          .thenRequest(20)
          .expectNextCount(20)
          .thenCancel()
          .verify(LONG);
    }
    assertThat(notes.starts()).hasSize(23);
  }

  @Test
  void anotherVersionIsRefused() throws Exception {
    node("n1", 2);
    try (ProcessScheduler on =
        ProcessScheduler.builder()
            .queueTimeout(Duration.ofSeconds(2))
            .engine(options -> joined(new Fleet(options, net.member("p"), "2")))
            .build()) {
      Outcome<Integer, Integer> outcome = on.<Integer, Integer>submit(TRIPLE, 1).block(LONG);
      assertThat(((Outcome.TimedOut<?, ?>) outcome).which()).isEqualTo(Outcome.Limit.QUEUE);
    }
  }

  @Test
  void whatStrangersSendDoesNothing() throws Exception {
    node("n1", 2);
    Random random = new Random(1999);
    Mesh stranger = net.member("x");
    Set<String> met = ConcurrentHashMap.newKeySet();
    List<byte[]> heard = new ArrayList<>();
    stranger.listen(
        new Mesh.Listener() {
          @Override
          public void joined(String member) {
            met.add(member);
          }

          @Override
          public void left(String member) {}

          @Override
          public synchronized void received(String member, byte[] message) {
            heard.add(message);
          }
        });
    try (ProcessScheduler on = parent("p").build()) {
      CompletableFuture<List<Outcome<Integer, Integer>>> all =
          CompletableFuture.supplyAsync(() -> run(on, 200, noting(Notes.in(tmp), 5)));
      await().atMost(LONG).until(() -> met.size() == 2 && !heard.isEmpty());
      byte[] known = heard.get(0);
      for (int i = 0; i < 2_000; i++) {
        byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        System.arraycopy(
            known, 0, noise, 0, Math.min(random.nextInt(30), Math.min(noise.length, known.length)));
        for (String member : met) {
          stranger.send(member, noise);
        }
      }
      Outcomes.assertTripled(all.get());
    }
    stranger.close();
  }

  @Test
  void filesAreKept() throws Exception {
    node("n1", 1);
    for (int i = 0; i < 2; i++) {
      try (ProcessScheduler on = parent("p" + i).build()) {
        assertThat(on.submit(TRIPLE, 2).block(LONG).orElseThrow()).isEqualTo(6);
      }
    }
    try (var files = Files.list(tmp.resolve("files"))) {
      assertThat(files)
          .isNotEmpty()
          .allMatch(file -> file.toString().matches(".*/[0-9a-f]{64}.jar"));
    }
  }
}
