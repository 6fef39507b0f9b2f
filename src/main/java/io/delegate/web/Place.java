package io.delegate.web;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** One subscriber on its way through a {@link RequestLimit}: in line, inside, gone. */
final class Place<T> extends Operators.DeferredSubscription
    implements CoreSubscriber<T>, Scannable {
  private final Mono<T> source;
  private final RequestLimit limit;
  private final CoreSubscriber<? super T> actual;
  private final Disposable.Swap alarm = Disposables.swap();

  /** Whether one of the places is taken by it. Guarded by the limit. */
  boolean held;

  Place(Mono<T> source, RequestLimit limit, CoreSubscriber<? super T> actual) {
    this.source = source;
    this.limit = limit;
    this.actual = actual;
  }

  void enter() {
    actual.onSubscribe(this);
    switch (limit.enter(this)) {
      case ADMITTED -> admit();
      case WAITING -> setAlarm();
      case REFUSED -> actual.onError(limit.full());
    }
    if (isCancelled()) {
      limit.leave(this); // the cancel may have come before there was anything to leave
    }
  }

  private void setAlarm() {
    Duration patience = limit.queueTimeout();
    if (patience != null) {
      alarm.update(limit.timer().schedule(this::giveUp, patience.toNanos(), TimeUnit.NANOSECONDS));
    }
  }

  private void giveUp() {
    if (limit.quit(this) && !isCancelled()) {
      actual.onError(limit.late());
    }
  }

  /** It holds a place now, unless a cancel has given that away already. */
  void admit() {
    alarm.dispose();
    if (!isCancelled()) {
      source.subscribe(this);
    }
  }

  @Override
  public void cancel() {
    super.cancel();
    alarm.dispose();
    limit.leave(this);
  }

  @Override
  public void onSubscribe(Subscription s) {
    set(s);
  }

  @Override
  public void onNext(T value) {
    actual.onNext(value);
  }

  @Override
  public void onError(Throwable thrown) {
    limit.leave(this);
    actual.onError(thrown);
  }

  @Override
  public void onComplete() {
    limit.leave(this);
    actual.onComplete();
  }

  @Override
  public Context currentContext() {
    return actual.currentContext();
  }

  @Override
  public @Nullable Object scanUnsafe(@SuppressWarnings("rawtypes") Attr key) {
    if (key == Attr.ACTUAL) {
      return actual;
    }
    if (key == Attr.CANCELLED) {
      return isCancelled();
    }
    return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
  }
}
