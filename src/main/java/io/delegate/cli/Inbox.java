package io.delegate.cli;

import io.delegate.Outcome;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.SignalType;

/**
 * Takes outcomes from whatever thread brings them to the one that writes, which may block as long
 * as it likes. Never holds more than it has asked for.
 */
final class Inbox extends BaseSubscriber<Outcome<String, String>> {
  private static final Object END = new Object();

  private final LinkedBlockingQueue<Object> waiting = new LinkedBlockingQueue<>();
  private final int demand;
  private int taken; // by the writer only
  private volatile @Nullable Throwable error;

  Inbox(int demand) {
    this.demand = demand;
  }

  /** The next outcome, or null when none is at hand at this moment. */
  @Nullable Outcome<String, String> poll() {
    Object head = waiting.peek();
    return head == null || head == END ? null : outcome(waiting.remove());
  }

  /** The next outcome, or null when there will be no more: the end, an error, or a cancel. */
  @Nullable Outcome<String, String> take() throws InterruptedException {
    Object head = waiting.take();
    return head == END ? null : outcome(head);
  }

  /** What ended the stream before its time, or null. */
  @Nullable Throwable error() {
    return error;
  }

  @SuppressWarnings("unchecked") // hookOnNext lets nothing else in
  private Outcome<String, String> outcome(Object head) {
    if (++taken >= demand - demand / 4) { // one request for many, before the stream runs dry
      request(taken);
      taken = 0;
    }
    return (Outcome<String, String>) head;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    request(demand);
  }

  @Override
  protected void hookOnNext(Outcome<String, String> outcome) {
    waiting.add(outcome);
  }

  @Override
  protected void hookOnError(Throwable thrown) {
    error = thrown;
  }

  @Override
  protected void hookFinally(SignalType type) {
    waiting.add(END);
  }
}
