package io.delegate.web;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;

/** A source that is subscribed when there is a place for it. */
final class LimitedMono<T> extends Mono<T> implements Scannable {
  private final Mono<T> source;
  private final RequestLimit limit;

  LimitedMono(Mono<T> source, RequestLimit limit) {
    this.source = source;
    this.limit = limit;
  }

  @Override
  public void subscribe(CoreSubscriber<? super T> actual) {
    new Place<>(source, limit, actual).enter();
  }

  @Override
  public @Nullable Object scanUnsafe(@SuppressWarnings("rawtypes") Attr key) {
    if (key == Attr.PARENT) {
      return source;
    }
    return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
  }
}
