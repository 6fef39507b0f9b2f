package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Every item taken from upstream gets exactly one outcome; after a cancel, none. */
@ExtendWith(NothingLeft.class)
class Law1OneOutcomePerItemIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  @TempDir Path tmp;

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windowsAndChildren")
  void everyItemHasExactlyOne(int window, int children) {
    try (ProcessScheduler on = Shapes.builder(window, children).build()) {
      List<Outcome<Integer, Object>> outcomes =
          Flux.range(0, Shapes.ITEMS)
              .transform(Delegate.parallel(Misbehaving.HALTS.at(1, Notes.in(tmp)), on))
              .collectList()
              .block(LONG);
      Outcomes.assertOnePerItem(outcomes, Shapes.ITEMS);
      Outcomes.assertTripled(outcomes, 1);
      Outcomes.aborted(Outcomes.of(1, outcomes));
    }
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void crashesKillsRecyclingAndASlowReaderLoseNone(int window) {
    Work<Integer, Integer> work =
        x -> {
          if (x % 100 == 57) {
            Runtime.getRuntime().halt(9);
          }
          return 3 * x;
        };
    Set<Long> up = ConcurrentHashMap.newKeySet();
    Reporter who =
        new Reporter() {
          @Override
          public void spawn(long pid) {
            up.add(pid);
          }

          @Override
          public void exit(long pid, Death how) {
            up.remove(pid);
          }
        };
    AtomicInteger count = new AtomicInteger();
    try (ProcessScheduler on =
        Shapes.builder(window, 2).maxItemsPerChild(70).reporter(who).build()) {
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 400)
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .publishOn(Schedulers.boundedElastic(), 5)
              .doOnNext(
                  o -> {
                    int n = count.incrementAndGet();
                    if (n % 97 == 0) {
                      up.stream().findAny().ifPresent(pid -> Pids.signal("KILL", pid));
                    }
                  })
              .collectList()
              .block(LONG);
      Outcomes.assertOnePerItem(outcomes, 400);
      assertThat(outcomes)
          .allSatisfy(
              o -> {
                if (o.item() % 100 == 57) {
                  Outcomes.aborted(o);
                } else if (o.isSuccess()) {
                  assertThat(o.orElseThrow()).isEqualTo(3 * o.item());
                } else { // it ran in a child that we killed
                  assertThat(Outcomes.aborted(o).death().signal()).contains("SIGKILL");
                }
              });
      assertThat(outcomes).filteredOn(o -> !o.isSuccess()).hasSizeBetween(4, 8);
    }
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void afterACancelThereIsNone(int window) throws Exception {
    AtomicInteger before = new AtomicInteger();
    AtomicInteger after = new AtomicInteger();
    CountDownLatch cancelled = new CountDownLatch(1);
    Work<Integer, Integer> work = x -> 3 * x;
    try (ProcessScheduler on = Shapes.builder(window, 2).build()) {
      Flux.range(0, 100_000)
          .transform(Delegate.<Integer, Integer>parallel(work, on))
          .subscribe(
              new reactor.core.CoreSubscriber<>() {
                private Subscription subscription;

                @Override
                public void onSubscribe(Subscription s) {
                  subscription = s;
                  s.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(Outcome<Integer, Integer> outcome) {
                  if (cancelled.getCount() == 0) {
                    after.incrementAndGet();
                  } else if (before.incrementAndGet() == 100) {
                    subscription.cancel();
                    cancelled.countDown();
                  }
                }

                @Override
                public void onError(Throwable t) {
                  after.incrementAndGet();
                }

                @Override
                public void onComplete() {
                  after.incrementAndGet();
                }
              });
      assertThat(cancelled.await(40, TimeUnit.SECONDS)).isTrue();
      // the children answer another stream, so what was under way for the first has come
      assertThat(on.submit(work, 5).block(LONG).orElseThrow()).isEqualTo(15);
    }
    assertThat(before).hasValue(100);
    assertThat(after).hasValue(0);
  }

  @Test
  void anItemThatCannotBeSentHasOneToo() {
    Work<Object, String> work = Object::toString;
    Object bad = new Misbehaving.Box(Map.of("key", List.of(new Object())));
    List<Outcome<Object, String>> outcomes =
        Flux.<Object>just("a", bad, "b")
            .transform(Delegate.<Object, String>parallel(work, 1))
            .collectList()
            .block(LONG);
    assertThat(outcomes).hasSize(3);
    assertThat(outcomes)
        .filteredOn(Outcome::isSuccess)
        .extracting(Outcome::item)
        .contains("a", "b");
    assertThat(outcomes)
        .filteredOn(o -> o.item() == bad)
        .singleElement()
        .satisfies(
            o -> {
              assertThat(o.pid()).isZero();
              assertThat(Outcomes.failure(o).error().message()).contains("Box.content[key][0]");
            });
  }

  @Test
  void theItemIsTheVeryObjectThatCame() {
    Integer item = Integer.valueOf(123_456);
    Work<Integer, Integer> work = x -> x;
    Outcome<Integer, Integer> outcome =
        Flux.just(item).transform(Delegate.<Integer, Integer>parallel(work, 1)).blockLast(LONG);
    assertThat(outcome.item()).isSameAs(item);
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void anErrorOfUpstreamComesAfterTheOutcomesOfTheItemsBeforeIt(int window) {
    Work<Integer, Integer> work =
        x -> {
          Thread.sleep(20);
          return 3 * x;
        };
    try (ProcessScheduler on = Shapes.builder(window, 2).build()) {
      List<Outcome<Integer, Integer>> outcomes = new CopyOnWriteArrayList<>();
      StepVerifier.create(
              Flux.range(0, 10)
                  .concatWith(Flux.error(new IllegalStateException("upstream")))
                  .transform(Delegate.<Integer, Integer>parallel(work, on))
                  .doOnNext(outcomes::add))
          .expectNextCount(10)
          .expectErrorMessage("upstream")
          .verify(LONG);
      Outcomes.assertOnePerItem(outcomes, 10);
      Outcomes.assertTripled(outcomes);
    }
  }

  @Test
  void noItemsNoOutcomesAndNoChild() {
    AtomicInteger spawned = new AtomicInteger();
    Reporter reporter =
        new Reporter() {
          @Override
          public void spawn(long pid) {
            spawned.incrementAndGet();
          }
        };
    Work<Integer, Integer> work = x -> x;
    try (ProcessScheduler on = ProcessScheduler.builder().reporter(reporter).build()) {
      StepVerifier.create(
              Flux.<Integer>empty().transform(Delegate.<Integer, Integer>parallel(work, on)))
          .verifyComplete();
    }
    assertThat(spawned).hasValue(0);
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void inOrderToo(int window) {
    Work<Integer, Object> work =
        x -> {
          Thread.sleep(x % 3 == 0 ? 10 : 0);
          if (x == 30) {
            Runtime.getRuntime().halt(1);
          }
          return 3 * x;
        };
    try (ProcessScheduler on = Shapes.builder(window, 3).build()) {
      List<Outcome<Integer, Object>> outcomes =
          Flux.range(0, 100)
              .transform(Delegate.<Integer, Object>parallelOrdered(work, on))
              .collectList()
              .block(LONG);
      assertThat(outcomes)
          .extracting(Outcome::item)
          .isEqualTo(IntStream.range(0, 100).boxed().toList());
      Outcomes.assertTripled(outcomes, 30);
      Outcomes.aborted(outcomes.get(30));
    }
  }
}
