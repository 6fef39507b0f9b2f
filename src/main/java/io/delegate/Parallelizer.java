package io.delegate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One work, and children that are kept between batches of items.
 *
 * <pre>{@code
 * try (Parallelizer<Path, Thumb> thumbs = new Parallelizer<>(Thumbs::render)) {
 *   thumbs.spawn(6).block();
 *   thumbs.process(first).block();
 *   thumbs.process(second).block();
 *   use(thumbs.results());
 * }
 * }</pre>
 *
 * <p>All methods may be called by any thread, and none blocks but {@link #close()}.
 *
 * @param <I> the type of the items
 * @param <R> the type of the results
 */
public final class Parallelizer<I, R> implements AutoCloseable {
  private final Work<? super I, ? extends R> work;
  private final ProcessScheduler scheduler;
  private final Map<I, Outcome<I, R>> results = new LinkedHashMap<>();

  /**
   * Makes one; no child is started yet.
   *
   * @param work what to run
   */
  public Parallelizer(Work<? super I, ? extends R> work) {
    this(work, ProcessScheduler.builder());
  }

  /**
   * Makes one; no child is started yet.
   *
   * @param work what to run
   * @param reporter is told what goes on
   */
  public Parallelizer(Work<? super I, ? extends R> work, Reporter reporter) {
    this(work, ProcessScheduler.builder().reporter(reporter));
  }

  /**
   * Makes one with options; no child is started yet.
   *
   * @param work what to run
   * @param options of its children
   */
  public Parallelizer(Work<? super I, ? extends R> work, ProcessScheduler.Builder options) {
    this.work = Objects.requireNonNull(work, "work");
    this.scheduler = Objects.requireNonNull(options, "options").build();
  }

  /**
   * That many children up and ready.
   *
   * @param children how many, at least 1
   * @return when subscribed, starts or stops children; completes when that many are up
   * @throws IllegalArgumentException when children is less than 1
   */
  public Mono<Void> spawn(int children) {
    return scheduler.spawn(children);
  }

  /**
   * Runs a batch. Children are started as needed, at most as many as {@link #spawn} or the options
   * said, else {@value Delegate#DEFAULT_CHILDREN}.
   *
   * @param items the items; every one runs, equal ones too
   * @return when subscribed, runs them: the outcome of each item of this batch, in the order in
   *     which they came; of equal items the outcome that came last stands. Cancel kills what runs
   *     and keeps the outcomes there are in {@link #results()}
   */
  public Mono<Map<I, Outcome<I, R>>> process(Iterable<? extends I> items) {
    Objects.requireNonNull(items, "items");
    return Flux.<I>fromIterable(items)
        .transform(Delegate.<I, R>parallel(work, scheduler))
        .doOnNext(this::keep)
        .collect(LinkedHashMap::new, (map, outcome) -> map.put(outcome.item(), outcome));
  }

  private void keep(Outcome<I, R> outcome) {
    synchronized (results) {
      results.put(outcome.item(), outcome);
    }
  }

  /**
   * The outcomes of all batches so far, those under way included.
   *
   * @return a copy; of equal items the outcome that came last stands
   */
  public Map<I, Outcome<I, R>> results() {
    synchronized (results) {
      return Collections.unmodifiableMap(new LinkedHashMap<>(results));
    }
  }

  /**
   * Stops the children: those that run an item end it first. They can be spawned again.
   *
   * @return when subscribed, stops them; completes when they are gone
   */
  public Mono<Void> cleanup() {
    return scheduler.cleanup();
  }

  /** Kills the children and waits until nothing is left; {@link #results()} stay. */
  @Override
  public void close() {
    scheduler.close();
  }
}
