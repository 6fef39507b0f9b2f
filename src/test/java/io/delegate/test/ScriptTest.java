package io.delegate.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delegate.Child;
import io.delegate.Death;
import io.delegate.Delegate;
import io.delegate.DelegateException;
import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.NothingLeft;
import io.delegate.Outcome;
import io.delegate.Parallelizer;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(NothingLeft.class)
class ScriptTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Work<Integer, Integer> TRIPLE = x -> 3 * x;

  static final CountDownLatch interrupted = new CountDownLatch(1);

  private static ProcessScheduler.Builder options() {
    return ProcessScheduler.builder().children(1);
  }

  private static Mono<String> word(ProcessScheduler on, int item) {
    return on.submit(TRIPLE, item).map(ScriptTest::word);
  }

  private static String word(Outcome<?, ?> outcome) {
    return outcome.getClass().getSimpleName();
  }

  // ---- virtual time

  @Test
  void aHangIsTimedOutAfterVirtualTime() {
    Script script = Script.of().onItem(3).hang();
    StepVerifier.withVirtualTime(() -> word(script.twin(options().timeout(MINUTE)), 3))
        .expectSubscription()
        .expectNoEvent(MINUTE.minusSeconds(1))
        .thenAwait(Duration.ofSeconds(1))
        .expectNext("TimedOut")
        .verifyComplete();
  }

  @Test
  void whatSaysNothingIsTimedOutAfterVirtualTime() {
    Script script = Script.of().onItem(3).hang();
    StepVerifier.withVirtualTime(
            () -> script.twin(options().silenceTimeout(MINUTE)).submit(TRIPLE, 3))
        .expectSubscription()
        .expectNoEvent(MINUTE.minusMillis(1))
        .thenAwait(Duration.ofMillis(1))
        .assertNext(
            outcome -> {
              Outcome.TimedOut<?, ?> silent = (Outcome.TimedOut<?, ?>) outcome;
              assertThat(silent.which()).isEqualTo(Outcome.Limit.SILENCE);
              assertThat(silent.limit()).isEqualTo(MINUTE);
            })
        .verifyComplete();
  }

  @Test
  void whatGivesSignsOfLifeIsLeftInPeace() throws Exception {
    VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    CountDownLatch may = new CountDownLatch(1);
    CountDownLatch ticked = new CountDownLatch(1);
    Work<Integer, Integer> ticksOnce =
        x -> {
          may.await();
          Child.current().orElseThrow().tick();
          ticked.countDown();
          Thread.sleep(600_000);
          return x;
        };
    try (ProcessScheduler twin =
        Script.of().live().twin(options().silenceTimeout(MINUTE).timer(clock))) {
      Mono<String> outcome = twin.submit(ticksOnce, 1).map(ScriptTest::word).cache();
      outcome.subscribe();
      await().until(() -> twin.pids().size() == 1);
      clock.advanceTimeBy(MINUTE.minusSeconds(1));
      may.countDown();
      assertThat(ticked.await(30, TimeUnit.SECONDS)).isTrue();
      clock.advanceTimeBy(MINUTE.minusSeconds(1));
      assertThat(twin.pids()).hasSize(1);
      clock.advanceTimeBy(Duration.ofSeconds(1));
      assertThat(outcome.block(PATIENCE)).isEqualTo("TimedOut");
    }
  }

  /** The first at once, then the latest of what came in 100 ms, or came before the end by force. */
  @Test
  void listenersHearHowFarAnItemIs() throws Exception {
    VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    CountDownLatch said = new CountDownLatch(1);
    Work<Integer, Integer> tells =
        x -> {
          Child child = Child.current().orElseThrow();
          child.progress(0.1, "page\n1");
          child.progress(0.2);
          child.progress(2, child.scheduler() + " " + child.attempt());
          said.countDown();
          Thread.sleep(600_000);
          return x;
        };
    try (ProcessScheduler twin =
        Script.of().live().twin(options().name("it").timeout(MINUTE).timer(clock))) {
      Mono<List<String>> heard =
          twin.events()
              .ofType(Event.Progress.class)
              .map(event -> event.progress().toString())
              .take(2)
              .collectList()
              .cache();
      heard.subscribe();
      Mono<String> outcome = twin.submit(tells, 1).map(ScriptTest::word).cache();
      outcome.subscribe();
      assertThat(said.await(30, TimeUnit.SECONDS)).isTrue();
      clock.advanceTimeBy(MINUTE);
      assertThat(outcome.block(PATIENCE)).isEqualTo("TimedOut");
      assertThat(heard.block(PATIENCE)).containsExactly("10 % page 1", "100 % it 1");
    }
    assertThat(Child.current()).isEmpty();
  }

  @Test
  void aSlowStartTakesVirtualTime() {
    Script script = Script.of().slowStart(Duration.ofSeconds(20));
    StepVerifier.withVirtualTime(() -> word(script.twin(options()), 1))
        .expectSubscription()
        .expectNoEvent(Duration.ofSeconds(19))
        .thenAwait(Duration.ofSeconds(1))
        .expectNext("Success")
        .verifyComplete();
  }

  @Test
  void aSlowItemTakesVirtualTime() {
    Script script = Script.of().onAny().after(MINUTE).run();
    StepVerifier.withVirtualTime(() -> script.twin(options()).submit(TRIPLE, 2))
        .thenAwait(MINUTE)
        .assertNext(
            outcome -> {
              assertThat(outcome.orElseThrow()).isEqualTo(6);
              assertThat(outcome.took()).isEqualTo(MINUTE);
            })
        .verifyComplete();
  }

  @Test
  void whoWaitsTooLongIsToldAfterVirtualTime() {
    Script script = Script.of().onItem(3).hang();
    StepVerifier.withVirtualTime(
            () -> {
              ProcessScheduler twin = script.twin(options().queueTimeout(MINUTE));
              return Flux.merge(word(twin, 3), word(twin, 4));
            })
        .expectSubscription()
        .expectNoEvent(MINUTE.minusMillis(1))
        .thenAwait(Duration.ofMillis(1))
        .expectNext("TimedOut")
        .thenCancel()
        .verify();
  }

  @Test
  void theCallersOwnTimeoutKillsWhatHangs() {
    Script script = Script.of().onItem(3).hang();
    ProcessScheduler twin = script.twin(options());
    StepVerifier.withVirtualTime(() -> word(twin, 3).timeout(MINUTE))
        .thenAwait(MINUTE)
        .verifyError(TimeoutException.class);
    assertThat(twin.pids()).isEmpty();
    twin.close();
  }

  @Test
  void childrenThatDieAtTheirStartAreReplacedAfterAPause() {
    Script script = Script.of().failStarts(2, "no licence");
    StepVerifier.withVirtualTime(() -> word(script.twin(options()), 1))
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(299))
        .thenAwait(Duration.ofMillis(1))
        .expectNext("Success")
        .verifyComplete();
    script.verifyAllUsed();
  }

  @Test
  void afterThreeBadStartsTheStreamEndsAndSaysWhy() {
    Script script = Script.of().failStarts(3, "no licence");
    StepVerifier.withVirtualTime(() -> word(script.twin(options()), 1))
        .thenAwait(MINUTE)
        .verifyErrorSatisfies(
            e ->
                assertThat(e)
                    .isInstanceOf(DelegateException.StartFailed.class)
                    .hasMessageContaining("no licence"));
  }

  @Test
  void aChildThatNobodyUsesGoesAfterVirtualTime() {
    ProcessScheduler twin = Script.of().twin(options().idleTimeout(MINUTE));
    StepVerifier.withVirtualTime(() -> word(twin, 1).then(Mono.delay(MINUTE.minusMillis(1))))
        .thenAwait(MINUTE.minusMillis(1))
        .expectNextCount(1)
        .then(() -> assertThat(twin.pids()).hasSize(1))
        .thenAwait(Duration.ofMillis(1))
        .verifyComplete();
    twin.close();
  }

  @Test
  void demandIsKeptInVirtualTime() {
    AtomicInteger taken = new AtomicInteger();
    StepVerifier.withVirtualTime(
            () ->
                Flux.range(0, 10)
                    .doOnNext(i -> taken.incrementAndGet())
                    .transform(
                        Delegate.parallelOrdered(TRIPLE, Script.of().twin(options().children(6))))
                    .map(ScriptTest::word),
            0)
        .thenRequest(2)
        .expectNext("Success", "Success")
        .then(() -> assertThat(taken).hasValue(2))
        .thenCancel()
        .verify();
  }

  @Test
  void manyItemsTakeNoStackInVirtualTime() {
    StepVerifier.withVirtualTime(
            () ->
                Flux.range(0, 20_000)
                    .transform(Delegate.parallel(TRIPLE, Script.of().twin(options().children(3)))))
        .expectNextCount(20_000)
        .verifyComplete();
  }

  @Test
  void whoIsToldMayCloseTheSchedulerInVirtualTime() {
    ProcessScheduler twin = Script.of().onItem(2).crash(1).twin(options());
    StepVerifier.withVirtualTime(
            () ->
                Flux.just(1, 2)
                    .transform(Delegate.parallel(TRIPLE, twin))
                    .doOnTerminate(twin::close))
        .expectNextCount(2)
        .verifyComplete();
    assertThat(twin.isDisposed()).isTrue();
  }

  @Test
  void theClockOfTheBuilderHolds() {
    VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    try (ProcessScheduler twin =
        Script.of().onAny().hang().twin(options().timeout(MINUTE).timer(clock))) {
      Mono<String> outcome = word(twin, 1).cache();
      outcome.subscribe();
      clock.advanceTimeBy(MINUTE);
      assertThat(outcome.block(PATIENCE)).isEqualTo("TimedOut");
    }
  }

  @Test
  void nothingRemainsOnTheClockAfterDispose() {
    CountingClock clock = new CountingClock();
    ProcessScheduler twin =
        Script.of()
            .onItem(1)
            .hang()
            .twin(
                options()
                    .children(2)
                    .timer(clock)
                    .timeout(MINUTE)
                    .slowAfter(MINUTE)
                    .queueTimeout(MINUTE)
                    .maxAgePerChild(MINUTE)
                    .idleTimeout(MINUTE));
    twin.spawn(2).block(PATIENCE);
    Flux.just(1, 1, 1).flatMap(item -> word(twin, item)).subscribe(o -> {}, e -> {});
    assertThat(clock.pending()).isPositive();
    twin.close();
    // the stream lets go of the twin on a thread of its own
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(clock.pending()).isZero());
    assertThat(twin.pids()).isEmpty();
  }

  /** Knows what it still has to do. */
  private static final class CountingClock implements Scheduler {
    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Set<Object> pending = ConcurrentHashMap.newKeySet();

    int pending() {
      return pending.size();
    }

    @Override
    public Disposable schedule(Runnable task) {
      return time.schedule(task);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
      Object mark = new Object();
      pending.add(mark);
      Disposable scheduled =
          time.schedule(
              () -> {
                pending.remove(mark);
                task.run();
              },
              delay,
              unit);
      return () -> {
        pending.remove(mark);
        scheduled.dispose();
      };
    }

    @Override
    public Worker createWorker() {
      return time.createWorker();
    }

    @Override
    public long now(TimeUnit unit) {
      return time.now(unit);
    }
  }

  // ---- rules

  @Test
  void theFirstRuleThatFitsHolds() {
    Script script = Script.of().onItem(1).once().crash(4).when(Integer.class, i -> i < 2).give("x");
    try (ProcessScheduler twin = script.twin(options())) {
      assertThat(
              Flux.just(1, 1, 2).concatMap(item -> word(twin, item)).collectList().block(PATIENCE))
          .containsExactly("Aborted", "Success", "Success");
    }
    script.verifyAllUsed();
  }

  @Test
  void aRuleForOneTypeLeavesTheOthers() {
    Script script = Script.of().when(String.class, String::isEmpty).crash(4);
    Work<Object, Object> echo = x -> x;
    try (ProcessScheduler twin = script.twin(options())) {
      assertThat(
              Flux.<Object>just(1, "", "a")
                  .concatMap(item -> twin.submit(echo, item))
                  .map(ScriptTest::word)
                  .collectList()
                  .block(PATIENCE))
          .containsExactly("Success", "Aborted", "Success");
    }
  }

  @Test
  void aConditionThatThrowsEndsTheStream() {
    Script script =
        Script.of()
            .when(
                item -> {
                  throw new IllegalStateException("not this way");
                })
            .hang();
    try (ProcessScheduler twin = script.twin(options())) {
      StepVerifier.create(word(twin, 1)).verifyErrorMessage("not this way");
    }
  }

  @Test
  void rulesThatNeverHeldAreNamed() {
    Script script =
        Script.of().onItem(3).crash(137).onAny().times(2).after(MINUTE).run().failStarts(1, "");
    assertThatThrownBy(script::verifyAllUsed)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("onItem(3).crash(137); onAny().times(2).after(PT1M).run()")
        .hasMessageContaining("failStarts(1)");
    assertThat(Script.of().unused()).isEmpty();
  }

  @Test
  void eachDeathIsTold() {
    Death own = new Death(42, Optional.empty(), Death.Cause.EXIT, "about to end");
    Script script =
        Script.of()
            .onItem(1)
            .outOfMemory()
            .onItem(2)
            .nativeCrash()
            .onItem(3)
            .breakProtocol()
            .onItem(4)
            .kill("SIGTERM")
            .onItem(5)
            .crash(own);
    try (ProcessScheduler twin = script.twin(options())) {
      assertThat(
              Flux.range(1, 5)
                  .concatMap(item -> twin.submit(TRIPLE, item))
                  .map(outcome -> ((Outcome.Aborted<?, ?>) outcome).death())
                  .map(death -> death.cause() + " " + death.exitCode())
                  .collectList()
                  .block(PATIENCE))
          .containsExactly(
              "OUT_OF_MEMORY 3", "NATIVE_CRASH 134", "PROTOCOL 137", "SIGNAL 143", "EXIT 42");
    }
    script.verifyAllUsed();
  }

  @Test
  void garbageIsAFailureAndTheChildLivesOn() {
    try (ProcessScheduler twin = Script.of().onItem(1).garble().twin(options())) {
      assertThat(word(twin, 1).block(PATIENCE)).isEqualTo("Failure");
      List<Long> pids = twin.pids();
      assertThat(word(twin, 2).block(PATIENCE)).isEqualTo("Success");
      assertThat(twin.pids()).isEqualTo(pids).allMatch(pid -> pid > 4_194_304);
    }
  }

  @Test
  void aParallelizerTakesATwin() {
    Script script = Script.of().onItem(2).fail(new IOException("disk"));
    try (Parallelizer<Integer, Integer> all =
        new Parallelizer<>(TRIPLE, script.on(options().children(2)))) {
      all.spawn(2).block(PATIENCE);
      Map<Integer, Outcome<Integer, Integer>> outcomes =
          all.process(List.of(1, 2, 3)).block(PATIENCE);
      assertThat(outcomes.get(3).orElseThrow()).isEqualTo(9);
      assertThatThrownBy(() -> outcomes.get(2).orElseThrow()).hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void listenersHearOfATwinAsOfChildren() throws Exception {
    ProcessScheduler twin = Script.of().onItem(2).crash(5).twin(options().name("it"));
    Told told = new Told(twin);
    word(twin, 1).block(PATIENCE);
    word(twin, 2).block(PATIENCE);
    twin.close();
    assertThat(told.all())
        .containsExactly(
            "init 1",
            "spawn #1",
            "begin #1 1",
            "finished #1 Success of 1, attempt 1, in a child: 3",
            "begin #1 2",
            "finished #1 Aborted of 2, attempt 1, in a child: EXIT 5 Optional.empty, served 1",
            "exit #1 EXIT 5 Optional.empty, 2 items, CRASHED",
            "Cleanup");
  }

  private static List<ExitReason> reasons(
      Script script, ProcessScheduler.Builder options, Consumer<ProcessScheduler> course) {
    List<ExitReason> all = new CopyOnWriteArrayList<>();
    try (ProcessScheduler twin = script.twin(options)) {
      Mono<Void> end =
          twin.events()
              .ofType(Event.Exit.class)
              .doOnNext(exit -> all.add(exit.reason()))
              .then()
              .cache();
      end.subscribe();
      course.accept(twin);
      twin.close();
      end.block(PATIENCE);
    }
    return all;
  }

  @Test
  void listenersHearWhyAChildWent() {
    Consumer<ProcessScheduler> one = twin -> word(twin, 1).block(PATIENCE);
    Script hangs = Script.of().onItem(1).hang();
    assertThat(reasons(hangs, options().timeout(Duration.ofMillis(50)), one))
        .containsExactly(ExitReason.TIMED_OUT);
    assertThat(
            reasons(
                hangs,
                options(),
                twin -> word(twin, 1).timeout(Duration.ofMillis(50), Mono.just("")).block()))
        .containsExactly(ExitReason.CANCELLED);
    assertThat(reasons(hangs, options(), twin -> word(twin, 1).subscribe(o -> {}, e -> {})))
        .containsExactly(ExitReason.STOPPED);
    assertThat(reasons(Script.of(), options().maxItemsPerChild(1), one))
        .containsExactly(ExitReason.RECYCLED);
    assertThat(reasons(Script.of(), options(), one.andThen(twin -> twin.cleanup().block(PATIENCE))))
        .containsExactly(ExitReason.STOPPED);
    assertThat(reasons(Script.of().onItem(1).crash(0), options(), one))
        .containsExactly(ExitReason.CRASHED);
    assertThat(reasons(Script.of().onItem(1).thenDie(0), options(), one))
        .containsExactly(ExitReason.CRASHED);
    assertThat(reasons(Script.of().onItem(1).outOfMemory(), options(), one))
        .containsExactly(ExitReason.OUT_OF_MEMORY);
    assertThat(reasons(Script.of().onItem(1).breakProtocol(), options(), one))
        .containsExactly(ExitReason.PROTOCOL);
  }

  @Test
  void aMiddleChildOfManyDiesAndNoOtherItemSuffers() {
    Script script = Script.of().when(Integer.class, i -> i % 10 == 0).crash(1);
    try (ProcessScheduler twin = script.twin(options().children(8))) {
      Map<String, List<Outcome<Integer, Integer>>> kinds =
          Flux.range(0, 1_000)
              .transform(Delegate.parallel(TRIPLE, twin))
              .collectList()
              .map(
                  all ->
                      all.stream()
                          .collect(java.util.stream.Collectors.groupingBy(ScriptTest::word)))
              .block(PATIENCE);
      assertThat(kinds.get("Aborted")).hasSize(100);
      assertThat(kinds.get("Success")).hasSize(900);
    }
  }

  @Test
  void whateverManyThreadsEndAtOnceNoItemIsForgotten() {
    try (ProcessScheduler twin = Script.of().twin(options().children(8))) {
      Mono<Long> run = Flux.range(0, 20_000).transform(Delegate.parallel(TRIPLE, twin)).count();
      assertThat(run.block(PATIENCE)).isEqualTo(20_000);
    }
  }

  // ---- copies

  @Test
  void aWorkThatCannotBeSentIsFoundOut() {
    Thread captured = new Thread("not sendable");
    Work<Integer, String> work = x -> captured.getName();
    try (ProcessScheduler twin = Script.of().twin(options())) {
      StepVerifier.create(twin.submit(work, 1)).verifyError(DelegateException.NotShippable.class);
    }
  }

  @Test
  void withoutCopiesEverythingIsPassedOnAsItIs() {
    Thread item = new Thread("item");
    AtomicInteger calls = new AtomicInteger();
    Work<Thread, Thread> work =
        thread -> {
          calls.incrementAndGet();
          return thread;
        };
    try (ProcessScheduler twin = Script.of().live().twin(options())) {
      Outcome<Thread, Thread> outcome = twin.submit(work, item).block(PATIENCE);
      assertThat(outcome.orElseThrow()).isSameAs(item);
    }
    assertThat(calls).hasValue(1);
  }

  // ---- works that run here

  @Test
  void aWorkOverItsLimitIsInterrupted() throws Exception {
    Work<Integer, Integer> sleeps =
        x -> {
          try {
            Thread.sleep(600_000);
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return x;
        };
    try (ProcessScheduler twin = Script.of().twin(options().timeout(Duration.ofMillis(50)))) {
      Outcome<Integer, Integer> outcome = twin.submit(sleeps, 1).block(PATIENCE);
      assertThat(outcome).isInstanceOf(Outcome.TimedOut.class);
      assertThat(((Outcome.TimedOut<?, ?>) outcome).threadDump()).contains("Thread.sleep");
      assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void moreChildrenThanProcessorsRunAtOnce() {
    CountDownLatch all = new CountDownLatch(60);
    Work<Integer, Boolean> meets =
        x -> {
          all.countDown();
          return all.await(30, TimeUnit.SECONDS);
        };
    try (ProcessScheduler twin = Script.of().live().twin(options().children(60))) {
      assertThat(
              Flux.range(0, 60)
                  .transform(Delegate.parallel(meets, twin))
                  .mapNotNull(Outcome::orElseThrow)
                  .all(met -> met)
                  .block(PATIENCE))
          .isTrue();
    }
  }

  @Test
  void cancelKillsTheChildOfWhatHangs() throws Exception {
    try (ProcessScheduler twin = Script.of().onAny().hang().twin(options())) {
      Told told = new Told(twin);
      var running = word(twin, 1).subscribe();
      told.await(Event.Begin.class, 1);
      running.dispose();
      told.await(Event.Exit.class, 1);
      assertThat(twin.pids()).isEmpty();
    }
  }

  // ---- bad input

  @Test
  void badRulesAreRefusedWithARemedy() {
    Script script = Script.of();
    refused(() -> script.onAny().times(0), "times(0): give 1 or more");
    refused(() -> script.onAny().onAttempt(0), "onAttempt(0): give 1 or more");
    refused(() -> script.onAny().after(Duration.ofSeconds(-1)), "after(PT-1S): give zero or more");
    refused(() -> script.slowStart(Duration.ofSeconds(-1)), "slowStart(PT-1S): give zero or more");
    refused(() -> script.failStarts(0, ""), "failStarts(0): give 1 or more");
    refused(() -> script.onAny().crash(256), "exit code 256: give a number from 0 to 255");
    refused(() -> script.onAny().kill("SIGFOO"), "kill(\"SIGFOO\"): give one of [SIGABRT");
    refused(() -> script.onAny().fail(new Throwable("x")), "give an Exception or an Error");
    Death start = new Death(1, Optional.empty(), Death.Cause.START_FAILED, "");
    refused(() -> script.onAny().crash(start), "use Script.failStarts");
    assertThat(script.unused()).isEmpty();
  }

  @Test
  void aRuleIsCompletedOnce() {
    Rule rule = Script.of().onItem(1);
    Script unused = rule.hang();
    assertThatThrownBy(() -> rule.crash(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("onItem(1).hang() is complete");
  }

  private static void refused(Runnable what, String message) {
    assertThatThrownBy(what::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
