package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What each option of a scheduler promises. */
@ExtendWith(NothingLeft.class)
class SchedulerIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Work<Integer, Object> TRIPLE = x -> 3 * x;
  private static final Work<Integer, Long> PID = x -> ProcessHandle.current().pid();
  @TempDir Path tmp;

  private static Set<Long> kids() {
    return ProcessHandle.current()
        .children()
        .map(ProcessHandle::pid)
        .filter(Pids::runs)
        .collect(Collectors.toSet());
  }

  private static <R> Mono<List<Outcome<Integer, R>>> all(
      ProcessScheduler on, int items, Work<Integer, R> work) {
    return Flux.range(0, items)
        .transform(Delegate.<Integer, R>parallel(work, on))
        .collectList()
        .cache();
  }

  private static <R> List<Outcome<Integer, R>> run(
      ProcessScheduler on, int items, Work<Integer, R> work) {
    return all(on, items, work).block(LONG);
  }

  private static Object once(ProcessScheduler on, Task<Object> task) {
    Work<Task<Object>, Object> call = Task::call;
    return on.submit(call, task).block(LONG).orElseThrow();
  }

  /** Runs until the test says go. */
  private static Work<Integer, Object> waits(Notes notes) {
    return x -> {
      notes.sayPid("child");
      notes.waitFor("go");
      return 3 * x;
    };
  }

  // ---- children

  @Test
  void spawnGrowsAndShrinksAndCleanupStops() {
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      assertThat(kids()).isEmpty();
      on.spawn(2).block(LONG);
      Set<Long> two = kids();
      assertThat(two).hasSize(2);
      on.spawn(4).block(LONG);
      assertThat(kids()).hasSize(4).containsAll(two);
      on.spawn(1).block(LONG);
      assertThat(kids()).hasSize(1);
      assertThat(run(on, 5, PID)).allSatisfy(o -> assertThat(kids()).containsOnly(o.orElseThrow()));
      on.cleanup().block(LONG);
      assertThat(kids()).isEmpty();
      on.spawn(2).block(LONG);
      assertThat(kids()).hasSize(2);
      Outcomes.assertTripled(run(on, 20, TRIPLE));
    }
    assertThat(kids()).isEmpty();
  }

  @Test
  void cleanupLetsWhatRunsEndAndWhatWaitsRunElsewhere() {
    Notes notes = Notes.in(tmp);
    Work<Integer, Long> work =
        x -> {
          if (x == 0) {
            waits(notes).apply(x);
          }
          return ProcessHandle.current().pid();
        };
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      Mono<List<Outcome<Integer, Long>>> all = all(on, 5, work);
      all.subscribe();
      long child = notes.awaitPid("child");
      Mono<Void> clean = on.cleanup().cache();
      clean.subscribe();
      notes.say("go", "");
      clean.block(LONG);
      assertThat(Pids.runs(child)).isFalse();
      List<Outcome<Integer, Long>> outcomes = all.block(LONG);
      Outcomes.assertOnePerItem(outcomes, 5);
      assertThat(outcomes)
          .allSatisfy(o -> assertThat(o.orElseThrow() == child).isEqualTo(o.item() == 0));
    }
  }

  @Test
  void sparesAreUpAndWait() {
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on = Shapes.builder(1, 3).spares(1).build()) {
      Disposable slow = on.submit(Misbehaving.SLEEPS.at(1, notes), 1).subscribe();
      notes.awaitPid("child");
      await()
          .during(Duration.ofMillis(200))
          .atMost(LONG)
          .untilAsserted(() -> assertThat(kids()).hasSize(2));
      slow.dispose();
    }
  }

  @Test
  void afterALossTheNextFindsAChildThatIsUp() {
    Notes notes = Notes.in(tmp);
    Queue<Event> events = new ConcurrentLinkedQueue<>();
    try (ProcessScheduler on = Shapes.builder(1, 3).build()) {
      on.events().subscribe(events::add);
      Work<Integer, Object> crash = Misbehaving.HALTS.at(0, notes);
      Outcome<Integer, Object> first = on.submit(crash, 0).block(LONG);
      assertThat(first.isSuccess()).isFalse();
      on.submit(crash, 1).block(LONG); // with one more coming beside it
      await().atMost(LONG).untilAsserted(() -> assertThat(kids()).hasSize(2));
      await().atMost(LONG).until(() -> spawned(events) == 3);
      Outcome<Integer, Object> third = on.submit(crash, 0).block(LONG);
      assertThat(third.isSuccess()).isFalse();
      Outcome<Integer, Object> fourth = on.submit(crash, 2).block(LONG);
      assertThat(fourth.isSuccess()).isTrue();
      await().atMost(LONG).until(() -> ended(events, third.pid()) >= 0);
      assertThat(spawned(events, fourth.pid()))
          .as("up before the child of the item before it was lost")
          .isNotNegative()
          .isLessThan(ended(events, third.pid()));
    }
  }

  private static long spawned(Queue<Event> events) {
    return events.stream().filter(Event.Spawn.class::isInstance).count();
  }

  private static int spawned(Queue<Event> events, long pid) {
    List<Event> all = List.copyOf(events);
    return IntStream.range(0, all.size())
        .filter(i -> all.get(i) instanceof Event.Spawn spawn && spawn.pid() == pid)
        .findFirst()
        .orElse(-1);
  }

  private static int ended(Queue<Event> events, long pid) {
    List<Event> all = List.copyOf(events);
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i) instanceof Event.Exit exit && exit.pid() == pid) {
        return i;
      }
    }
    return -1;
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void aChildIsReplacedAfterItsItems(int window) {
    try (ProcessScheduler on = Shapes.builder(window, 1).maxItemsPerChild(5).build()) {
      List<Outcome<Integer, Long>> outcomes = run(on, 20, PID);
      Outcomes.assertOnePerItem(outcomes, 20);
      Map<Long, Long> perChild =
          outcomes.stream().collect(Collectors.groupingBy(Outcome::pid, Collectors.counting()));
      assertThat(perChild).hasSize(4).allSatisfy((pid, n) -> assertThat(n).isEqualTo(5));
    }
  }

  @Test
  void aChildThatGrewTooLargeIsReplaced() {
    Work<Integer, Long> grow = // each by less than makes one item to blame
        x -> {
          ByteBuffer more = ByteBuffer.allocateDirect(4 << 20);
          for (int at = 0; at < more.capacity(); at += 1024) {
            more.put(at, (byte) 1);
          }
          Grown.HELD.add(more);
          return ProcessHandle.current().pid();
        };
    try (ProcessScheduler on = Shapes.builder(1, 1).maxMemoryPerChild(120L << 20).build()) {
      Map<Long, Long> perChild =
          run(on, 80, grow).stream()
              .collect(Collectors.groupingBy(Outcome::orElseThrow, Collectors.counting()));
      assertThat(perChild.values()).hasSizeGreaterThan(2).allMatch(items -> items <= 40);
      List<Outcome<Integer, Long>> small = run(on, 5, PID);
      assertThat(small).extracting(Outcome::pid).containsOnly(small.get(0).pid());
    }
  }

  static final class Grown {
    static final List<ByteBuffer> HELD = new ArrayList<>();

    private Grown() {}
  }

  @Test
  void aChildThatRestsIsStopped() {
    try (ProcessScheduler on = Shapes.builder(1, 1).idleTimeout(Duration.ofMillis(200)).build()) {
      long first = on.submit(PID, 1).block(LONG).orElseThrow();
      Pids.awaitGone(first);
      assertThat(on.submit(PID, 1).block(LONG).orElseThrow()).isNotEqualTo(first);
    }
  }

  // ---- the end

  @Test
  void disposeGracefullyLetsWhatRunsEnd() {
    Notes notes = Notes.in(tmp);
    ProcessScheduler on = Shapes.builder(7, 1).build();
    Mono<List<Outcome<Integer, Object>>> all = all(on, 4, waits(notes));
    all.subscribe();
    notes.awaitPid("child");
    Mono<Void> end = on.disposeGracefully(Duration.ofSeconds(8)).cache();
    end.subscribe();
    assertThat(on.isDisposed()).isTrue();
    StepVerifier.create(on.submit(TRIPLE, 1))
        .expectError(RejectedExecutionException.class)
        .verify(LONG);
    notes.say("go", "");
    Outcomes.assertTripled(all.block(LONG));
    end.block(LONG);
    assertThat(kids()).isEmpty();
  }

  @Test
  void disposeGracefullyKillsWhenTheGraceIsOver() {
    Notes notes = Notes.in(tmp);
    ProcessScheduler on = Shapes.builder(7, 1).build();
    Mono<Outcome<Integer, Object>> hangs =
        on.submit(Misbehaving.IGNORES_INTERRUPTS.at(1, notes), 1).cache();
    hangs.subscribe(o -> {}, e -> {});
    long child = notes.awaitPid("child");
    long start = System.nanoTime();
    on.disposeGracefully(Duration.ofMillis(500)).block(LONG);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(500), Duration.ofSeconds(30));
    assertThat(Pids.runs(child)).isFalse();
    StepVerifier.create(hangs).expectError(RejectedExecutionException.class).verify(LONG);
  }

  @Test
  void afterDisposeAllIsRejected() {
    ProcessScheduler on = Shapes.builder(1, 1).name("over").build();
    assertThat(on.isDisposed()).isFalse();
    on.dispose();
    on.dispose();
    assertThat(on.isDisposed()).isTrue();
    List<Flux<?>> rejected =
        List.of(
            on.submit(TRIPLE, 1).flux(),
            on.spawn(1).flux(),
            Flux.just(1).transform(Delegate.<Integer, Object>parallel(TRIPLE, on)));
    for (Flux<?> flux : rejected) {
      StepVerifier.create(flux)
          .expectErrorSatisfies(
              e ->
                  assertThat(e)
                      .isInstanceOf(RejectedExecutionException.class)
                      .hasMessageContaining("\"over\""))
          .verify(LONG);
    }
    on.close();
    on.disposeGracefully(Duration.ofSeconds(1)).block(LONG);
  }

  @Test
  void cleanupAfterDisposeHasAnEnd() {
    ProcessScheduler on = Shapes.builder(1, 1).build();
    on.close();
    on.cleanup().onErrorComplete().block(LONG);
  }

  // ---- the queue

  @Test
  void anItemThatWaitsTooLongIsTimedOutWithoutAChild() {
    Notes notes = Notes.in(tmp);
    Duration limit = Duration.ofSeconds(3);
    try (ProcessScheduler on = Shapes.builder(1, 1).queueTimeout(limit).build()) {
      on.spawn(1).block(LONG);
      Mono<Outcome<Integer, Object>> runs = on.submit(waits(notes), 1).cache();
      runs.subscribe();
      notes.awaitPid("child");
      Outcome<Integer, Object> late = on.submit(TRIPLE, 2).block(LONG);
      assertThat(late).isInstanceOf(Outcome.TimedOut.class);
      assertThat(late.pid()).isZero();
      assertThat(late.attempt()).isZero();
      assertThat(late.took()).isZero();
      assertThat(((Outcome.TimedOut<?, ?>) late).limit()).isEqualTo(limit);
      notes.say("go", "");
      assertThat(runs.block(LONG).orElseThrow()).isEqualTo(3);
    }
  }

  @Test
  void moreThanMayWaitAreRejectedButStreamsWait() {
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on = Shapes.builder(1, 1).maxPending(2).name("full").build()) {
      Mono<Outcome<Integer, Object>> runs = on.submit(waits(notes), 1).cache();
      runs.subscribe();
      notes.awaitPid("child");
      List<Mono<Outcome<Integer, Object>>> wait =
          Stream.of(2, 3).map(x -> on.submit(TRIPLE, x).cache()).toList();
      wait.forEach(Mono::subscribe);
      await() // they come to the scheduler on other threads
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> on.submit(TRIPLE, 4).block(Duration.ofMillis(50)))
                      .isInstanceOf(RejectedExecutionException.class)
                      .hasMessageContaining("maxPending")
                      .hasMessageContaining("\"full\""));
      Mono<List<Outcome<Integer, Object>>> stream = all(on, 20, TRIPLE);
      stream.subscribe();
      notes.say("go", "");
      assertThat(runs.block(LONG).orElseThrow()).isEqualTo(3);
      Outcomes.assertTripled(Flux.merge(wait).collectList().block(LONG));
      Outcomes.assertTripled(stream.block(LONG));
      assertThat(on.submit(TRIPLE, 4).block(LONG).orElseThrow()).isEqualTo(12);
    }
  }

  // ---- how a child is started

  @Test
  void theInitializerRunsFirstInEachChild() {
    Notes notes = Notes.in(tmp);
    Task<Object> init =
        () -> {
          notes.append("inits", ProcessHandle.current().pid());
          System.setProperty("initialized", "yes");
          return null;
        };
    Work<Integer, Object> work = x -> System.getProperty("initialized");
    try (ProcessScheduler on =
        Shapes.builder(7, 2).initializer(init).maxItemsPerChild(10).build()) {
      List<Outcome<Integer, Object>> outcomes = run(on, 30, work);
      assertThat(outcomes).allSatisfy(o -> assertThat(o.orElseThrow()).isEqualTo("yes"));
      assertThat(notes.lines("inits")).doesNotHaveDuplicates();
      assertThat(notes.lines("inits"))
          .containsAll(outcomes.stream().map(o -> Long.toString(o.pid())).toList());
    }
  }

  @Test
  void anInitializerThatThrowsIsAFailedStart() {
    Task<Object> init =
        () -> {
          throw new IllegalStateException("no licence");
        };
    try (ProcessScheduler on = Shapes.builder(7, 2).initializer(init).build()) {
      StepVerifier.create(on.submit(TRIPLE, 1))
          .expectErrorSatisfies(
              e ->
                  assertThat(e)
                      .isInstanceOf(DelegateException.StartFailed.class)
                      .hasMessageContaining("no licence"))
          .verify(LONG);
    }
  }

  @Test
  void anInitializerThatCannotBeSentIsRefusedAtOnce() {
    Object heavy = new Object();
    Task<Object> init = () -> heavy;
    assertThatThrownBy(() -> Shapes.builder(1, 1).initializer(init).build())
        .isInstanceOf(DelegateException.NotShippable.class);
  }

  @Test
  void environmentArgumentsHeapAndDirectoryReachTheChild() throws Exception {
    try (ProcessScheduler on =
        Shapes.builder(1, 1)
            .environment(Map.of("GREETING", "hello"))
            .jvmArgs("-Dgreeting=hallo")
            .heap("77m")
            .workingDirectory(tmp)
            .build()) {
      assertThat(once(on, () -> System.getenv("GREETING"))).isEqualTo("hello");
      assertThat(once(on, () -> System.getProperty("greeting"))).isEqualTo("hallo");
      assertThat((long) once(on, () -> Runtime.getRuntime().maxMemory()))
          .isBetween(60L << 20, 80L << 20);
      assertThat(once(on, () -> Path.of("").toRealPath().toString()))
          .isEqualTo(tmp.toRealPath().toString());
    }
  }

  @Test
  void aLauncherWrapsTheCommand() throws Exception {
    try (ProcessScheduler on =
        Shapes.builder(7, 1)
            .launcher(c -> Stream.concat(Stream.of("nice", "-n", "7"), c.stream()).toList())
            .build()) {
      assertThat((int) once(on, SchedulerIT::nice)).isEqualTo(Math.min(19, nice() + 7));
      Outcomes.assertTripled(run(on, 20, TRIPLE));
    }
  }

  private static Integer nice() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    return Integer.valueOf(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
  }

  /** The shell stays: the child is its child. */
  static UnaryOperator<List<String>> underAShell() {
    return c -> Stream.concat(Stream.of("sh", "-c", "\"$@\"; exit $?", "sh"), c.stream()).toList();
  }

  @Test
  void aLauncherMayStayInBetween() {
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on =
        Shapes.builder(7, 1).timeout(Duration.ofSeconds(5)).launcher(underAShell()).build()) {
      Outcomes.assertTripled(run(on, 20, TRIPLE));
      Outcome<Integer, Object> late =
          on.submit(Misbehaving.STARTS_A_CHILD.at(1, notes), 1).block(LONG);
      assertThat(late).isInstanceOf(Outcome.TimedOut.class);
      assertThat(Pids.runs(notes.awaitPid("child"))).isFalse();
      assertThat(Pids.runs(notes.awaitPid("grandchild"))).isFalse();
    }
  }

  @Test
  void badValuesAreRefusedAtOnce() {
    ProcessScheduler.Builder builder = ProcessScheduler.builder();
    List<Runnable> bad =
        List.of(
            () -> builder.children(0),
            () -> builder.name(" "),
            () -> builder.timeout(Duration.ZERO),
            () -> builder.startTimeout(Duration.ofMillis(-1)),
            () -> builder.queueTimeout(Duration.ZERO),
            () -> builder.maxPending(-1),
            () -> builder.spares(-1),
            () -> builder.window(0),
            () -> builder.retryAborted(-1),
            () -> builder.maxItemsPerChild(0),
            () -> builder.maxMemoryPerChild(0),
            () -> builder.idleTimeout(Duration.ZERO),
            () -> builder.heap("much"),
            () -> builder.javaHome(Path.of("/no/such/home")),
            () -> builder.workingDirectory(Path.of("/no/such/directory")),
            () -> builder.classPath(List.of(Path.of("/no/such.jar"))),
            () -> builder.maxFrame(1));
    assertThat(bad)
        .allSatisfy(
            call ->
                assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("option "));
  }

  // ---- the clock

  @Test
  void aLongTimeoutFiresInVirtualTime() {
    Notes notes = Notes.in(tmp);
    VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    try (ProcessScheduler on =
        Shapes.builder(1, 1).timeout(Duration.ofMinutes(5)).timer(clock).build()) {
      Mono<Outcome<Integer, Object>> hangs = on.submit(Misbehaving.SLEEPS.at(1, notes), 1).cache();
      hangs.subscribe();
      long child = notes.awaitPid("child");
      clock.advanceTimeBy(Duration.ofSeconds(299));
      await().during(Duration.ofMillis(100)).until(() -> Pids.runs(child));
      clock.advanceTimeBy(Duration.ofSeconds(2));
      Outcome<Integer, Object> late = hangs.block(LONG);
      assertThat(late).isInstanceOf(Outcome.TimedOut.class);
      assertThat(((Outcome.TimedOut<?, ?>) late).limit()).isEqualTo(Duration.ofMinutes(5));
      assertThat(Pids.runs(child)).isFalse();
    } finally {
      clock.dispose();
    }
  }

  // ---- what is told

  /** Checks at every call that nobody else calls, and that the order per item and child is kept. */
  private static class Strict implements Reporter {
    final AtomicInteger inside = new AtomicInteger();
    final List<String> wrong = new CopyOnWriteArrayList<>();
    final Set<Long> up = new HashSet<>();
    final Map<Object, Long> running = new HashMap<>();
    final AtomicInteger begins = new AtomicInteger();
    final AtomicInteger ends = new AtomicInteger();
    final AtomicInteger exits = new AtomicInteger();
    final AtomicInteger cleanups = new AtomicInteger();

    private void told(Runnable what) {
      check(inside.getAndIncrement() == 0, "two calls at a time");
      what.run();
      inside.decrementAndGet();
    }

    private void check(boolean right, String what) {
      if (!right) {
        wrong.add(what);
      }
    }

    @Override
    public void spawn(long pid) {
      told(() -> check(up.add(pid), "spawned twice: " + pid));
    }

    @Override
    public void begin(long pid, Object item) {
      told(
          () -> {
            begins.incrementAndGet();
            check(up.contains(pid), "begin in a child that is not up: " + item);
            check(running.put(item, pid) == null, "begun twice: " + item);
          });
    }

    private void end(long pid, Object item) {
      told(
          () -> {
            ends.incrementAndGet();
            Long began = running.remove(item);
            check(began != null && began == pid, "end without its begin: " + item);
            check(up.contains(pid), "end after the exit: " + item);
          });
    }

    @Override
    public void success(long pid, Object item, Object result) {
      end(pid, item);
    }

    @Override
    public void fail(long pid, Object item, RemoteError error) {
      end(pid, item);
    }

    @Override
    public void abort(long pid, Object item, Death death) {
      end(pid, item);
    }

    @Override
    public void timeout(long pid, Object item, Duration limit) {
      end(pid, item);
    }

    @Override
    public void exit(long pid, Death how) {
      told(
          () -> {
            exits.incrementAndGet();
            check(up.remove(pid), "exit of a child that was not up: " + pid);
          });
    }

    @Override
    public void cleanup() {
      told(cleanups::incrementAndGet);
    }
  }

  private static final class Slow extends Strict {
    @Override
    public void success(long pid, Object item, Object result) {
      if ((int) item % 100 == 0) {
        java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
      }
      super.success(pid, item, result);
    }
  }

  private static void troubled(ProcessScheduler on, int items) {
    Work<Integer, Object> work =
        x -> {
          if (x % 400 == 150) {
            Runtime.getRuntime().halt(1);
          }
          if (x % 7 == 3) {
            throw new IllegalStateException("seven");
          }
          return 3 * x;
        };
    assertThat(run(on, items, work)).hasSize(items);
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void reportersAreCalledOneAtATimeAndInOrder(int window) {
    Strict strict = new Strict();
    Strict slow = new Slow();
    Reporter throwing =
        new Reporter() {
          @Override
          public void exit(long pid, Death how) {
            throw new IllegalStateException("a reporter's own fault");
          }
        };
    try (ProcessScheduler on =
        Shapes.builder(window, 2).reporter(throwing).reporter(strict).reporter(slow).build()) {
      troubled(on, 1_000);
    }
    for (Strict reporter : List.of(strict, slow)) {
      await().atMost(LONG).untilAsserted(() -> assertThat(reporter.cleanups).hasValue(1));
      assertThat(reporter.wrong).isEmpty();
      assertThat(reporter.begins).hasValue(1_000);
      assertThat(reporter.ends).hasValue(1_000);
      assertThat(reporter.running).isEmpty();
      assertThat(reporter.up).isEmpty();
      assertThat(reporter.exits.get()).isGreaterThanOrEqualTo(3);
    }
  }

  @Test
  void aReporterThatBlocksHoldsNothingUpAndLosesOnlyEventsOfItems() {
    CountDownLatch go = new CountDownLatch(1);
    AtomicLong spawned = new AtomicLong();
    AtomicLong exited = new AtomicLong();
    Reporter blocks =
        new Reporter() {
          @Override
          public void spawn(long pid) {
            spawned.incrementAndGet();
            try {
              go.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }

          @Override
          public void exit(long pid, Death how) {
            exited.incrementAndGet();
          }
        };
    CompletableFuture<Long> dropped;
    try (ProcessScheduler on = Shapes.builder(256, 2).reporter(blocks).build()) {
      dropped =
          on.events()
              .ofType(Event.Dropped.class)
              .map(Event.Dropped::count)
              .reduce(0L, Long::sum)
              .toFuture();
      Outcomes.assertTripled(run(on, 40_000, TRIPLE));
      go.countDown();
    }
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(exited.get()).isEqualTo(spawned.get()).isPositive());
    assertThat(dropped)
        .succeedsWithin(LONG)
        .satisfies(d -> assertThat(d).isBetween(40_000L, 80_000L));
  }

  @Test
  void eventsAreTheSameAsAStream() {
    List<Event> events = new CopyOnWriteArrayList<>();
    CountDownLatch completed = new CountDownLatch(1);
    ProcessScheduler on = Shapes.builder(7, 1).build();
    on.events().subscribe(events::add, e -> {}, completed::countDown);
    troubled(on, 20);
    on.disposeGracefully(Duration.ofSeconds(8)).block(LONG);
    await().atMost(LONG).until(() -> completed.getCount() == 0);
    assertThat(events.get(0)).isEqualTo(new Event.Init(1));
    assertThat(events.get(1)).isInstanceOf(Event.Spawn.class);
    assertThat(events.get(events.size() - 1)).isEqualTo(new Event.Cleanup());
    assertThat(events).filteredOn(e -> e instanceof Event.Begin).hasSize(20);
    assertThat(events).filteredOn(e -> e instanceof Event.Finished).hasSize(20);
    assertThat(events)
        .filteredOn(e -> e instanceof Event.Exit)
        .singleElement()
        .satisfies(e -> assertThat(((Event.Exit) e).items()).isEqualTo(20));
  }

  /** While the item runs, not only when it has ended. */
  @Test
  void aBeginIsToldSoon() {
    Notes notes = Notes.in(tmp);
    CountDownLatch begun = new CountDownLatch(1);
    Reporter reporter =
        new Reporter() {
          @Override
          public void begin(long pid, Object item) {
            begun.countDown();
          }
        };
    try (ProcessScheduler on = Shapes.builder(7, 1).reporter(reporter).build()) {
      Disposable hangs = on.submit(Misbehaving.SLEEPS.at(1, notes), 1).subscribe();
      notes.awaitPid("child");
      await().atMost(LONG).until(() -> begun.getCount() == 0);
      hangs.dispose();
    }
  }
}
