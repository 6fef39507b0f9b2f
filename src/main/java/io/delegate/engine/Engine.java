package io.delegate.engine;

import io.delegate.Event;
import io.delegate.Outcome;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What the front needs of whatever runs works: {@link Pool} does so in child processes of this
 * machine, a {@link Plot} tells what happens in a test.
 */
public interface Engine {
  /** Makes one, when a scheduler is built. */
  @FunctionalInterface
  interface Maker {
    /**
     * Makes one; no child is started yet.
     *
     * @param options checked
     * @return the engine
     */
    Engine make(Options options);
  }

  /**
   * What it is called.
   *
   * @return as the user has it
   */
  String name();

  /**
   * Runs a work on the items of a stream.
   *
   * @param items where the items come from
   * @param work what to run
   * @param origin an object of the class loader that knows the items' classes, usually the work
   * @param ordered whether outcomes come in the order of the items
   * @param refusable whether it is turned away when too much waits
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return cold; on {@code Schedulers.parallel()}
   */
  <I, R> Flux<Outcome<I, R>> outcomes(
      Flux<? extends I> items, Object work, Object origin, boolean ordered, boolean refusable);

  /**
   * That many children up and ready, from now on the most there may be.
   *
   * @param children how many, checked
   * @return completes when they are up
   */
  Mono<Void> spawn(int children);

  /**
   * All children stop: those that run something when they have ended it.
   *
   * @return completes when they are gone
   */
  Mono<Void> cleanup();

  /**
   * The archive of classes, of what the children have loaded so far.
   *
   * @return true when there is one
   */
  Mono<Boolean> makeArchive();

  /**
   * What listeners see.
   *
   * @return hot; without demand for long, events are left out
   */
  Flux<Event> events();

  /**
   * The children that there are, up or coming.
   *
   * @return their pids
   */
  List<Long> pids();

  /**
   * No new streams; when the last one has ended, the children stop.
   *
   * @return completes when nothing is left
   */
  Mono<Void> finish();

  /**
   * No new streams; those under way may end within the grace, then all is killed.
   *
   * @param grace how long
   * @return completes when nothing is left
   */
  Mono<Void> finish(Duration grace);

  /**
   * Kills all children, now.
   *
   * @return completes when nothing is left
   */
  Mono<Void> kill();

  /** Kills all children, now; does not wait. */
  void dispose();

  /**
   * Whether it takes no more streams.
   *
   * @return true after {@link #dispose()} or {@link #finish()}
   */
  boolean isDisposed();
}
