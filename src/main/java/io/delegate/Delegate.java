package io.delegate;

import io.delegate.engine.Engine;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
 * is started before there is demand, and no more than demanded. Cancel kills what runs, with all
 * that it started.
 */
public final class Delegate {
  /** How many children there are where nothing else is said. */
  public static final int DEFAULT_CHILDREN = 6;

  /** The limit of {@link #timeout(Task)}. */
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

  private Delegate() {}

  /**
   * Outcomes as they come, from {@value #DEFAULT_CHILDREN} children; else as {@link #parallel(Work,
   * int)}.
   *
   * @param work what to run
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return for {@link Flux#transform}
   */
  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallel(
      Work<? super I, ? extends R> work) {
    return parallel(work, DEFAULT_CHILDREN);
  }

  /**
   * Outcomes as they come. Each subscriber has children of its own, started as items come, at most
   * that many, no more than items (but for {@link ProcessScheduler.Builder#spares} after a loss),
   * and gone before the stream completes.
   *
   * <pre>
   *   items      --1--2--3-----4--|
   *              parallel(work, 2)
   *   outcomes   -----2--1-----3--4--|
   * </pre>
   *
   * <p>An error of upstream comes after the outcomes of the items before it. A work that cannot be
   * sent ({@link DelegateException.NotShippable}) and children that cannot start ({@link
   * DelegateException.StartFailed}) are errors; all that becomes of an item is an outcome.
   *
   * @param work what to run
   * @param children most children, at least 1
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return for {@link Flux#transform}
   * @throws IllegalArgumentException when children is less than 1
   */
  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallel(
      Work<? super I, ? extends R> work, int children) {
    return own(work, children, false);
  }

  /**
   * Outcomes as they come, from children shared with other streams. The scheduler stays when the
   * stream ends; once it is disposed the stream ends with {@link RejectedExecutionException}.
   *
   * @param work what to run
   * @param on where
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return for {@link Flux#transform}
   */
  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallel(
      Work<? super I, ? extends R> work, ProcessScheduler on) {
    return shared(work, on, false);
  }

  /**
   * As {@link #parallel(Work, int)}, with outcomes in the order of the items. While the oldest item
   * runs on, at most four times as many others as the children can hold run ahead of it.
   *
   * @param work what to run
   * @param children most children, at least 1
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return for {@link Flux#transform}
   * @throws IllegalArgumentException when children is less than 1
   */
  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallelOrdered(
      Work<? super I, ? extends R> work, int children) {
    return own(work, children, true);
  }

  /**
   * As {@link #parallel(Work, ProcessScheduler)}, with outcomes in the order of the items and the
   * look-ahead of {@link #parallelOrdered(Work, int)}.
   *
   * @param work what to run
   * @param on where
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return for {@link Flux#transform}
   */
  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallelOrdered(
      Work<? super I, ? extends R> work, ProcessScheduler on) {
    return shared(work, on, true);
  }

  /**
   * As {@link #parallel(Work, ProcessScheduler)}, wherever it runs: also on the nodes of a cluster.
   *
   * @param work what to run
   * @param on where
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return for {@link Flux#transform}
   */
  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallel(
      Work<? super I, ? extends R> work, WorkScheduler on) {
    return shared(work, on, false);
  }

  /**
   * As {@link #parallelOrdered(Work, ProcessScheduler)}, wherever it runs: also on the nodes of a
   * cluster.
   *
   * @param work what to run
   * @param on where
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return for {@link Flux#transform}
   */
  public static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> parallelOrdered(
      Work<? super I, ? extends R> work, WorkScheduler on) {
    return shared(work, on, true);
  }

  /**
   * {@code on}: an object, lest the verifier load the interface, and Reactor with it, in each child
   * whose work names this class.
   */
  private static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> shared(
      Work<? super I, ? extends R> work, Object on, boolean ordered) {
    Objects.requireNonNull(work, "work");
    Objects.requireNonNull(on, "on");
    return items -> outcomes(items, work, (WorkScheduler) on, ordered);
  }

  private static <I, R> Flux<Outcome<I, R>> outcomes(
      Flux<I> items, Work<? super I, ? extends R> work, WorkScheduler on, boolean ordered) {
    return ordered ? on.outcomesInOrder(items, work) : on.outcomes(items, work);
  }

  private static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> own(
      Work<? super I, ? extends R> work, int children, boolean ordered) {
    return own(work, work, ordered, ProcessScheduler.builder().children(children));
  }

  private static <I, R> Function<Flux<I>, Flux<Outcome<I, R>>> own(
      Work<? super I, ? extends R> work,
      Object origin,
      boolean ordered,
      ProcessScheduler.Builder builder) {
    Objects.requireNonNull(work, "work");
    return items ->
        Flux.usingWhen(
            Mono.fromSupplier(() -> builder.build().engine()),
            engine -> engine.<I, R>outcomes(items, work, origin, ordered, false),
            Engine::finish,
            (engine, error) -> engine.kill(),
            Engine::kill);
  }

  /**
   * All items at once, by {@value #DEFAULT_CHILDREN} children; else as {@link #parallelize(Work,
   * Iterable, int, Reporter)}.
   *
   * @param work what to run
   * @param items the items
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return the outcome of each item
   */
  public static <I, R> Mono<Map<I, Outcome<I, R>>> parallelize(
      Work<? super I, ? extends R> work, Iterable<? extends I> items) {
    return parallelize(work, items, DEFAULT_CHILDREN);
  }

  /**
   * All items at once; else as {@link #parallelize(Work, Iterable, int, Reporter)}.
   *
   * @param work what to run
   * @param items the items
   * @param children most children, at least 1
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return the outcome of each item
   */
  public static <I, R> Mono<Map<I, Outcome<I, R>>> parallelize(
      Work<? super I, ? extends R> work, Iterable<? extends I> items, int children) {
    return parallelize(work, items, ProcessScheduler.builder().children(children));
  }

  /**
   * All items at once. Each subscription starts children of its own, which are gone when the map
   * comes. Cancel kills them.
   *
   * @param work what to run
   * @param items the items; every one runs, equal ones too
   * @param children most children, at least 1
   * @param reporter is told what goes on
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return the outcome of each item, in the order in which they came; of equal items the outcome
   *     that came last stands
   * @throws IllegalArgumentException when children is less than 1
   */
  public static <I, R> Mono<Map<I, Outcome<I, R>>> parallelize(
      Work<? super I, ? extends R> work,
      Iterable<? extends I> items,
      int children,
      Reporter reporter) {
    return parallelize(
        work, items, ProcessScheduler.builder().children(children).reporter(reporter));
  }

  private static <I, R> Mono<Map<I, Outcome<I, R>>> parallelize(
      Work<? super I, ? extends R> work,
      Iterable<? extends I> items,
      ProcessScheduler.Builder builder) {
    Objects.requireNonNull(items, "items");
    return Flux.<I>fromIterable(items)
        .transform(Delegate.<I, R>own(work, work, false, builder))
        .<Map<I, Outcome<I, R>>>collect(
            LinkedHashMap::new, (map, outcome) -> map.put(outcome.item(), outcome))
        .publishOn(Schedulers.parallel());
  }

  /**
   * Calls a task in a child of its own, for at most 2 s.
   *
   * @param task what to call
   * @param <R> what it returns
   * @return its outcome
   */
  public static <R> Mono<Outcome<Task<R>, R>> timeout(Task<? extends R> task) {
    return timeout(task, DEFAULT_TIMEOUT);
  }

  /**
   * Calls a task in a child of its own. The clock starts when the task starts; the start of the
   * child is not counted. Each subscription calls it once; cancel kills the child.
   *
   * @param task what to call
   * @param limit how long it may run
   * @param <R> what it returns
   * @return its outcome, once the child is gone
   * @throws IllegalArgumentException when the limit is not more than zero
   */
  public static <R> Mono<Outcome<Task<R>, R>> timeout(Task<? extends R> task, Duration limit) {
    return one(task, ProcessScheduler.builder().timeout(limit));
  }

  /**
   * Calls a task in a child of its own. Each subscription calls it once; cancel, and so {@link
   * Mono#timeout(Duration)}, kills the child with all that it started.
   *
   * @param task what to call
   * @param <R> what it returns
   * @return its value, once the child is gone; empty for null; {@link DelegateException.Failed}
   *     when it threw and {@link DelegateException.Aborted} when the child died
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
   * For works: the child that runs them, and the item it runs.
   *
   * <p>The same as {@link Child#current()}, which needs this class not, and so is some milliseconds
   * less for the first item of a child. Neither needs Reactor there.
   *
   * @return empty outside of a work
   */
  public static Optional<Child> child() {
    return Child.current();
  }

  @SuppressWarnings("unchecked") // a task of a kind of R is a task of R: it only returns them
  private static <R> Mono<Outcome<Task<R>, R>> one(
      Task<? extends R> task, ProcessScheduler.Builder builder) {
    Objects.requireNonNull(task, "task");
    Work<Task<R>, R> callIt = Task::call;
    return Flux.just((Task<R>) task)
        .transform(Delegate.<Task<R>, R>own(callIt, task, false, builder.children(1)))
        .single()
        .publishOn(Schedulers.parallel());
  }

  /**
   * Calls a task in this process and swallows what it throws. No child, and no protection from a
   * task that hangs: for that there is {@link #call}.
   *
   * @param task what to call, on the thread that subscribes; needs not be serializable
   * @param <R> what it returns
   * @return its value; empty for null and for any exception
   */
  public static <R> Mono<R> failsafe(Callable<? extends R> task) {
    Objects.requireNonNull(task, "task");
    return Mono.<R>fromCallable(task::call).onErrorComplete();
  }
}
