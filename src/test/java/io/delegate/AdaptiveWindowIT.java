package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The window that nobody has set: it follows what the items take. */
@ExtendWith(NothingLeft.class)
class AdaptiveWindowIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  @TempDir Path tmp;

  /** What of a stream is in the making, seen from outside: what came in and has not gone out. */
  private static final class Between {
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    <R> List<Outcome<Integer, R>> outcomes(
        Flux<Integer> items, Work<Integer, R> work, ProcessScheduler on) {
      return items
          .doOnNext(x -> most.accumulateAndGet(now.incrementAndGet(), Math::max))
          .transform(Delegate.<Integer, R>parallel(work, on))
          .doOnNext(outcome -> now.decrementAndGet())
          .collectList()
          .block(LONG);
    }
  }

  private static ProcessScheduler scheduler(int children) {
    return Shapes.builder(Shapes.FOLLOWS, children).build();
  }

  @Test
  void fastItemsAreHandedOverByTheHundred() {
    Between between = new Between();
    try (ProcessScheduler on = scheduler(1)) {
      Outcomes.assertTripled(between.outcomes(Flux.range(0, 100_000), x -> 3 * x, on));
    }
    assertThat(between.most).hasValueBetween(200, 2_048);
  }

  @Test
  void slowItemsAreHandedOverOneByOne() {
    Between between = new Between();
    Work<Integer, Integer> work =
        x -> {
          Thread.sleep(5);
          return 3 * x;
        };
    try (ProcessScheduler on = scheduler(2)) {
      Outcomes.assertTripled(between.outcomes(Flux.range(0, 200), work, on));
    }
    assertThat(between.most).hasValue(2);
  }

  @Test
  void whenTheWorkBecomesSlowNothingPilesUp() {
    Between between = new Between();
    Work<Integer, Integer> work =
        x -> {
          if (x >= 20_000) {
            Thread.sleep(2);
          }
          return 3 * x;
        };
    AtomicInteger late = new AtomicInteger();
    try (ProcessScheduler on = scheduler(2)) {
      Flux<Integer> items =
          Flux.range(0, 25_000)
              .doOnNext(
                  x -> { // the last of the fast ones are long gone
                    if (x > 24_900) {
                      late.accumulateAndGet(between.now.get(), Math::max);
                    }
                  });
      Outcomes.assertTripled(between.outcomes(items, work, on));
    }
    assertThat(between.most.get()).isGreaterThan(200);
    assertThat(late).hasValueBetween(1, 2);
  }

  @Test
  void whatIsQueuedBehindASlowItemGoesToTheOthers() {
    Notes notes = Notes.in(tmp);
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    Work<Integer, Integer> work = x -> slowAt(50_000, x, notes);
    try (ProcessScheduler on = scheduler(2)) {
      on.spawn(2).block(LONG);
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 60_000)
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .doOnNext(outcome -> order.add(outcome.item()))
              .doOnNext(outcome -> sayWhen(order.size() == 59_999, notes)) // all others
              .collectList()
              .block(LONG);
      Outcomes.assertTripled(outcomes);
    }
    assertThat(order).last().isEqualTo(50_000);
  }

  /** That one runs until all others are out, or for far too long. */
  private static int slowAt(int slow, int x, Notes notes) throws InterruptedException {
    if (x == slow) {
      notes.waitFor("go", Duration.ofSeconds(40));
    }
    return 3 * x;
  }

  private static void sayWhen(boolean now, Notes notes) {
    if (now) {
      notes.say("go", "");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aCrashAmongHundredsIsBlamedAlone(int children) {
    Work<Integer, Integer> work =
        x -> {
          if (x == 30_000 || x == 60_000) {
            Runtime.getRuntime().halt(3);
          }
          return 3 * x;
        };
    try (ProcessScheduler on = scheduler(children)) {
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 90_000)
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .collectList()
              .block(LONG);
      Outcomes.assertOnePerItem(outcomes, 90_000);
      Outcomes.assertTripled(outcomes, 30_000, 60_000);
      assertThat(Outcomes.aborted(Outcomes.of(30_000, outcomes)).death().exitCode()).isEqualTo(3);
      assertThat(Outcomes.aborted(Outcomes.of(60_000, outcomes)).death().exitCode()).isEqualTo(3);
    }
  }

  @Test
  void oneItemAskedForIsOneItemInTheMaking() {
    Between between = new Between();
    try (ProcessScheduler on = scheduler(2)) {
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 3_000)
              .doOnNext(
                  x -> between.most.accumulateAndGet(between.now.incrementAndGet(), Math::max))
              .transform(Delegate.<Integer, Integer>parallel(x -> 3 * x, on))
              .doOnNext(outcome -> between.now.decrementAndGet())
              .limitRate(1)
              .collectList()
              .block(LONG);
      Outcomes.assertTripled(outcomes);
    }
    assertThat(between.most).hasValue(1);
  }

  /** Nobody has nothing to do there, and still nobody waits behind it. */
  @Test
  void whatIsQueuedBehindASlowItemGoesToTheOthersThoughMoreComesAllTheTime() {
    int slow = 50_000;
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> work = x -> slowAt(slow, x, notes);
    AtomicBoolean over = new AtomicBoolean();
    BitSet out = new BitSet();
    AtomicInteger before = new AtomicInteger(); // of those below a thousand behind it
    AtomicInteger missing = new AtomicInteger(-1);
    try (ProcessScheduler on = scheduler(2)) {
      on.spawn(2).block(LONG);
      Flux<Integer> endless = Flux.range(0, Integer.MAX_VALUE).takeWhile(x -> !over.get());
      Work<Integer, Integer> others = x -> x + 1;
      Mono<Void> more = endless.transform(Delegate.<Integer, Integer>parallel(others, on)).then();
      Mono<Void> slowOne =
          endless
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .doOnNext(
                  outcome -> {
                    if (outcome.item() == slow) {
                      missing.set(slow + 1_000 - out.get(0, slow + 1_000).cardinality());
                      over.set(true);
                    }
                    out.set(outcome.item());
                    if (outcome.item() < slow + 1_000) {
                      sayWhen(before.incrementAndGet() == slow + 999, notes);
                    }
                  })
              .then();
      Mono.when(more, slowOne).block(LONG);
    }
    assertThat(missing).hasValue(1); // itself
  }

  @ParameterizedTest(name = "asynchronous: {0}")
  @ValueSource(booleans = {false, true})
  void largeItemsAfterSmallOnesDoNotPileUp(boolean asynchronous) {
    int small = 29_000;
    AtomicInteger large = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Work<byte[], Integer> work = bytes -> bytes.length;
    Flux<byte[]> items =
        Flux.range(0, small + 1_000)
            .map(x -> new byte[x < small ? 10 : 1 << 20])
            .doOnNext(
                x -> {
                  if (x.length > 10) {
                    most.accumulateAndGet(large.incrementAndGet(), Math::max);
                  }
                });
    try (ProcessScheduler on = scheduler(2)) {
      List<Integer> lengths =
          (asynchronous ? items.subscribeOn(Schedulers.boundedElastic()) : items)
              .transform(Delegate.<byte[], Integer>parallel(work, on))
              .map(Outcome::orElseThrow)
              .doOnNext(
                  length -> {
                    if (length > 10) {
                      large.decrementAndGet();
                    }
                  })
              .collectList()
              .block(LONG);
      assertThat(lengths).hasSize(small + 1_000);
    }
    // two children may be full with 1 MiB each, and what was asked for then is on its way
    assertThat(most).hasValueBetween(2, 2 + 2 + 32);
  }

  @Test
  void withALimitOnTheQueueNothingIsAskedForAhead() {
    Between between = new Between();
    try (ProcessScheduler on = scheduler(Duration.ofSeconds(20))) {
      Outcomes.assertTripled(between.outcomes(Flux.range(0, 3_000), x -> 3 * x, on));
    }
    assertThat(between.most).hasValue(2);
  }

  private static ProcessScheduler scheduler(Duration queueTimeout) {
    return Shapes.builder(Shapes.FOLLOWS, 2).queueTimeout(queueTimeout).build();
  }

  @Test
  void childrenThatAreNotTrustedAreNotAskedHowFastTheyAre() {
    Between between = new Between();
    try (ProcessScheduler on = Shapes.builder(Shapes.FOLLOWS, 2).trust(Trust.UNTRUSTED).build()) {
      Outcomes.assertTripled(between.outcomes(Flux.range(0, 3_000), x -> 3 * x, on));
    }
    assertThat(between.most).hasValue(2);
  }
}
