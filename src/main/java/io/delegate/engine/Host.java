package io.delegate.engine;

import io.delegate.Event;
import io.delegate.Outcome;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.publisher.Flux;

/**
 * What a stream sees of where its items run. Demand, order, cancel and the forms of items and
 * results are the same for all hosts, so that no two differ in them.
 *
 * <p>A class, not an interface: where one kind of host is loaded, a call of it costs nothing.
 */
abstract class Host implements Engine {
  private final Options options;
  private final Hub hub;

  Host(Options options) {
    this(options, new Hub(options.reporters()));
  }

  Host(Options options, Hub hub) {
    this.options = options;
    this.hub = hub;
  }

  @Override
  public final String name() {
    return options.name();
  }

  final Options options() {
    return options;
  }

  final Hub hub() {
    return hub;
  }

  @Override
  public final Flux<Event> events() {
    return hub.events();
  }

  @Override
  public final <I, R> Flux<Outcome<I, R>> outcomes(
      Flux<? extends I> items, Object work, Object origin, boolean ordered, boolean refusable) {
    return new FluxOutcomes<>(items, work, origin, this, ordered, refusable);
  }

  final RejectedExecutionException rejected() {
    return new RejectedExecutionException(
        "ProcessScheduler \"" + options.name() + "\" was disposed");
  }

  /** How many items may be in the hands of all children. */
  abstract int children();

  /** How many items of that work the children can hold now. */
  abstract int capacity(Shipped work);

  /** A work in the form in which it travels; {@link #end} must follow. Any thread. */
  abstract Shipped acquire(Object work, Object origin);

  /** Whether one more single item may come; {@link #leave} must follow if so. Any thread. */
  abstract boolean admit();

  /** A single item has its outcome, or needs none. Any thread. */
  abstract void leave();

  /**
   * A stream begins.
   *
   * @throws RejectedExecutionException after dispose
   */
  abstract void open(Source source);

  /** Items have come; {@link #wake} must follow. Any thread. */
  abstract void arrived(int count);

  /** A stream has items. Any thread. */
  abstract void wake(Source source);

  /**
   * A stream has had its last answer, or wants no more: what runs for it is killed.
   *
   * @param clean whether each of its items has its answer, so that none is looked for
   */
  abstract void end(Source source, Shipped work, boolean clean);
}
