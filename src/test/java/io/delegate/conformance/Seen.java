package io.delegate.conformance;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** A bare subscriber: no operator between it and what it looks at. */
public class Seen<T> implements CoreSubscriber<T> {
  public final List<String> signals = new CopyOnWriteArrayList<>();
  public final List<T> values = new CopyOnWriteArrayList<>();
  public final List<Throwable> errors = new CopyOnWriteArrayList<>();
  public final CountDownLatch ended = new CountDownLatch(1);
  public volatile Subscription subscription;
  private final long first;

  public Seen(long first) {
    this.first = first;
  }

  @Override
  public void onSubscribe(Subscription s) {
    signals.add("subscribe");
    subscription = s;
    if (first > 0) {
      s.request(first);
    }
  }

  @Override
  public void onNext(T value) {
    signals.add("next");
    values.add(value);
  }

  @Override
  public void onError(Throwable t) {
    signals.add("error");
    errors.add(t);
    ended.countDown();
  }

  @Override
  public void onComplete() {
    signals.add("complete");
    ended.countDown();
  }

  public void awaitEnd() {
    try {
      if (!ended.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("no end after 30 s, but " + signals);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
