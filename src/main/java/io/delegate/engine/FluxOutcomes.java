package io.delegate.engine;

import io.delegate.Outcome;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The operator: items of a stream in, their outcomes out, by the children of a host.
 *
 * @param <I> the type of the items
 * @param <R> the type of the results
 */
final class FluxOutcomes<I, R> extends Flux<Outcome<I, R>> implements Scannable {
  private final Flux<? extends I> upstream;
  private final Host host;
  private final Object work;
  private final Object origin;
  private final boolean ordered;
  private final boolean refusable;

  /**
   * Makes one.
   *
   * @param upstream where the items come from
   * @param work what to run
   * @param origin an object of the class loader that goes to the children
   * @param host where
   * @param ordered whether outcomes come in the order of the items
   * @param refusable whether it is turned away when too much waits
   */
  FluxOutcomes(
      Flux<? extends I> upstream,
      Object work,
      Object origin,
      Host host,
      boolean ordered,
      boolean refusable) {
    this.upstream = upstream;
    this.work = work;
    this.origin = origin;
    this.host = host;
    this.ordered = ordered;
    this.refusable = refusable;
  }

  @Override
  public void subscribe(CoreSubscriber<? super Outcome<I, R>> actual) {
    Shipped shipped;
    Escort escort;
    try {
      if (refusable && !host.admit()) {
        Operators.error(
            actual,
            new RejectedExecutionException(
                "%d items wait for a child of ProcessScheduler \"%s\" already (option maxPending)"
                    .formatted(host.options().maxPending(), host.options().name())));
        return;
      }
      escort = Escort.of(host.options(), actual.currentContext());
      shipped = host.acquire(work, origin);
    } catch (Throwable e) { // by what a work's own class does, or a value of the context, too
      if (refusable) {
        host.leave();
      }
      Operators.error(actual, e);
      return;
    }
    OutcomeSubscriber<I, R> main =
        new OutcomeSubscriber<>(actual, host, shipped, escort, ordered, refusable);
    try {
      host.open(main);
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
