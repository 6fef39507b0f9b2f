package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/** Whoever goes away takes along what ran for him, and nothing else. */
@ExtendWith(NothingLeft.class)
class CancelIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Work<Integer, Object> TRIPLE = x -> 3 * x;
  @TempDir Path tmp;

  private enum Way {
    CANCEL,
    CANCEL_OWN,
    TAKE,
    TAKE_OWN,
    DOWNSTREAM_ERROR,
    TIMEOUT_ON_SUBMIT,
    TIMEOUT_ON_CALL,
    DISPOSE,
    CLOSE
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void eachWayKillsTheTreeThatRuns(Way way) {
    Notes notes = Notes.in(tmp);
    Misbehaving kind = Misbehaving.STARTS_A_CHILD;
    Work<Integer, Object> work = kind.at(1, notes);
    ProcessScheduler on = Shapes.builder(7, 2).build();
    Flux<Outcome<Integer, Object>> shared = Flux.range(0, 3).transform(Delegate.parallel(work, on));
    Flux<Outcome<Integer, Object>> own = Flux.range(0, 3).transform(Delegate.parallel(work, 2));
    Runnable end = () -> {};
    Disposable running = null;
    switch (way) {
      case CANCEL -> running = shared.subscribe();
      case CANCEL_OWN -> running = own.subscribe();
      case TAKE, TAKE_OWN ->
          running =
              (way == Way.TAKE ? shared : own)
                  .publishOn(Schedulers.boundedElastic(), 10) // asks for more than it gives
                  .doOnNext(o -> notes.awaitPid("child"))
                  .take(2)
                  .subscribe();
      case DOWNSTREAM_ERROR ->
          running =
              shared
                  .doOnNext(
                      o -> {
                        notes.awaitPid("child");
                        throw new IllegalStateException("downstream");
                      })
                  .subscribe(o -> {}, e -> {});
      case TIMEOUT_ON_SUBMIT ->
          on.submit(work, 1).timeout(begin(notes)).subscribe(o -> {}, e -> {});
      case TIMEOUT_ON_CALL ->
          Delegate.call(kind.task(notes)).timeout(begin(notes)).subscribe(o -> {}, e -> {});
      case DISPOSE -> {
        shared.subscribe(o -> {}, e -> {});
        end = on::dispose;
      }
      case CLOSE -> {
        shared.subscribe(o -> {}, e -> {});
        end = on::close;
      }
    }
    long child = notes.awaitPid("child");
    long grandchild = notes.awaitPid("grandchild");
    if (way.name().startsWith("CANCEL")) {
      running.dispose();
    }
    end.run();
    Pids.awaitGone(child, grandchild);
    if (way != Way.DISPOSE && way != Way.CLOSE) {
      assertThat(on.submit(TRIPLE, 2).block(LONG).orElseThrow()).isEqualTo(6);
    }
    on.close();
  }

  /** The time is over as soon as the item runs, however long its child took to start. */
  static Mono<Long> begin(Notes notes) {
    return Mono.fromCallable(() -> notes.awaitPid("child"))
        .subscribeOn(Schedulers.boundedElastic());
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void anItemThatHasNotBegunKillsNobody(int window) {
    Notes notes = Notes.in(tmp);
    Work<Integer, Object> first =
        x -> {
          notes.sayPid("child");
          notes.waitFor("go");
          return ProcessHandle.current().pid();
        };
    Work<Integer, Object> second =
        x -> {
          notes.started(x);
          return x;
        };
    try (ProcessScheduler on = Shapes.builder(window, 1).build()) {
      Mono<Outcome<Integer, Object>> slow = on.submit(first, 1).cache();
      slow.subscribe();
      long child = notes.awaitPid("child");
      Disposable waits = on.submit(second, 2).subscribe();
      Disposable waitsToo = Flux.range(0, 20).transform(Delegate.parallel(second, on)).subscribe();
      waits.dispose();
      waitsToo.dispose();
      await().during(Duration.ofMillis(100)).until(() -> Pids.runs(child));
      notes.say("go", "");
      Outcome<Integer, Object> outcome = slow.block(LONG);
      assertThat(outcome.orElseThrow()).isEqualTo(child);
      assertThat(on.submit(TRIPLE, 1).block(LONG).pid()).isEqualTo(child);
    }
    assertThat(notes.starts()).isEmpty();
  }

  @Test
  void twoSubscribersOfOneColdFluxHaveChildrenOfTheirOwn() {
    Work<Integer, Long> pid = x -> ProcessHandle.current().pid();
    Flux<Long> cold =
        Flux.range(0, 4)
            .transform(Delegate.<Integer, Long>parallel(pid, 2))
            .map(Outcome::orElseThrow);
    Set<Long> first = cold.collect(Collectors.toSet()).block(LONG);
    Set<Long> second = cold.collect(Collectors.toSet()).block(LONG);
    assertThat(first).isNotEmpty().doesNotContainAnyElementsOf(second);
  }

  @Test
  void eightStreamsOfTwoWorksShareOneScheduler() {
    Work<Integer, Object> other = x -> "other " + x;
    try (ProcessScheduler on = Shapes.builder(7, 2).build()) {
      List<Mono<List<Outcome<Integer, Object>>>> streams = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        streams.add(
            Flux.range(0, 500)
                .transform(Delegate.parallel(i % 2 == 0 ? TRIPLE : other, on))
                .collectList());
      }
      List<List<Outcome<Integer, Object>>> all =
          Flux.mergeSequential(streams, 8, 1).collectList().block(LONG);
      for (int i = 0; i < 8; i++) {
        Outcomes.assertOnePerItem(all.get(i), 500);
        if (i % 2 == 0) {
          Outcomes.assertTripled(all.get(i));
        } else {
          assertThat(all.get(i))
              .allSatisfy(o -> assertThat(o.orElseThrow()).isEqualTo("other " + o.item()));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void endlessStreamsHaveTheirShareAndOnesCancelLeavesTheOthersAlone(int window) {
    Work<Integer, Object> work =
        x -> {
          long end = System.nanoTime() + 50_000;
          while (System.nanoTime() < end) {
            Thread.onSpinWait();
          }
          return 3 * x;
        };
    AtomicInteger[] counts = new AtomicInteger[4];
    Disposable[] streams = new Disposable[4];
    List<Throwable> errors = new CopyOnWriteArrayList<>();
    Set<Long> pids = ConcurrentHashMap.newKeySet();
    try (ProcessScheduler on = Shapes.builder(window, 2).build()) {
      on.spawn(2).block(LONG);
      for (int i = 0; i < 4; i++) {
        AtomicInteger count = counts[i] = new AtomicInteger();
        streams[i] =
            Flux.<Integer, Integer>generate(() -> 0, (n, sink) -> next(n, sink))
                .transform(Delegate.<Integer, Object>parallel(work, on))
                .subscribe(
                    o -> {
                      pids.add(o.pid());
                      count.incrementAndGet();
                    },
                    errors::add);
      }
      await().atMost(LONG).until(() -> Stream.of(counts).allMatch(c -> c.get() > 10));
      int[] before = Stream.of(counts).mapToInt(AtomicInteger::get).toArray();
      await() // one that was held up has caught up in the end
          .atMost(LONG)
          .untilAsserted(() -> assertShared(counts, before));
      streams[0].dispose();
      int[] then = Stream.of(counts).mapToInt(AtomicInteger::get).toArray();
      await()
          .atMost(LONG)
          .until(() -> IntStream.range(1, 4).allMatch(i -> counts[i].get() > then[i] + 500));
      assertThat(counts[0].get() - then[0]).isLessThanOrEqualTo(1);
      // its running item was killed at most; nobody else's stream saw it
      assertThat(errors).isEmpty();
      for (Disposable stream : streams) {
        stream.dispose();
      }
    }
  }

  private static int next(int n, SynchronousSink<Integer> sink) {
    sink.next(n);
    return n + 1;
  }

  private static void assertShared(AtomicInteger[] counts, int[] before) {
    List<Integer> shares =
        IntStream.range(0, counts.length).map(i -> counts[i].get() - before[i]).boxed().toList();
    int all = shares.stream().mapToInt(Integer::intValue).sum();
    assertThat(all).isGreaterThan(4_000);
    assertThat(shares).allSatisfy(share -> assertThat(share).isBetween(all / 8, all / 2));
  }

  /** What was in the same child's hands goes to another child, uncharged. */
  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void theKillForACancelCostsTheOthersNothing(int window) {
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on = Shapes.builder(window, 1).build()) {
      Disposable hangs = on.submit(Misbehaving.SLEEPS.at(1, notes), 1).subscribe();
      long child = notes.awaitPid("child");
      Mono<List<Outcome<Integer, Object>>> others =
          Flux.range(0, 50).transform(Delegate.parallel(TRIPLE, on)).collectList().cache();
      others.subscribe();
      hangs.dispose();
      List<Outcome<Integer, Object>> outcomes = others.block(LONG);
      Outcomes.assertOnePerItem(outcomes, 50);
      Outcomes.assertTripled(outcomes);
      assertThat(outcomes).extracting(Outcome::pid).doesNotContain(child);
      Pids.awaitGone(child);
    }
  }
}
