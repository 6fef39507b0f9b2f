package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Schedulers;

/**
 * What goes wrong around the children: threads that are interrupted, starts that fail, upstreams
 * that throw or block, hooks that take long, memory that lacks in the parent.
 */
@ExtendWith(NothingLeft.class)
class AdversityIT {
  private static final Duration LONG = Duration.ofSeconds(50);

  private static Work<Integer, Integer> tripled() {
    return x -> 3 * x;
  }

  // ---- interrupts

  /** What the pool does on such a thread must harm no child: a file's channel would be closed. */
  @ParameterizedTest
  @ValueSource(ints = {Shapes.FOLLOWS, 1, 7, 256})
  void threadsThatAreInterruptedHarmNobody(int window, @TempDir Path tmp) throws Exception {
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> noted =
        x -> {
          notes.started(x);
          return 3 * x;
        };
    AtomicBoolean over = new AtomicBoolean();
    try (ProcessScheduler on = Shapes.builder(window, 2).build()) {
      on.spawn(2).block(LONG);
      Thread rude = new Thread(() -> disturb(on, over));
      rude.start();
      try {
        List<Outcome<Integer, Integer>> outcomes =
            Flux.range(0, 600)
                .transform(Delegate.<Integer, Integer>parallel(noted, on))
                .collectList()
                .block(LONG);
        Outcomes.assertOnePerItem(outcomes, 600);
        Outcomes.assertTripled(outcomes);
      } finally {
        over.set(true);
        rude.join();
      }
    }
    assertThat(notes.starts()).hasSize(600).doesNotHaveDuplicates();
  }

  /** Streams begin and are cancelled, and items are submitted, on an interrupted thread. */
  private static void disturb(ProcessScheduler on, AtomicBoolean over) {
    Work<Integer, Integer> work = tripled();
    Flux<Outcome<Integer, Integer>> idle =
        Flux.<Integer>never().transform(Delegate.<Integer, Integer>parallel(work, on));
    var all = idle.subscribe(); // so that the children keep the work
    while (!over.get()) {
      Thread.currentThread().interrupt();
      on.submit(work, 1).onErrorComplete().subscribe();
      idle.subscribe().dispose();
      assertThat(Thread.interrupted()).isTrue();
      pause();
    }
    all.dispose();
  }

  /** Not parkNanos, which an interrupt spares once. */
  private static void pause() {
    try {
      Thread.sleep(2);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Its cancel interrupts the thread that brings the items, which may drive the pool just then. */
  @Test
  void anUpstreamThatIsInterruptedByItsCancelHarmsNobody() {
    try (ProcessScheduler on = Shapes.builder(7, 2).build()) {
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 100)
              .concatMap(
                  x ->
                      Flux.range(0, 500)
                          .subscribeOn(Schedulers.boundedElastic())
                          .transform(Delegate.<Integer, Integer>parallel(tripled(), on))
                          .take(1 + x % 20))
              .collectList()
              .block(LONG);
      Outcomes.assertTripled(outcomes);
      assertThat(outcomes).hasSize(IntStream.range(0, 100).map(x -> 1 + x % 20).sum());
    }
  }

  // ---- starts

  /** A launcher that fails for some starts. */
  private static ProcessScheduler.Builder failing(
      int children, java.util.function.IntPredicate fails) {
    AtomicInteger count = new AtomicInteger();
    return Shapes.builder(1, children)
        .launcher(
            command -> {
              if (fails.test(count.incrementAndGet())) {
                throw new IllegalStateException("no process to be had");
              }
              return command;
            });
  }

  @Test
  void startsThatFailTogetherAreOneFailure() {
    try (ProcessScheduler on = failing(6, n -> n <= 5).build()) {
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 50)
              .transform(Delegate.<Integer, Integer>parallel(tripled(), on))
              .collectList()
              .block(LONG);
      Outcomes.assertOnePerItem(outcomes, 50);
      Outcomes.assertTripled(outcomes);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6})
  void startsThatAlwaysFailEndTheStream(int children) {
    AtomicInteger starts = new AtomicInteger();
    try (ProcessScheduler on =
        failing(children, n -> starts.incrementAndGet() > 0).name("doomed").build()) {
      Flux<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 50).transform(Delegate.<Integer, Integer>parallel(tripled(), on));
      assertThatThrownBy(() -> outcomes.collectList().block(LONG))
          .isInstanceOf(DelegateException.StartFailed.class)
          .hasMessageContaining("3 in a row");
      assertThat(starts).hasValueBetween(3, 4 * children); // some are on their way when it gives up
    }
  }

  /** The worn one waits for an heir that never comes. */
  @Test
  void aWornChildWithoutAnHeirHangsNobody() {
    try (ProcessScheduler on = failing(2, n -> n > 2).maxItemsPerChild(5).build()) {
      List<Outcome<Integer, Integer>> outcomes = new ArrayList<>();
      Flux<Outcome<Integer, Integer>> all =
          Flux.range(0, 50)
              .transform(Delegate.<Integer, Integer>parallel(tripled(), on))
              .doOnNext(outcomes::add);
      assertThatThrownBy(() -> all.collectList().block(LONG))
          .isInstanceOf(DelegateException.StartFailed.class);
      Outcomes.assertTripled(outcomes);
      assertThat(outcomes).hasSize(10);
    }
  }

  /** The others are well, so nothing else would end its wait; and nothing else may end them. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void anItemThatCannotRunAgainGetsItsOutcome(int children) {
    Work<Integer, Object> work =
        x -> {
          Thread.sleep(10);
          return x == 3 ? Misbehaving.EATS_THE_HEAP.act(null) : (Object) (3 * x);
        };
    try (ProcessScheduler on =
        Shapes.builder(1, children)
            .heap("32m")
            .retryAborted(1)
            .retryHeap("999m")
            .launcher(
                command -> {
                  if (command.contains("-Xmx999m")) {
                    throw new IllegalStateException("no memory to be had");
                  }
                  return command;
                })
            .build()) {
      List<Outcome<Integer, Object>> outcomes =
          Flux.range(0, 20)
              .transform(Delegate.<Integer, Object>parallel(work, on))
              .collectList()
              .block(LONG);
      Outcomes.assertOnePerItem(outcomes, 20);
      Outcomes.assertTripled(outcomes, 3);
      Outcome.Aborted<?, ?> aborted = Outcomes.aborted(Outcomes.of(3, outcomes));
      assertThat(aborted.death().cause()).isEqualTo(Death.Cause.OUT_OF_MEMORY);
      assertThat(aborted.attempt()).isEqualTo(1);
    }
  }

  /** As many as there are pauses for, and no more: one that serves must not make it forget them. */
  @Test
  void startsThatFailBesideAChildThatServesAreNotMadeAtOnceAgain() {
    AtomicInteger starts = new AtomicInteger();
    Work<Integer, Integer> work =
        x -> {
          Thread.sleep(1);
          return 3 * x;
        };
    try (ProcessScheduler on = failing(3, n -> starts.incrementAndGet() > 1).build()) {
      long begin = System.nanoTime();
      Outcomes.assertTripled(
          Flux.range(0, 1_000)
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .collectList()
              .block(LONG));
      long pauses = (System.nanoTime() - begin) / 100_000_000 + 1;
      assertThat(starts).hasValueBetween(2, (int) Math.min(Integer.MAX_VALUE, 3 * (pauses + 1)));
    }
  }

  // ---- upstreams

  /** Reactor lets such an error through, past onError. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anErrorThatUpstreamThrowsEndsTheStream(boolean ordered) {
    Flux<Integer> items =
        Flux.range(0, 100)
            .map(
                x -> {
                  if (x == 40) {
                    throw new NoClassDefFoundError("some.Type");
                  }
                  return x;
                });
    List<Outcome<Integer, Integer>> outcomes = new ArrayList<>();
    Flux<Outcome<Integer, Integer>> all =
        items
            .transform(
                ordered
                    ? Delegate.<Integer, Integer>parallelOrdered(tripled(), 2)
                    : Delegate.<Integer, Integer>parallel(tripled(), 2))
            .doOnNext(outcomes::add);
    assertThatThrownBy(() -> all.collectList().block(LONG))
        .isInstanceOf(NoClassDefFoundError.class);
    Outcomes.assertOnePerItem(outcomes, 40);
    Outcomes.assertTripled(outcomes);
  }

  /** The next item comes when the one before it has begun. */
  @ParameterizedTest
  @ValueSource(ints = {Shapes.FOLLOWS, 1, 7, 256})
  void whatHasComeStartsThoughUpstreamBlocks(int window, @TempDir Path tmp) {
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> noted =
        x -> {
          notes.say("begun-" + x, x);
          return 3 * x;
        };
    Iterator<Integer> waiting =
        new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            if (next > 0) {
              notes.heard("begun-" + (next - 1));
            }
            return next < 20;
          }

          @Override
          public Integer next() {
            return next++;
          }
        };
    try (ProcessScheduler on = Shapes.builder(window, 6).build()) {
      List<Outcome<Integer, Integer>> outcomes =
          Flux.fromIterable(() -> waiting)
              .transform(Delegate.<Integer, Integer>parallel(noted, on))
              .collectList()
              .block(LONG);
      Outcomes.assertOnePerItem(outcomes, 20);
      Outcomes.assertTripled(outcomes);
    }
  }

  /** One more is asked for, alone, before the pool was told of those that came before. */
  @Test
  void whatHasComeStartsThoughUpstreamBlocksInARequestForOne(@TempDir Path tmp) throws Exception {
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      for (int round = 0; round < 20; round++) { // in the first, all else takes its time, too
        blockInARequestForOne(on, notes, 10 * round);
      }
    }
  }

  private static void blockInARequestForOne(ProcessScheduler on, Notes notes, int first)
      throws Exception {
    AtomicReference<Subscription> downstream = new AtomicReference<>();
    Flux<Integer> items =
        Flux.generate(
            () -> first,
            (next, sink) -> {
              if (next == first + 4) {
                downstream.get().request(1);
              } else if (next == first + 5) {
                notes.heard("begun-" + (next - 1));
                sink.complete();
                return next;
              }
              sink.next(next);
              return next + 1;
            });
    Work<Integer, Integer> noted =
        x -> {
          notes.say("begun-" + x, x);
          return 3 * x;
        };
    CompletableFuture<List<Integer>> done = new CompletableFuture<>();
    items
        .transform(Delegate.<Integer, Integer>parallel(noted, on))
        .subscribe(
            new BaseSubscriber<>() {
              private final List<Integer> results = new ArrayList<>();

              @Override
              protected void hookOnSubscribe(Subscription subscription) {
                downstream.set(this);
                request(5);
              }

              @Override
              protected void hookOnNext(Outcome<Integer, Integer> outcome) {
                results.add(outcome.orElseThrow());
              }

              @Override
              protected void hookFinally(SignalType type) {
                done.complete(results);
              }
            });
    assertThat(done.get(LONG.toSeconds(), TimeUnit.SECONDS))
        .containsExactly(3 * first, 3 * first + 3, 3 * first + 6, 3 * first + 9, 3 * first + 12);
  }

  // ---- hooks

  /** It waits for what only the pool can bring about. */
  @Test
  void aDiscardHookMayUseTheScheduler() throws Exception {
    CountDownLatch discarded = new CountDownLatch(5);
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      var items =
          Flux.range(0, 6)
              .transform(
                  Delegate.<Integer, Integer>parallel(
                      x -> {
                        Thread.sleep(x == 0 ? 100_000 : 0);
                        return x;
                      },
                      on))
              .doOnDiscard(
                  Integer.class,
                  x -> {
                    assertThat(on.submit(tripled(), 5).block(LONG).orElseThrow()).isEqualTo(15);
                    discarded.countDown();
                  })
              .subscribe();
      on.submit(tripled(), 1).subscribe();
      Thread.sleep(500); // some are in the child's hands by then, or else they wait
      items.dispose();
      assertThat(discarded.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }

  // ---- memory

  /** Sends items that take most of the memory there is for frames. */
  static final class Narrow {
    private Narrow() {}

    public static void main(String[] args) {
      Work<byte[], Integer> work =
          bytes -> {
            Thread.sleep(200);
            return bytes.length;
          };
      try (ProcessScheduler on = Shapes.builder(4, 2).maxFrame(64 << 20).build()) {
        long right =
            Flux.range(0, 12)
                .map(x -> new byte[(x % 3 == 0 ? 20 << 20 : 10) + x])
                .transform(Delegate.<byte[], Integer>parallel(work, on))
                .filter(o -> o.orElseThrow() == o.item().length && o.attempt() == 1)
                .count()
                .block(LONG);
        System.out.println("right " + right);
      }
    }
  }

  @Test
  void aParentWithoutMemoryForAFrameHarmsNoChild(@TempDir Path tmp) throws Exception {
    try (ParentJvm parent =
        ParentJvm.start(tmp, List.of("-XX:MaxDirectMemorySize=48m"), Narrow.class)) {
      assertThat(parent.heard("right")).as("%s", parent).isEqualTo("12");
      assertThat(parent.status()).isZero();
    }
  }

  /** The first item runs for long in a child that was large before it. */
  @Test
  void whatTheInitializerTookIsOnNoItem() {
    Work<Integer, Integer> work =
        x -> {
          Thread.sleep(400);
          return 3 * x;
        };
    Task<Object> initializer =
        () -> {
          byte[] much = new byte[200 << 20];
          for (int i = 0; i < much.length; i += 4096) {
            much[i] = 1;
          }
          System.getProperties().put("kept", much);
          return "";
        };
    try (ProcessScheduler on =
        Shapes.builder(1, 1)
            .heap("512m")
            .maxMemoryPerChild(150 << 20)
            .initializer(initializer)
            .build()) {
      Outcomes.assertTripled(List.of(on.submit(work, 1).block(LONG)));
    }
  }
}
