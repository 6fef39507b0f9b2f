package io.delegate;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Follows each item from where it is taken to its end, and may give it something to take along into
 * the child: what tracing needs. {@code io.delegate.report.MicrometerObserver} is one.
 *
 * <p>Unlike a {@link Reporter} it is called on the threads of the streams, in step with them, and
 * so must neither block nor be slow. It is called by several of them at a time. What it throws is
 * logged once and otherwise ignored: the item goes on, and is not followed.
 */
@FunctionalInterface
public interface ItemObserver {
  /**
   * A stream was subscribed; on the thread that subscribes.
   *
   * @param context gives the value of a key in the subscriber's Reactor Context, or null
   * @return is told of its items
   */
  Items subscribed(Function<Object, @Nullable Object> context);

  /** Is told of the items of one stream. */
  @FunctionalInterface
  interface Items {
    /**
     * An item was taken from upstream; on the thread that brings it.
     *
     * @param item the item
     * @param carried what the item takes along, to be added to: so far, what {@link
     *     ProcessScheduler.Builder#contextKeys} found. Where this makes it longer than 8 KiB, what
     *     was added is left out, which is logged once
     * @return is told of its end
     */
    Item taken(Object item, Map<String, String> carried);
  }

  /** Is told of the end of one item: by one of the two, and once. */
  interface Item {
    /**
     * It has its outcome, however often it ran; on {@code Schedulers.parallel()}, before that is
     * passed on.
     *
     * @param outcome the outcome
     */
    void ended(Outcome<?, ?> outcome);

    /**
     * Nobody waits for its outcome any more: the stream was cancelled, or ended with an error. The
     * item may not have begun, or be still running until its child is killed. On the thread that
     * cancels.
     */
    void cancelled();
  }
}
