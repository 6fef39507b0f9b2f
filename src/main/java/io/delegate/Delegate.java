package io.delegate;

import io.delegate.engine.FluxOutcomes;
import io.delegate.engine.Pool;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Runs a function over a stream in child processes that may crash, leak or hang without harm.
 *
 * <pre>{@code
 * Flux<Outcome<Path, Thumb>> outcomes =
 *     Flux.fromIterable(pictures).transform(Delegate.parallel(Thumbs::render, 6));
 * }</pre>
 *
 * <p>For every item there is exactly one {@link Outcome}, on {@link Schedulers#parallel()}. Nothing
 * is started before there is demand, and no more than demanded. Cancel kills what runs, with all that
 * it started.
 */
public final class Delegate {
  /** How many children there are where nothing else is said. */
  public static final int DEFAULT_CHILDREN = 6;

  /** The limit of {@link #timeout(Task)}. */
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

  private Delegate() {}

  /**
   * Stub.
   *
   * @param <I> stub
   * @param <R> stub
   * @param work stub
   * @return stub
   */
  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallel(
      Work<? super I, ? extends R> work) {
    return parallel(work, DEFAULT_CHILDREN);
  }

  /**
   * Stub.
   *
   * @param <I> stub
   * @param <R> stub
   * @param work stub
   * @param children stub
   * @return stub
   */
  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallel(
      Work<? super I, ? extends R> work, int children) {
    throw new UnsupportedOperationException();
  }

  /**
   * Stub.
   *
   * @param <I> stub
   * @param <R> stub
   * @param work stub
   * @param on stub
   * @return stub
   */
  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallel(
      Work<? super I, ? extends R> work, ProcessScheduler on) {
    throw new UnsupportedOperationException();
  }

  /**
   * Stub.
   *
   * @param <I> stub
   * @param <R> stub
   * @param work stub
   * @param children stub
   * @return stub
   */
  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallelOrdered(
      Work<? super I, ? extends R> work, int children) {
    throw new UnsupportedOperationException();
  }

  /**
   * Stub.
   *
   * @param <I> stub
   * @param <R> stub
   * @param work stub
   * @param on stub
   * @return stub
   */
  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallelOrdered(
      Work<? super I, ? extends R> work, ProcessScheduler on) {
    throw new UnsupportedOperationException();
  }

  /**
   * Stub.
   *
   * @param <I> stub
   * @param <R> stub
   * @param work stub
   * @param items stub
   * @return stub
   */
  public static <I, R> Mono<Map<I, Outcome<I, R>>> parallelize(
      Work<? super I, ? extends R> work, Iterable<? extends I> items) {
    return parallelize(work, items, DEFAULT_CHILDREN);
  }

  /**
   * Stub.
   *
   * @param <I> stub
   * @param <R> stub
   * @param work stub
   * @param items stub
   * @param children stub
   * @return stub
   */
  public static <I, R> Mono<Map<I, Outcome<I, R>>> parallelize(
      Work<? super I, ? extends R> work, Iterable<? extends I> items, int children) {
    return parallelize(work, items, children, new Reporter() {});
  }

  /**
   * Stub.
   *
   * @param <I> stub
   * @param <R> stub
   * @param work stub
   * @param items stub
   * @param children stub
   * @param reporter stub
   * @return stub
   */
  public static <I, R> Mono<Map<I, Outcome<I, R>>> parallelize(
      Work<? super I, ? extends R> work,
      Iterable<? extends I> items,
      int children,
      Reporter reporter) {
    throw new UnsupportedOperationException();
  }

  /**
   * Stub.
   *
   * @param <R> stub
   * @param task stub
   * @return stub
   */
  public static <R> Mono<Outcome<Task<R>, R>> timeout(Task<? extends R> task) {
    return timeout(task, DEFAULT_TIMEOUT);
  }

  /**
   * Stub.
   *
   * @param <R> stub
   * @param task stub
   * @param limit stub
   * @return stub
   */
  public static <R> Mono<Outcome<Task<R>, R>> timeout(Task<? extends R> task, Duration limit) {
    return one(task, ProcessScheduler.builder().timeout(limit));
  }

  /**
   * Stub.
   *
   * @param <R> stub
   * @param task stub
   * @return stub
   */
  public static <R> Mono<R> call(Task<? extends R> task) {
    return Delegate.<R>one(task, ProcessScheduler.builder())
        .handle(
            (outcome, sink) -> {
              if (outcome.isSuccess()) {
                outcome.toOptional().ifPresent(sink::next);
              } else {
                sink.error(outcome.toException());
              }
            });
  }

  /**
   * Stub.
   *
   * @param <R> stub
   * @param task stub
   * @return stub
   */
  public static <R> Mono<R> failsafe(Callable<? extends R> task) {
    Objects.requireNonNull(task, "task");
    return Mono.<R>fromCallable(task::call).onErrorComplete();
  }
}
