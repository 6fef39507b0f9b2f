package io.delegate;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Where works run: in child processes of this machine ({@link ProcessScheduler}), or in those of
 * the nodes of a cluster ({@code io.delegate.cluster.ClusterScheduler}). Streams are the same for
 * both.
 *
 * <p>All methods may be called by any thread, and none blocks but {@link #close()}. Outcomes come
 * on {@link Schedulers#parallel()}.
 */
public interface WorkScheduler extends Disposable, AutoCloseable {
  /**
   * What it is called.
   *
   * @return for messages and logs
   */
  String name();

  /**
   * Runs a work on the items of a stream; outcomes as they come. As {@link Delegate#parallel(Work,
   * WorkScheduler)}, which is for {@link Flux#transform}.
   *
   * @param items where the items come from
   * @param work what to run
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return cold; each subscriber runs the items anew. Cancel kills what runs for it
   */
  <I, R> Flux<Outcome<I, R>> outcomes(Flux<? extends I> items, Work<? super I, ? extends R> work);

  /**
   * The same, with outcomes in the order of the items.
   *
   * @param items where the items come from
   * @param work what to run
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return cold; each subscriber runs the items anew. Cancel kills what runs for it
   */
  <I, R> Flux<Outcome<I, R>> outcomesInOrder(
      Flux<? extends I> items, Work<? super I, ? extends R> work);

  /**
   * Runs a work on one item.
   *
   * <p>Nothing happens until it is subscribed, and each subscription runs the item once. Cancel,
   * and so {@link Mono#timeout(Duration)}, takes the item back if it has not begun, else kills the
   * child that runs it with all that it started.
   *
   * @param work what to run
   * @param item the item
   * @param <I> the type of the item
   * @param <R> the type of the result
   * @return the outcome; an error only for {@link RejectedExecutionException} (disposed, or too
   *     many wait), {@link DelegateException.NotShippable} and {@link
   *     DelegateException.StartFailed}
   */
  <I, R> Mono<Outcome<I, R>> submit(Work<? super I, ? extends R> work, I item);

  /**
   * What goes on, as it happens.
   *
   * @return hot; completes when the scheduler is gone
   */
  Flux<Event> events();

  /**
   * Takes no more streams or items, lets those that are under way end, then stops; what is not done
   * when the grace is over is killed.
   *
   * @param grace how long to wait for streams under way
   * @return when subscribed, begins; completes when nothing is left
   */
  Mono<Void> disposeGracefully(Duration grace);

  /**
   * As {@link #dispose()}, and waits until nothing is left; on a thread that must not block it does
   * not wait.
   */
  @Override
  void close();
}
