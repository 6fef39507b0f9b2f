package io.delegate.benchmarks.peers;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToLongFunction;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Delegate with nothing set but the number of children, and what a Java program might do instead.
 */
final class Streams {
  static final int MEBIBYTE = 1 << 20;

  private Streams() {}

  static Result integers(int items, int children) throws Exception {
    return stream(items, children, Works::triple, n -> Flux.range(0, n), r -> r);
  }

  static Result records(int items, int children) throws Exception {
    return stream(
        items, children, Works::parcel, n -> Flux.range(0, n).map(Parcel::of), Parcel::check);
  }

  static Result bytes(int items, int children) throws Exception {
    List<byte[]> arrays = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      byte[] array = new byte[MEBIBYTE];
      Arrays.fill(array, (byte) i);
      arrays.add(array);
    }
    return stream(
        items,
        children,
        Works::bytes,
        n -> Flux.range(0, n).map(i -> arrays.get(i % 16)),
        result -> result.length == MEBIBYTE ? result[MEBIBYTE - 1] : -1);
  }

  private interface Items<I> {
    Flux<I> first(int count);
  }

  /** The first items of a program. */
  static Result integersCold(int items, int children) throws Exception {
    try (ProcessScheduler scheduler = ProcessScheduler.create(children)) {
      scheduler.spawn(children).block();
      Work<Integer, Integer> work = Works::triple;
      return Timed.cold(items, n -> sum(Flux.range(0, n), work, scheduler, r -> r));
    }
  }

  private static <I, R> Result stream(
      int items, int children, Work<I, R> work, Items<I> source, ToLongFunction<R> check)
      throws Exception {
    try (ProcessScheduler scheduler = ProcessScheduler.create(children)) {
      scheduler.spawn(children).block();
      return Timed.of(items, n -> sum(source.first(n), work, scheduler, check));
    }
  }

  private static <I, R> long sum(
      Flux<I> items, Work<I, R> work, ProcessScheduler scheduler, ToLongFunction<R> check) {
    long[] sum = new long[1];
    items
        .transform(Delegate.parallel(work, scheduler))
        .doOnNext(outcome -> sum[0] += check.applyAsLong(outcome.orElseThrow()))
        .then()
        .block();
    return sum[0];
  }

  /** Each item is asked for when the one before it has come. */
  static Result oneAtATime(int items, int children) throws Exception {
    try (ProcessScheduler scheduler = ProcessScheduler.create(children)) {
      scheduler.spawn(children).block();
      Work<Integer, Integer> work = Works::triple;
      return Timed.of(
          items,
          n -> {
            OneByOne subscriber = new OneByOne();
            Flux.range(0, n).transform(Delegate.parallel(work, scheduler)).subscribe(subscriber);
            return subscriber.sum.get();
          });
    }
  }

  private static final class OneByOne extends BaseSubscriber<Outcome<Integer, Integer>> {
    final CompletableFuture<Long> sum = new CompletableFuture<>();
    private long soFar;

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      request(1);
    }

    @Override
    protected void hookOnNext(Outcome<Integer, Integer> outcome) {
      soFar += outcome.orElseThrow();
      request(1);
    }

    @Override
    protected void hookOnComplete() {
      sum.complete(soFar);
    }

    @Override
    protected void hookOnError(Throwable error) {
      sum.completeExceptionally(error);
    }
  }

  /** A caller that waits for each outcome before it submits the next item. */
  static Result submits(int items, int children) throws Exception {
    try (ProcessScheduler scheduler = ProcessScheduler.create(children)) {
      scheduler.spawn(children).block();
      Work<Integer, Integer> work = Works::triple;
      return Timed.of(
          items,
          n -> {
            long sum = 0;
            for (int i = 0; i < n; i++) {
              sum += scheduler.submit(work, i).block().orElseThrow();
            }
            return sum;
          });
    }
  }

  /** In this process, without protection: what isolation costs. */
  static Result inProcess(int items, int children) throws Exception {
    return Timed.of(
        items,
        n -> {
          long[] sum = new long[1];
          Flux.range(0, n)
              .flatMap(
                  i ->
                      Mono.fromCallable(() -> Works.triple(i))
                          .subscribeOn(Schedulers.boundedElastic()),
                  children)
              .doOnNext(result -> sum[0] += result)
              .then()
              .block();
          return sum[0];
        });
  }

  /** A new JVM for each item. */
  static Result jvmPerItem(int items, int children) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(children);
    try {
      return Timed.of(
          items,
          n -> {
            List<Future<Long>> results = new ArrayList<>();
            for (int i = 0; i < n; i++) {
              String item = Integer.toString(i);
              results.add(threads.submit(() -> runJvm(item)));
            }
            long sum = 0;
            for (Future<Long> result : results) {
              sum += result.get();
            }
            return sum;
          });
    } finally {
      threads.shutdown();
    }
  }

  private static long runJvm(String item) throws Exception {
    Process process = BareJvm.start(BareJvm.SHORT_LIVED, Hello.class, item);
    long result = Long.parseLong(BareJvm.firstLine(process));
    process.waitFor();
    return result;
  }
}
