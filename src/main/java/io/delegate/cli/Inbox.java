package io.delegate.cli;

import io.delegate.Outcome;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.SignalType;

/**
 * Takes outcomes from whatever thread brings them to the one that writes, which may block as long
 * as it likes. Never holds more than it has asked for, which is less where results are large.
 */
final class Inbox extends BaseSubscriber<Outcome<String, String>> {
  private static final Object END = new Object();

  /** About the most memory that results may take here, but for one of each child. */
  private static final long MOST_BYTES = 64 << 20;

  /** What is not known to be small is asked for in small numbers. */
  private static final int FIRST = 64;

  /** Each outcome makes a large one before it count for so much less. */
  private static final double MEMORY = 0.99;

  private final LinkedBlockingQueue<Object> waiting = new LinkedBlockingQueue<>();
  private final int demand;
  private int asked; // and not taken yet; by the writer only

  /** Bytes of a result: of the last that was large, as far as that is not long ago. */
  private volatile double size;

  private volatile boolean known;
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
    asked--;
    int most = most();
    if (most - asked >= most - most / 4) { // one request for many, before the stream runs dry
      int more = most - asked;
      asked = most;
      request(more);
    }
    return (Outcome<String, String>) head;
  }

  private int most() {
    long room = (long) (MOST_BYTES / Math.max(1, size));
    return (int) Math.max(1, Math.min(demand, known ? room : FIRST));
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    asked = most();
    request(asked);
  }

  @Override
  protected void hookOnNext(Outcome<String, String> outcome) {
    double now = outcome instanceof Outcome.Success<String, String> s ? bytes(s.result()) : 0;
    size = Math.max(now, size * MEMORY);
    known = true;
    waiting.add(outcome);
  }

  private static double bytes(@Nullable String text) {
    return text == null ? 0 : 2.0 * text.length();
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
