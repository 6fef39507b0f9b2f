package io.delegate.engine;

import io.delegate.Outcome;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The operator: items of a stream in, their outcomes out, by the children of a pool.
 *
 * @param <I> the type of the items
 * @param <R> the type of the results
 */
public final class FluxOutcomes<I, R> extends Flux<Outcome<I, R>> implements Scannable {
  private final Flux<? extends I> upstream;
  private final Pool pool;
  private final Object work;
  private final Object origin;
  private final boolean ordered;
  private final boolean refusable;

  /**
   * Makes one.
   *
   * @param upstream where the items come from
   * @param work what to run
   * @param pool where
   * @param ordered whether outcomes come in the order of the items
   * @param refusable whether it is turned away when too much waits in the pool
   */
  public FluxOutcomes(
      Flux<? extends I> upstream, Object work, Pool pool, boolean ordered, boolean refusable) {
    this(upstream, work, work, pool, ordered, refusable);
  }

  /**
   * Makes one whose items know classes that the work does not.
   *
   * @param upstream where the items come from
   * @param work what to run
   * @param origin an object of the class loader that goes to the children
   * @param pool where
   * @param ordered whether outcomes come in the order of the items
   * @param refusable whether it is turned away when too much waits in the pool
   */
  public FluxOutcomes(
      Flux<? extends I> upstream,
      Object work,
      Object origin,
      Pool pool,
      boolean ordered,
      boolean refusable) {
    this.upstream = upstream;
    this.work = work;
    this.origin = origin;
    this.pool = pool;
    this.ordered = ordered;
    this.refusable = refusable;
  }

  /**
   * Makes one, as a plain {@code Flux}: who makes it with {@code new} and passes it on as that must
   * load both, and works that ask {@code Delegate.child()} load the front in their child.
   *
   * @param upstream where the items come from
   * @param work what to run
   * @param pool where
   * @param ordered whether outcomes come in the order of the items
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return the operator
   */
  public static <I, R> Flux<Outcome<I, R>> of(
      Flux<? extends I> upstream, Object work, Pool pool, boolean ordered) {
    return new FluxOutcomes<>(upstream, work, pool, ordered, false);
  }

  @Override
  public void subscribe(CoreSubscriber<? super Outcome<I, R>> actual) {
    Shipped shipped;
    Escort escort;
    try {
      if (refusable && !pool.dispatcher().admit()) {
        Operators.error(
            actual,
            new RejectedExecutionException(
                "%d items wait for a child of ProcessScheduler \"%s\" already (option maxPending)"
                    .formatted(pool.options().maxPending(), pool.options().name())));
        return;
      }
      escort = Escort.of(pool.options(), actual.currentContext());
      shipped = pool.works().acquire(work, origin);
    } catch (Throwable e) { // by what a work's own class does, or a value of the context, too
      if (refusable) {
        pool.dispatcher().leave();
      }
      Operators.error(actual, e);
      return;
    }
    OutcomeSubscriber<I, R> main =
        new OutcomeSubscriber<>(actual, pool, shipped, escort, ordered, refusable);
    try {
      pool.open(main);
    } catch (RejectedExecutionException e) {
      main.abandon();
      Operators.error(actual, e);
      return;
    }
    upstream.subscribe(main);
  }

  @Override
  public @Nullable Object scanUnsafe(@SuppressWarnings("rawtypes") Attr key) {
    if (key == Attr.PARENT) {
      return upstream;
    }
    return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
  }
}
