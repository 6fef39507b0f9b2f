package io.delegate;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stub. */
public final class Delegate {
  /** How many children there are where nothing else is said. */
  public static final int DEFAULT_CHILDREN = 6;

  private Delegate() {}

  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallel(Work<? super I, ? extends R> work) {
    return parallel(work, DEFAULT_CHILDREN);
  }

  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallel(Work<? super I, ? extends R> work, int children) {
    throw new UnsupportedOperationException();
  }

  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallel(Work<? super I, ? extends R> work, ProcessScheduler on) {
    throw new UnsupportedOperationException();
  }

  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallelOrdered(Work<? super I, ? extends R> work, int children) {
    throw new UnsupportedOperationException();
  }

  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallelOrdered(Work<? super I, ? extends R> work, ProcessScheduler on) {
    throw new UnsupportedOperationException();
  }

  public static <I, R> Mono<Map<I, Outcome<I, R>>> parallelize(Work<? super I, ? extends R> work, Iterable<? extends I> items) {
    return parallelize(work, items, DEFAULT_CHILDREN);
  }

  public static <I, R> Mono<Map<I, Outcome<I, R>>> parallelize(Work<? super I, ? extends R> work, Iterable<? extends I> items, int children) {
    return parallelize(work, items, children, new Reporter() {});
  }

  public static <I, R> Mono<Map<I, Outcome<I, R>>> parallelize(Work<? super I, ? extends R> work, Iterable<? extends I> items, int children, Reporter reporter) {
    throw new UnsupportedOperationException();
  }

  public static <R> Mono<Outcome<Task<R>, R>> timeout(Task<? extends R> task) {
    return timeout(task, Duration.ofSeconds(2));
  }

  public static <R> Mono<Outcome<Task<R>, R>> timeout(Task<? extends R> task, Duration limit) {
    throw new UnsupportedOperationException();
  }

  public static <R> Mono<R> call(Task<? extends R> task) {
    throw new UnsupportedOperationException();
  }

  public static <R> Mono<R> failsafe(Callable<? extends R> task) {
    throw new UnsupportedOperationException();
  }
}
