package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.conformance.Census;
import io.delegate.conformance.Jobs;
import io.delegate.conformance.NothingLeft;
import io.delegate.conformance.Seen;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.PublisherProbe;
import reactor.test.publisher.TestPublisher;
import reactor.test.publisher.TestPublisher.Violation;
import reactor.util.context.Context;

@ExtendWith(NothingLeft.class)
class StreamIT {
  private static final Duration LONG = Duration.ofSeconds(50);

  private static ProcessScheduler shared;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    shared = ProcessScheduler.builder().children(2).output(Output.DISCARD).build();
    shared.spawn(2).block(LONG);
  }

  @AfterAll
  static void stop() {
    shared.close();
  }

  private static Flux<Outcome<Integer, Integer>> on(
      ProcessScheduler scheduler, Publisher<Integer> items) {
    return Flux.from(items).transform(Delegate.parallel(Jobs::triple, scheduler));
  }

  private static Flux<Integer> results(Flux<Outcome<Integer, Integer>> outcomes) {
    return outcomes.map(Outcome::orElseThrow);
  }

  private static List<Integer> tripled(int count) {
    return IntStream.range(0, count).mapToObj(i -> 3 * i).toList();
  }

  private static void await(org.awaitility.core.ThrowingRunnable condition) {
    org.awaitility.Awaitility.await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(condition);
  }

  /** After whatever was done to it. */
  private static void stillServes(ProcessScheduler scheduler) {
    StepVerifier.create(results(on(scheduler, Flux.range(0, 20))).collectSortedList())
        .expectNext(tripled(20))
        .expectComplete()
        .verify(LONG);
  }

  // ---- demand

  /** Those of the shared scheduler and no others, as a test finds them. */
  private static void awaitOnlyTheShared() {
    shared.spawn(2).block(LONG);
    await(() -> assertThat(NothingLeft.children()).hasSize(2));
  }

  @Test
  void withoutDemandNothingIsAskedAndNothingStarts() {
    awaitOnlyTheShared();
    Census census = new Census();
    List<Long> asked = new CopyOnWriteArrayList<>();
    try (ProcessScheduler own =
        ProcessScheduler.builder().children(2).spares(1).reporter(census).build()) {
      StepVerifier.create(on(own, Flux.range(0, 9).doOnRequest(asked::add)), 0)
          .expectSubscription()
          .expectNoEvent(Duration.ofMillis(300))
          .thenCancel()
          .verify(LONG);
      assertThat(NothingLeft.children()).hasSize(2); // those of the other scheduler
    }
    assertThat(asked).isEmpty();
    assertThat(census.born).hasValue(0);
  }

  @Test
  void ownChildrenWithoutDemandNeitherAskNorStart() {
    awaitOnlyTheShared();
    List<Long> asked = new CopyOnWriteArrayList<>();
    StepVerifier.create(
            Flux.range(0, 9).doOnRequest(asked::add).transform(Delegate.parallel(Jobs::triple, 2)),
            0)
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(300))
        .then(() -> assertThat(NothingLeft.children()).hasSize(2))
        .thenCancel()
        .verify(LONG);
    assertThat(asked).isEmpty();
  }

  @Test
  void demandOf3GivesExactly3AndStartsExactly3() {
    StepVerifier.create(
            Flux.range(0, 10).transform(Delegate.parallel(Jobs.gated(directory, 99, 99), shared)),
            3)
        .expectNextCount(3)
        .expectNoEvent(Duration.ofMillis(200))
        .then(() -> assertThat(directory.toFile().list()).hasSize(3))
        .thenRequest(2)
        .expectNextCount(2)
        .expectNoEvent(Duration.ofMillis(100))
        .then(() -> assertThat(directory.toFile().list()).hasSize(5))
        .thenRequest(Long.MAX_VALUE)
        .expectNextCount(5)
        .expectComplete()
        .verify(LONG);
  }

  @Test
  void unboundedDemandGivesAll() {
    StepVerifier.create(results(on(shared, Flux.range(0, 500))).collectSortedList())
        .expectNext(tripled(500))
        .expectComplete()
        .verify(LONG);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 1000})
  void upstreamIsAskedForNoMoreThanDemandAndRoom(int demand) {
    try (ProcessScheduler own = ProcessScheduler.builder().children(2).window(4).build()) {
      AtomicLong asked = new AtomicLong();
      AtomicLong wanted = new AtomicLong();
      AtomicLong delivered = new AtomicLong();
      List<String> excesses = new CopyOnWriteArrayList<>();
      BaseSubscriber<Outcome<Integer, Integer>> downstream =
          new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription s) {
              wanted.addAndGet(demand);
              s.request(demand);
            }

            @Override
            protected void hookOnNext(Outcome<Integer, Integer> outcome) {
              if (delivered.incrementAndGet() == wanted.get()) {
                wanted.addAndGet(demand);
                request(demand);
              }
            }
          };
      on(
              own,
              Flux.range(0, 300)
                  .doOnRequest(
                      n -> {
                        long total = asked.addAndGet(n);
                        if (total > wanted.get() || total - delivered.get() > 8) {
                          excesses.add(total + " of " + wanted + " after " + delivered);
                        }
                      }))
          .subscribe(downstream);
      await(() -> assertThat(delivered).hasValue(300));
      assertThat(excesses).isEmpty();
    }
  }

  @Test
  void moreChildrenInMidstreamAreUsedAtOnce() {
    try (ProcessScheduler own = ProcessScheduler.builder().children(1).build()) {
      Seen<Outcome<Integer, Integer>> seen = new Seen<>(Long.MAX_VALUE);
      Flux.range(0, 3)
          .transform(Delegate.parallel(Jobs.gated(directory, 0, 2), own))
          .subscribe(seen);
      await(() -> assertThat(Jobs.begun(directory, 0)).isTrue());
      own.spawn(3).block(LONG);
      await(() -> assertThat(directory.toFile().list()).hasSize(3));
      Jobs.open(directory);
      seen.awaitEnd();
      assertThat(seen.values).hasSize(3);
    }
  }

  // ---- upstreams

  @Test
  void everyKindOfUpstreamServes() {
    Map<String, Flux<Integer>> upstreams =
        Map.of(
            "range", Flux.range(0, 10),
            "hidden", Flux.range(0, 10).hide(),
            "iterable", Flux.fromIterable(IntStream.range(0, 10).boxed().toList()),
            "stream", Flux.fromStream(() -> IntStream.range(0, 10).boxed()),
            "filtered", Flux.range(0, 10).filter(i -> true).map(i -> i),
            "conditional, hidden", Flux.range(0, 10).hide().filter(i -> true),
            "published elsewhere", Flux.range(0, 10).publishOn(Schedulers.boundedElastic()),
            "generated",
                Flux.generate(
                    () -> 0,
                    (i, sink) -> {
                      if (i == 10) {
                        sink.complete();
                      } else {
                        sink.next(i);
                      }
                      return i + 1;
                    }),
            "created",
                Flux.create(
                    sink -> {
                      for (int i = 0; i < 10; i++) {
                        sink.next(i);
                      }
                      sink.complete();
                    }),
            "joined", Flux.just(0).concatWith(Flux.range(1, 9).delaySubscription(Mono.just(1))));
    upstreams.forEach(
        (name, upstream) ->
            StepVerifier.create(results(on(shared, upstream)).collectSortedList())
                .as(name)
                .expectNext(tripled(10))
                .expectComplete()
                .verify(LONG));
    StepVerifier.create(results(on(shared, Flux.just(1))))
        .expectNext(3)
        .expectComplete()
        .verify(LONG);
    StepVerifier.create(results(on(shared, Mono.fromCallable(() -> 1))))
        .expectNext(3)
        .expectComplete()
        .verify(LONG);
  }

  @Test
  void anEmptyStreamStartsNoChild() {
    Census census = new Census();
    try (ProcessScheduler own = ProcessScheduler.builder().spares(1).reporter(census).build()) {
      for (Flux<Integer> none : List.of(Flux.<Integer>empty(), Flux.<Integer>empty().hide())) {
        StepVerifier.create(on(own, none)).expectComplete().verify(LONG);
        StepVerifier.create(on(own, none), 0).expectComplete().verify(LONG);
      }
    }
    assertThat(census.inits).hasValue(0);
    assertThat(census.born).hasValue(0);
  }

  @Test
  void anErrorOfUpstreamComesAfterTheOutcomesBeforeIt() {
    Flux<Integer> upstream =
        Flux.range(0, 5).concatWith(Flux.error(new IllegalStateException("upstream")));
    StepVerifier.create(on(shared, upstream))
        .expectNextCount(5)
        .expectErrorMessage("upstream")
        .verify(LONG);
    StepVerifier.create(on(shared, Flux.error(new IllegalStateException("at once"))), 0)
        .expectErrorMessage("at once")
        .verify(LONG);
    TestPublisher<Integer> test = TestPublisher.create();
    StepVerifier.create(
            test.flux().transform(Delegate.parallel(Jobs.gated(directory, 0, 1), shared)))
        .then(() -> await(() -> test.assertMinRequested(2)))
        .then(() -> test.next(0, 1))
        .then(() -> await(() -> assertThat(directory.toFile().list()).hasSize(2)))
        .then(() -> test.error(new IllegalStateException("while they run")))
        .expectNoEvent(Duration.ofMillis(100))
        .then(() -> Jobs.open(directory))
        .expectNextCount(2)
        .expectErrorMessage("while they run")
        .verify(LONG);
  }

  @Test
  void takeEndsAStreamWithoutEnd() {
    PublisherProbe<Integer> probe = PublisherProbe.of(Flux.range(0, Integer.MAX_VALUE));
    StepVerifier.create(on(shared, probe.flux()).take(20))
        .expectNextCount(20)
        .expectComplete()
        .verify(LONG);
    await(probe::assertWasCancelled);
    stillServes(shared);
  }

  @Test
  void contextReachesUpstream() {
    Flux<Integer> upstream = Flux.deferContextual(c -> Flux.just(c.<Integer>get("seven")));
    StepVerifier.create(results(on(shared, upstream)).contextWrite(Context.of("seven", 7)))
        .expectNext(21)
        .expectComplete()
        .verify(LONG);
    StepVerifier.create(
            results(upstream.transform(Delegate.parallel(Jobs::triple, 1)))
                .contextWrite(Context.of("seven", 7)))
        .expectNext(21)
        .expectComplete()
        .verify(LONG);
  }

  // ---- cancel

  @Test
  void cancelBeforeDemandCancelsUpstream() {
    PublisherProbe<Integer> probe = PublisherProbe.of(Flux.range(0, 10));
    StepVerifier.create(on(shared, probe.flux()), 0).expectSubscription().thenCancel().verify(LONG);
    probe.assertWasCancelled();
    probe.assertWasNotRequested();
  }

  @RepeatedTest(5)
  void cancelWhileChildrenStartLeavesNone() throws Exception {
    Census census = new Census();
    try (ProcessScheduler own = ProcessScheduler.builder().children(2).reporter(census).build()) {
      Seen<Outcome<Integer, Integer>> seen = new Seen<>(2);
      on(own, Flux.range(0, 10)).subscribe(seen);
      Thread.sleep((long) (Math.random() * 120)); // any moment of the start
      seen.subscription.cancel();
      stillServes(own);
      assertThat(seen.errors).isEmpty();
      assertThat(seen.signals).doesNotContain("complete");
    }
    await(() -> assertThat(census.alive).isEmpty());
  }

  @Test
  void cancelKillsWhatRuns() {
    Census census = new Census();
    try (ProcessScheduler own = ProcessScheduler.builder().children(2).reporter(census).build()) {
      Seen<Outcome<Integer, Integer>> seen = new Seen<>(2);
      Flux.range(0, 10)
          .transform(Delegate.parallel(Jobs.gated(directory, 0, 9), own))
          .subscribe(seen);
      await(() -> assertThat(directory.toFile().list()).hasSize(2));
      assertThat(census.dead).hasValue(0);
      seen.subscription.cancel();
      await(() -> assertThat(census.dead).hasValue(2));
      stillServes(own);
      assertThat(seen.signals).containsExactly("subscribe");
    }
  }

  @Test
  void cancelTwiceAndDemandAfterCancelDoNothing() {
    PublisherProbe<Integer> probe = PublisherProbe.of(Flux.range(0, 10));
    Seen<Outcome<Integer, Integer>> seen = new Seen<>(0);
    on(shared, probe.flux()).subscribe(seen);
    seen.subscription.cancel();
    seen.subscription.cancel();
    seen.subscription.request(5);
    seen.subscription.request(0);
    stillServes(shared);
    probe.assertWasNotRequested();
    assertThat(seen.signals).containsExactly("subscribe");
  }

  @Test
  void demandAfterTheEndDoesNothing() {
    Seen<Outcome<Integer, Integer>> seen = new Seen<>(Long.MAX_VALUE);
    on(shared, Flux.range(0, 3)).subscribe(seen);
    seen.awaitEnd();
    seen.subscription.request(1);
    seen.subscription.cancel();
    stillServes(shared);
    assertThat(seen.signals).containsExactly("subscribe", "next", "next", "next", "complete");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void badDemandIsToldAsReactorDoes(long bad) {
    // to subscribers of Reactor's own it is a remark in the log, to all others an error
    Seen<Outcome<Integer, Integer>> reactors = new Seen<>(0);
    on(shared, Flux.range(0, 3)).subscribe(reactors);
    reactors.subscription.request(bad);
    reactors.subscription.request(3);
    reactors.awaitEnd();
    assertThat(reactors.values).hasSize(3);

    Seen<Outcome<Integer, Integer>> seen = new Seen<>(0);
    Subscriber<Outcome<Integer, Integer>> plain =
        new Subscriber<>() {
          @Override
          public void onSubscribe(Subscription s) {
            seen.onSubscribe(s);
          }

          @Override
          public void onNext(Outcome<Integer, Integer> o) {
            seen.onNext(o);
          }

          @Override
          public void onError(Throwable t) {
            seen.onError(t);
          }

          @Override
          public void onComplete() {
            seen.onComplete();
          }
        };
    PublisherProbe<Integer> probe = PublisherProbe.of(Flux.range(0, 3));
    on(shared, probe.flux()).subscribe(plain);
    seen.subscription.request(bad);
    seen.awaitEnd();
    assertThat(seen.errors.get(0)).isInstanceOf(IllegalArgumentException.class);
    await(probe::assertWasCancelled);
  }

  @RepeatedTest(3)
  void cancelThatMeetsItemsLeavesNoneWaiting() throws Exception {
    try (ProcessScheduler own =
        ProcessScheduler.builder().children(1).window(4).maxPending(1).build()) {
      Seen<Outcome<Integer, Integer>> blocker = new Seen<>(4);
      Flux.range(0, 4)
          .transform(Delegate.parallel(Jobs.gated(directory, 0, 0), own))
          .subscribe(blocker);
      await(() -> assertThat(Jobs.begun(directory, 0)).isTrue());
      for (int i = 0; i < 2_000; i++) {
        AtomicReference<Thread> emitter = new AtomicReference<>();
        Seen<Outcome<Integer, Integer>> seen = new Seen<>(4);
        CountedDown first = new CountedDown();
        Flux.<Integer>from(
                s ->
                    s.onSubscribe(
                        new Subscription() {
                          private final AtomicBoolean once = new AtomicBoolean();
                          private volatile boolean cancelled;

                          @Override
                          public void request(long n) {
                            if (once.compareAndSet(false, true)) {
                              Thread thread =
                                  new Thread(
                                      () -> {
                                        for (int item = 0; item < n && !cancelled; item++) {
                                          s.onNext(item);
                                          first.down();
                                        }
                                      });
                              emitter.set(thread);
                              thread.start();
                            }
                          }

                          @Override
                          public void cancel() {
                            cancelled = true;
                          }
                        }))
            .transform(Delegate.parallel(Jobs::triple, own))
            .subscribe(seen);
        first.await();
        seen.subscription.cancel();
        emitter.get().join();
      }
      Jobs.open(directory);
      blocker.awaitEnd();
      await(() -> assertThat(own.submit(Jobs::triple, 5).block(LONG)).matches(Outcome::isSuccess));
      await(() -> assertThat(own.submit(Jobs::triple, 5).block(LONG)).isNotNull());
    }
  }

  /** A latch of one that spins. */
  private static final class CountedDown {
    private volatile boolean down;

    void down() {
      down = true;
    }

    void await() {
      while (!down) {
        Thread.onSpinWait();
      }
    }
  }

  // ---- discards

  @Test
  void theDiscardHookSeesItemsThatNeverBegan() {
    try (ProcessScheduler own = ProcessScheduler.builder().children(1).window(8).build()) {
      List<Object> discarded = new CopyOnWriteArrayList<>();
      Seen<Outcome<Integer, Integer>> seen = new Seen<>(8);
      Flux.range(0, 20)
          .transform(Delegate.parallel(Jobs.gated(directory, 0, 20), own))
          .doOnDiscard(Integer.class, discarded::add)
          .subscribe(seen);
      await(() -> assertThat(Jobs.begun(directory, 0)).isTrue());
      seen.subscription.cancel();
      await(() -> assertThat(discarded).contains(1, 2, 3, 4, 5, 6, 7));
      assertThat(discarded).doesNotHaveDuplicates();
    }
  }

  @Test
  void theDiscardHookSeesItemsThatWaitForAChild() {
    try (ProcessScheduler own = ProcessScheduler.builder().children(1).build()) {
      Seen<Outcome<Integer, Integer>> blocker = new Seen<>(1);
      Flux.range(0, 1)
          .transform(Delegate.parallel(Jobs.gated(directory, 0, 0), own))
          .subscribe(blocker);
      await(() -> assertThat(Jobs.begun(directory, 0)).isTrue());
      List<Object> discarded = new CopyOnWriteArrayList<>();
      AtomicInteger emitted = new AtomicInteger();
      Seen<Outcome<Integer, Integer>> seen = new Seen<>(8);
      on(own, Flux.range(7, 20).doOnNext(i -> emitted.incrementAndGet()))
          .doOnDiscard(Integer.class, discarded::add)
          .subscribe(seen);
      await(() -> assertThat(emitted).hasValue(1));
      seen.subscription.cancel();
      await(() -> assertThat(discarded).containsExactly(7));
      Jobs.open(directory);
      blocker.awaitEnd();
    }
  }

  @Test
  void theDiscardHookSeesOutcomesHeldBackForOrder() {
    try (ProcessScheduler own = ProcessScheduler.builder().children(2).build()) {
      List<Object> discarded = new CopyOnWriteArrayList<>();
      AtomicInteger finished = new AtomicInteger();
      own.events().ofType(Event.Finished.class).subscribe(e -> finished.incrementAndGet());
      Seen<Outcome<Integer, Integer>> seen = new Seen<>(4);
      Flux.range(0, 20)
          .transform(Delegate.parallelOrdered(Jobs.gated(directory, 0, 0), own))
          .doOnDiscard(Outcome.class, o -> discarded.add(o.item()))
          .doOnDiscard(Integer.class, discarded::add)
          .subscribe(seen);
      await(() -> assertThat(finished).hasValue(3));
      seen.subscription.cancel();
      await(() -> assertThat(discarded).contains(1, 2, 3));
      assertThat(seen.values).isEmpty();
    }
  }

  // ---- upstreams that break the rules

  @Test
  void anUpstreamThatSendsTooMuchNeverMakesDownstreamGetTooMuch() {
    TestPublisher<Integer> test = TestPublisher.createNoncompliant(Violation.REQUEST_OVERFLOW);
    AtomicInteger wanted = new AtomicInteger(3);
    Seen<Outcome<Integer, Integer>> seen = new Seen<>(3);
    on(shared, test.flux()).subscribe(seen);
    test.next(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    await(() -> assertThat(seen.values).hasSizeGreaterThanOrEqualTo(3));
    Mono.delay(Duration.ofMillis(300)).block();
    if (seen.errors.isEmpty()) {
      assertThat(seen.values).hasSize(wanted.get());
      seen.subscription.request(100);
      test.complete();
      seen.awaitEnd();
      assertThat(seen.values).hasSize(10);
    } else {
      assertThat(seen.values).hasSizeLessThanOrEqualTo(3);
    }
    stillServes(shared);
  }

  @Test
  void whatComesAfterTheEndIsDropped() {
    TestPublisher<Integer> test =
        TestPublisher.createNoncompliant(
            Violation.CLEANUP_ON_TERMINATE, Violation.REQUEST_OVERFLOW);
    StepVerifier.create(on(shared, test.flux()))
        .then(() -> await(() -> test.assertMinRequested(1)))
        .then(() -> test.next(1).complete())
        .then(() -> test.next(2).complete())
        .then(() -> test.error(new IllegalStateException("late")))
        .expectNextMatches(o -> o.orElseThrow() == 3)
        .expectComplete()
        .verifyThenAssertThat(LONG)
        .hasDroppedExactly(2)
        .hasDroppedErrorWithMessage("late");
    TestPublisher<Integer> twice =
        TestPublisher.createNoncompliant(
            Violation.CLEANUP_ON_TERMINATE, Violation.REQUEST_OVERFLOW);
    StepVerifier.create(on(shared, twice.flux()))
        .then(() -> twice.error(new IllegalStateException("first")))
        .then(() -> twice.error(new IllegalStateException("second")))
        .then(() -> twice.next(2))
        .expectErrorMessage("first")
        .verifyThenAssertThat(LONG)
        .hasDroppedExactly(2)
        .hasDroppedErrorWithMessage("second");
  }

  @Test
  void whatComesAfterACancelIsDiscarded() {
    TestPublisher<Integer> test =
        TestPublisher.createNoncompliant(
            Violation.CLEANUP_ON_TERMINATE, Violation.REQUEST_OVERFLOW);
    List<Object> discarded = new CopyOnWriteArrayList<>();
    AtomicReference<Subscriber<? super Integer>> inner = new AtomicReference<>();
    Seen<Outcome<Integer, Integer>> seen = new Seen<>(5);
    on(
            shared,
            s -> {
              inner.set(s);
              s.onSubscribe(Operators.emptySubscription());
            })
        .doOnDiscard(Integer.class, discarded::add)
        .subscribe(seen);
    seen.subscription.cancel();
    inner.get().onNext(8);
    inner.get().onComplete();
    assertThat(discarded).containsExactly(8);
    assertThat(seen.signals).containsExactly("subscribe");
    test.complete();
  }

  @Test
  void aSecondSubscriptionIsCancelled() {
    AtomicBoolean cancelled = new AtomicBoolean();
    Flux<Integer> twice =
        Flux.from(
            s -> {
              Flux.just(1).subscribe(s);
              s.onSubscribe(
                  new Subscription() {
                    @Override
                    public void request(long n) {
                      throw new AssertionError("asked the second");
                    }

                    @Override
                    public void cancel() {
                      cancelled.set(true);
                    }
                  });
            });
    StepVerifier.create(results(on(shared, twice))).expectNext(3).expectComplete().verify(LONG);
    assertThat(cancelled).isTrue();
  }

  @Test
  void aNullItemIsAnErrorAfterTheOutcomesBeforeIt() {
    TestPublisher<Integer> test =
        TestPublisher.createNoncompliant(Violation.ALLOW_NULL, Violation.REQUEST_OVERFLOW);
    StepVerifier.create(
            test.flux().transform(Delegate.parallel(Jobs.gated(directory, 0, 1), shared)))
        .then(() -> await(() -> test.assertMinRequested(2)))
        .then(() -> test.next(0, 1).next((Integer) null))
        .expectNoEvent(Duration.ofMillis(100))
        .then(() -> Jobs.open(directory))
        .expectNextCount(2)
        .expectErrorSatisfies(
            e ->
                assertThat(e)
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("item number 3"))
        .verify(LONG);
    test.assertCancelled();
  }

  @Test
  void disposeBeforeALateOnSubscribeBreaksNoRule() {
    ProcessScheduler own = ProcessScheduler.create(1);
    AtomicReference<Subscriber<? super Integer>> inner = new AtomicReference<>();
    Seen<Outcome<Integer, Integer>> seen = new Seen<>(1);
    on(own, inner::set).subscribe(seen);
    own.close();
    Mono.delay(Duration.ofMillis(100)).block();
    Flux.just(1).subscribe(inner.get());
    seen.awaitEnd();
    assertThat(seen.signals).containsExactly("subscribe", "error");
    assertThat(seen.errors.get(0)).isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void disposeEndsStreamsUnderWay() {
    ProcessScheduler own = ProcessScheduler.create(1);
    PublisherProbe<Integer> probe = PublisherProbe.of(Flux.range(0, 10));
    StepVerifier.create(probe.flux().transform(Delegate.parallel(Jobs.gated(directory, 0, 9), own)))
        .then(() -> await(() -> assertThat(Jobs.begun(directory, 0)).isTrue()))
        .then(own::dispose)
        .expectError(RejectedExecutionException.class)
        .verify(LONG);
    probe.assertWasCancelled();
    StepVerifier.create(on(own, Flux.just(1)))
        .expectError(RejectedExecutionException.class)
        .verify(LONG);
    own.close();
  }

  // ---- Scannable

  @Test
  void theOperatorCanBeScanned() {
    Flux<Integer> upstream = Flux.range(0, 3);
    Scannable flux = Scannable.from(on(shared, upstream));
    assertThat(flux.isScanAvailable()).isTrue();
    assertThat(flux.scan(Scannable.Attr.PARENT)).isSameAs(upstream);
    assertThat(flux.scan(Scannable.Attr.RUN_STYLE)).isSameAs(Scannable.Attr.RunStyle.ASYNC);
  }

  @Test
  void aStreamUnderWayCanBeScanned() {
    Seen<Outcome<Integer, Integer>> seen = new Seen<>(0);
    on(shared, Flux.range(0, 3)).subscribe(seen);
    Scannable s = Scannable.from(seen.subscription);
    assertThat(s.scanUnsafe(Scannable.Attr.ACTUAL)).isSameAs(seen);
    assertThat(s.scanUnsafe(Scannable.Attr.PARENT)).isInstanceOf(Subscription.class);
    assertThat(s.scan(Scannable.Attr.RUN_STYLE)).isSameAs(Scannable.Attr.RunStyle.ASYNC);
    assertThat(s.scan(Scannable.Attr.CANCELLED)).isFalse();
    assertThat(s.scan(Scannable.Attr.TERMINATED)).isFalse();
    assertThat(s.scan(Scannable.Attr.BUFFERED)).isZero();
    assertThat(s.scan(Scannable.Attr.REQUESTED_FROM_DOWNSTREAM)).isZero();
    seen.subscription.cancel();
    assertThat(s.scan(Scannable.Attr.CANCELLED)).isTrue();
    assertThat(s.scan(Scannable.Attr.TERMINATED)).isFalse();
  }

  @Test
  void aStreamThatEndedIsTerminatedAndNotCancelled() {
    Seen<Outcome<Integer, Integer>> seen = new Seen<>(Long.MAX_VALUE);
    on(shared, Flux.range(0, 3)).subscribe(seen);
    seen.awaitEnd();
    Scannable s = Scannable.from(seen.subscription);
    assertThat(s.scan(Scannable.Attr.TERMINATED)).isTrue();
    assertThat(s.scan(Scannable.Attr.CANCELLED)).isFalse();
  }

  @Test
  void theErrorOfAStreamCanBeScanned() {
    Seen<Outcome<Integer, Integer>> seen = new Seen<>(Long.MAX_VALUE);
    on(shared, Flux.error(new IllegalStateException("scanned"))).subscribe(seen);
    seen.awaitEnd();
    Scannable s = Scannable.from(seen.subscription);
    assertThat(s.scan(Scannable.Attr.ERROR)).hasMessage("scanned");
    assertThat(s.scan(Scannable.Attr.TERMINATED)).isTrue();
  }

  // ---- order

  @Test
  void orderHoldsWithASlowHeadAndTheLookAheadIsBounded() {
    AtomicLong asked = new AtomicLong();
    Seen<Outcome<Integer, Integer>> seen = new Seen<>(Long.MAX_VALUE);
    try (ProcessScheduler own = ProcessScheduler.builder().children(2).window(1).build()) {
      Flux.range(0, 100)
          .doOnRequest(asked::addAndGet)
          .transform(Delegate.parallelOrdered(Jobs.gated(directory, 0, 0), own))
          .subscribe(seen);
      // two children, four times their room
      await(() -> assertThat(directory.toFile().list()).hasSize(8));
      Mono.delay(Duration.ofMillis(150)).block();
      assertThat(asked).hasValue(8);
      assertThat(directory.toFile().list()).hasSize(8);
      assertThat(seen.values).isEmpty();
      Jobs.open(directory);
      seen.awaitEnd();
    }
    assertThat(seen.values)
        .extracting(Outcome::item)
        .isEqualTo(IntStream.range(0, 100).boxed().toList());
  }

  @Test
  void orderHoldsOverFailuresDeathsAndUnsendableItems() {
    Work<Object, Integer> work =
        i -> {
          int n = (Integer) i;
          if (n % 7 == 3) {
            throw new IllegalStateException("seven");
          }
          if (n == 20) {
            Runtime.getRuntime().halt(9);
          }
          return n;
        };
    Object unsendable = new Object();
    StepVerifier.create(
            Flux.range(0, 60)
                .<Object>map(i -> i == 30 ? unsendable : i)
                .transform(Delegate.parallelOrdered(work, shared))
                .map(Outcome::item)
                .collectList())
        .expectNext(
            new ArrayList<>(
                IntStream.range(0, 60).<Object>mapToObj(i -> i == 30 ? unsendable : i).toList()))
        .expectComplete()
        .verify(LONG);
  }

  // ---- threads and subscribers

  @Test
  void outcomesComeOnParallelThreads() {
    Names threads = new Names();
    StepVerifier.create(on(shared, Flux.range(0, 30)).doOnNext(o -> threads.add()))
        .expectNextCount(30)
        .expectComplete()
        .verify(LONG);
    assertThat(threads.names.keySet()).allMatch(name -> name.startsWith("parallel-"));
    Names own = new Names();
    StepVerifier.create(
            Flux.range(0, 3).transform(Delegate.parallel(Jobs::triple, 1)).doOnNext(o -> own.add()))
        .expectNextCount(3)
        .expectComplete()
        .verify(LONG);
    assertThat(own.names.keySet()).allMatch(name -> name.startsWith("parallel-"));
  }

  private static final class Names {
    final Map<String, Boolean> names = new ConcurrentHashMap<>();

    void add() {
      names.put(Thread.currentThread().getName(), true);
    }
  }

  @Test
  void twoSubscribersEachGetAll() {
    Flux<Integer> results = results(on(shared, Flux.range(0, 50)));
    StepVerifier.create(
            Flux.zip(results.collectSortedList(), results.collectSortedList())
                .map(both -> List.of(both.getT1(), both.getT2())))
        .expectNext(List.of(tripled(50), tripled(50)))
        .expectComplete()
        .verify(LONG);
  }

  @Test
  void publishOnAndSubscribeOnMix() {
    Flux<Integer> mixed =
        results(
            Flux.range(0, 200)
                .publishOn(Schedulers.parallel(), 3)
                .transform(Delegate.parallel(Jobs::triple, shared))
                .subscribeOn(Schedulers.boundedElastic())
                .publishOn(Schedulers.single(), 5)
                .filter(o -> true)
                .publishOn(Schedulers.boundedElastic(), 1));
    StepVerifier.create(mixed.collectSortedList())
        .expectNext(tripled(200))
        .expectComplete()
        .verify(LONG);
  }

  @Test
  void twoStagesOnOneScheduler() {
    StepVerifier.create(
            results(
                    results(on(shared, Flux.range(0, 50)))
                        .transform(Delegate.parallel(Jobs::triple, shared)))
                .collectSortedList())
        .expectNext(IntStream.range(0, 50).mapToObj(i -> 9 * i).toList())
        .expectComplete()
        .verify(LONG);
  }

  @Test
  void aSubscriberThatThrowsEndsItsStreamOnly() {
    PublisherProbe<Integer> probe = PublisherProbe.of(Flux.range(0, 1000));
    List<Throwable> dropped = new CopyOnWriteArrayList<>();
    Hooks.onErrorDropped(dropped::add);
    try {
      on(shared, probe.flux())
          .subscribe(
              (CoreSubscriber<Outcome<Integer, Integer>>)
                  new Seen<Outcome<Integer, Integer>>(Long.MAX_VALUE) {
                    @Override
                    public void onNext(Outcome<Integer, Integer> value) {
                      throw new IllegalStateException("a rude subscriber");
                    }
                  });
      await(probe::assertWasCancelled);
      stillServes(shared);
      List<Throwable> told = new CopyOnWriteArrayList<>();
      on(shared, Flux.range(0, 10))
          .subscribe(
              o -> {
                throw new IllegalStateException("a consumer that throws");
              },
              told::add);
      await(() -> assertThat(told).hasSize(1));
      stillServes(shared);
    } finally {
      Hooks.resetOnErrorDropped();
    }
  }

  @Test
  void aSubscriberWithoutDemandHoldsUpNobody() {
    Seen<Outcome<Integer, Integer>> slow = new Seen<>(1);
    on(shared, Flux.range(0, 1000)).subscribe(slow);
    await(() -> assertThat(slow.values).hasSize(1));
    for (int i = 0; i < 5; i++) {
      stillServes(shared);
    }
    assertThat(slow.values).hasSize(1);
    slow.subscription.cancel();
  }

  @Test
  void aSubscriberThatBlocksElsewhereHoldsUpNobody() {
    AtomicBoolean released = new AtomicBoolean();
    AtomicInteger got = new AtomicInteger();
    on(shared, Flux.range(0, 40))
        .publishOn(Schedulers.boundedElastic(), 2)
        .subscribe(
            o -> {
              await(() -> assertThat(released).isTrue());
              got.incrementAndGet();
            });
    for (int i = 0; i < 5; i++) {
      stillServes(shared);
    }
    assertThat(got).hasValue(0);
    released.set(true);
    await(() -> assertThat(got).hasValue(40));
  }

  @Test
  void fiveHundredSmallStreamsShareOneScheduler() {
    ConcurrentLinkedQueue<Integer> all = new ConcurrentLinkedQueue<>();
    StepVerifier.create(
            Flux.range(0, 500)
                .flatMap(
                    n ->
                        results(on(shared, Flux.range(4 * n, 4)))
                            .collectSortedList()
                            .doOnNext(
                                l ->
                                    assertThat(l)
                                        .isEqualTo(
                                            IntStream.range(4 * n, 4 * n + 4)
                                                .mapToObj(i -> 3 * i)
                                                .toList())),
                    500)
                .doOnNext(all::addAll)
                .then())
        .expectComplete()
        .verify(LONG);
    assertThat(all.stream().sorted().toList()).isEqualTo(tripled(2000));
  }

  @Test
  void fiveHundredStreamsHalfOfThemCancelled() {
    StepVerifier.create(
            Flux.range(0, 500)
                .flatMap(
                    n ->
                        n % 2 == 0
                            ? on(shared, Flux.range(0, 4)).take(1 + n % 3)
                            : on(shared, Flux.range(0, 4)),
                    100)
                .count())
        .expectNextMatches(count -> count >= 250 * 4 + 250)
        .expectComplete()
        .verify(LONG);
    stillServes(shared);
  }
}
