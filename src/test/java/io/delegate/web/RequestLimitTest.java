package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class RequestLimitTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private final List<Integer> begun = new CopyOnWriteArrayList<>();

  /** One that begins when it has its place and ends when it is told to. */
  private Mono<Integer> source(int id, Sinks.Empty<Integer> end) {
    return Mono.defer(
        () -> {
          begun.add(id);
          return end.asMono();
        });
  }

  @Test
  void thoseWhoWaitAreServedInTheOrderOfTheirComing() {
    RequestLimit limit = RequestLimit.builder().maxConcurrent(1).build();
    List<Sinks.Empty<Integer>> ends =
        IntStream.range(0, 5).mapToObj(i -> Sinks.<Integer>empty()).toList();
    for (int i = 0; i < 5; i++) {
      limit.limit(source(i, ends.get(i))).subscribe();
    }
    for (int i = 0; i < 5; i++) {
      int served = i + 1;
      await().atMost(LONG).until(() -> begun.size() == served);
      assertThat(limit.waiting()).isEqualTo(4 - i);
      ends.get(i).tryEmitEmpty();
    }
    assertThat(begun).containsExactly(0, 1, 2, 3, 4);
    await().atMost(LONG).until(() -> limit.running() == 0);
  }

  @Test
  void moreThanMayWaitAreRefused() {
    RequestLimit limit =
        RequestLimit.builder()
            .maxConcurrent(1)
            .maxPending(1)
            .retryAfter(Duration.ofSeconds(7))
            .build();
    Disposable first = limit.limit(Mono.never()).subscribe();
    Disposable second = limit.limit(Mono.never()).subscribe();
    StepVerifier.create(limit.limit(Mono.just(3)))
        .expectErrorSatisfies(
            e ->
                assertThat(e)
                    .isInstanceOfSatisfying(
                        RequestLimit.Refused.class,
                        r -> assertThat(r.retryAfter()).isEqualTo(Duration.ofSeconds(7)))
                    .hasMessageContaining("1 requests are under way and 1 wait"))
        .verify(LONG);
    second.dispose();
    first.dispose();
    assertThat(limit.running()).isZero();
  }

  @Test
  void aWaiterThatLeavesIsOutOfTheLineAtOnceAndNeverBegins() {
    RequestLimit limit = RequestLimit.builder().maxConcurrent(1).maxPending(1).build();
    Sinks.Empty<Integer> end = Sinks.empty();
    limit.limit(source(0, end)).subscribe();
    Disposable waiter = limit.limit(source(1, Sinks.empty())).subscribe();
    assertThat(limit.waiting()).isOne();
    waiter.dispose();
    assertThat(limit.waiting()).isZero();
    end.tryEmitEmpty();
    assertThat(limit.running()).isZero();
    assertThat(begun).containsExactly(0);
  }

  @Test
  void whoWaitsTooLongIsRefusedAndWhoGotInIsNot() {
    VirtualTimeScheduler time = VirtualTimeScheduler.create();
    RequestLimit limit =
        RequestLimit.builder()
            .maxConcurrent(1)
            .queueTimeout(Duration.ofSeconds(5))
            .timer(time)
            .build();
    Sinks.Empty<Integer> end = Sinks.empty();
    List<String> told = new ArrayList<>();
    limit.limit(source(0, end)).subscribe();
    limit.limit(source(1, Sinks.empty())).subscribe(v -> {}, e -> told.add("1 " + e.getMessage()));
    time.advanceTimeBy(Duration.ofSeconds(3));
    limit.limit(source(2, Sinks.empty())).subscribe(v -> {}, e -> told.add("2"));
    time.advanceTimeBy(Duration.ofSeconds(2));
    assertThat(told).singleElement().asString().startsWith("1 waited for PT5S");
    end.tryEmitEmpty();
    time.advanceTimeBy(Duration.ofSeconds(60));
    assertThat(begun).containsExactly(0, 2);
    assertThat(told).hasSize(1);
    assertThat(limit.running()).isOne();
  }

  @Test
  void aSourceThatFailsOrCannotBeSubscribedGivesItsPlaceBack() {
    RequestLimit limit = RequestLimit.builder().maxConcurrent(1).build();
    Mono<Integer> broken =
        Mono.defer(
            () -> {
              throw new IllegalStateException("no");
            });
    for (int i = 0; i < 3; i++) {
      StepVerifier.create(limit.limit(broken)).verifyError(IllegalStateException.class);
      StepVerifier.create(limit.limit(Mono.just(1))).expectNext(1).verifyComplete();
      assertThat(limit.running()).isZero();
    }
  }

  @Test
  void manyThatEndWhileTheyAreSubscribedNeedNoStack() {
    RequestLimit limit = RequestLimit.builder().maxConcurrent(1).maxPending(100_000).build();
    Sinks.Empty<Integer> end = Sinks.empty();
    AtomicInteger done = new AtomicInteger();
    limit.limit(source(0, end)).subscribe();
    for (int i = 0; i < 100_000; i++) {
      limit.limit(Mono.just(i)).subscribe(v -> done.incrementAndGet());
    }
    end.tryEmitEmpty();
    await().atMost(LONG).untilAtomic(done, org.hamcrest.Matchers.is(100_000));
    await().atMost(LONG).until(() -> limit.running() == 0);
  }

  /** Comes, goes, fails and gives up from many threads at once: no place is lost or made. */
  @Test
  void underAnyScheduleNeverMoreThanAllowedAndNoPlaceIsLost() throws Exception {
    RequestLimit limit =
        RequestLimit.builder()
            .maxConcurrent(4)
            .maxPending(50)
            .queueTimeout(Duration.ofMillis(3))
            .build();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Mono<Integer> source =
        Mono.<Integer>defer(
                () -> {
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  int fate = ThreadLocalRandom.current().nextInt(4);
                  return fate == 0
                      ? Mono.just(1)
                      : fate == 1
                          ? Mono.error(new IllegalStateException("unlucky"))
                          : Mono.delay(Duration.ofNanos(fate * 200_000L)).thenReturn(2);
                })
            .doFinally(s -> inside.decrementAndGet());
    int threads = 8;
    CountDownLatch done = new CountDownLatch(threads);
    for (int t = 0; t < threads; t++) {
      new Thread(
              () -> {
                try {
                  hammer(limit.limit(source));
                } finally {
                  done.countDown();
                }
              })
          .start();
    }
    done.await();
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              assertThat(limit.running()).isZero();
              assertThat(limit.waiting()).isZero();
            });
    // doFinally runs just after the place was given back, and one that is cancelled as it gets its
    // place is subscribed for an instant: the next may be in already
    assertThat(most.get()).isBetween(1, 4 + threads);
    StepVerifier.create(
            Flux.range(0, 100)
                .flatMap(i -> limit.limit(Mono.just(i)).subscribeOn(Schedulers.parallel()), 4))
        .expectNextCount(100)
        .verifyComplete();
  }

  private static void hammer(Mono<Integer> limited) {
    List<Disposable> mine = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      mine.add(limited.subscribe(v -> {}, e -> {}));
      if (ThreadLocalRandom.current().nextInt(3) == 0) {
        mine.remove(ThreadLocalRandom.current().nextInt(mine.size())).dispose();
      }
    }
  }

  @Test
  void badOptionsAreRefusedAtOnce() {
    assertThatThrownBy(() -> RequestLimit.builder().maxConcurrent(0))
        .hasMessage("option maxConcurrent = 0: give 1 or more");
    assertThatThrownBy(() -> RequestLimit.builder().maxPending(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RequestLimit.builder().queueTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
