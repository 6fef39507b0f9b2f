package io.delegate.engine;

import io.delegate.DelegateException;
import io.delegate.ItemObserver;
import io.delegate.Outcome;
import io.delegate.wire.ContextFrame;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.util.context.ContextView;

/**
 * What the items of one stream take along, and who is told of their ends. The values of named keys
 * are found once, when the stream is subscribed. There is none for a stream without either.
 */
final class Escort {
  private static final Logger log = LoggerFactory.getLogger(Escort.class);
  private static final AtomicBoolean toldOfFault = new AtomicBoolean();
  private static final AtomicBoolean toldOfLength = new AtomicBoolean();

  private final Map<String, String> named;

  /** Of an item that takes no more along than what is named. */
  private final Carried plain;

  private final ItemObserver.@Nullable Items observer;

  /** Whoever takes one out tells of its end: once. */
  private final Set<Carried> open = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  private Escort(
      Map<String, String> named, byte @Nullable [] frame, ItemObserver.@Nullable Items observer) {
    this.named = named;
    this.plain = new Carried(frame, null);
    this.observer = observer;
  }

  /**
   * Null where items take nothing along and nobody follows them.
   *
   * @throws DelegateException.NotShippable when the values of the named keys are too long
   */
  static @Nullable Escort of(Options options, ContextView context) {
    ItemObserver observer = options.observer();
    if (observer == null && options.contextKeys().isEmpty()) {
      return null;
    }
    Map<String, String> named = NamedValues.of(options.contextKeys(), context);
    ContextFrame frame = new ContextFrame(named);
    if (frame.length() > ContextFrame.MOST) {
      throw tooLong(frame);
    }
    ItemObserver.Items items = observer == null ? null : subscribed(observer, context);
    return named.isEmpty() && items == null ? null : new Escort(named, bytes(frame), items);
  }

  private static byte @Nullable [] bytes(ContextFrame frame) {
    return frame.values().isEmpty() ? null : frame.toFrame().array();
  }

  private static DelegateException tooLong(ContextFrame frame) {
    String longest = "";
    long most = 0;
    for (Map.Entry<String, String> value : frame.values().entrySet()) {
      long length = ContextFrame.length(value.getKey(), value.getValue());
      if (length > most) {
        longest = value.getKey();
        most = length;
      }
    }
    return new DelegateException.NotShippable(
        "the context of this stream has %d bytes, of which \"%s\" has %d: at most %d may go along (contextKeys)"
            .formatted(frame.length(), longest, most, ContextFrame.MOST),
        null);
  }

  private static ItemObserver.@Nullable Items subscribed(
      ItemObserver observer, ContextView context) {
    try {
      return observer.subscribed(key -> NamedValues.get(context, key));
    } catch (Throwable thrown) {
      tell(thrown);
      return null;
    }
  }

  /** An item has come, and is followed from now on. */
  Carried taken(Object item) {
    if (observer == null) {
      return plain;
    }
    Map<String, String> values = new LinkedHashMap<>(named);
    Carried carried;
    try {
      ItemObserver.Item observed = Objects.requireNonNull(observer.taken(item, values));
      carried = new Carried(frame(values), observed);
    } catch (Throwable thrown) {
      tell(thrown);
      return plain;
    }
    open.add(carried);
    if (closed) { // the stream may have ended just before it was there
      cancel(carried);
    }
    return carried;
  }

  private byte @Nullable [] frame(Map<String, String> values) {
    if (values.equals(named)) {
      return plain.frame;
    }
    ContextFrame frame = new ContextFrame(values);
    try {
      if (frame.length() <= ContextFrame.MOST) {
        return bytes(frame);
      }
      if (toldOfLength.compareAndSet(false, true)) {
        log.warn(
            "what an observer gave an item to take along, {}, is left out: {} bytes in all, of at most {}",
            values.keySet(),
            frame.length(),
            ContextFrame.MOST);
      }
    } catch (Throwable thrown) { // a null, most likely; it is followed nevertheless
      tell(thrown);
    }
    return plain.frame;
  }

  /** An item has its outcome. */
  void ended(Answer answer) {
    Carried carried = answer.flight.carried;
    if (carried != null && carried.observed != null && open.remove(carried)) {
      Outcome<?, ?> outcome = answer.outcome();
      try {
        carried.observed.ended(outcome);
      } catch (Throwable thrown) {
        tell(thrown);
      }
    }
  }

  /** The stream has ended: so have all that have no outcome. */
  void close() {
    closed = true;
    for (Carried carried : open) {
      cancel(carried);
    }
  }

  private void cancel(Carried carried) {
    if (carried.observed != null && open.remove(carried)) {
      try {
        carried.observed.cancelled();
      } catch (Throwable thrown) {
        tell(thrown);
      }
    }
  }

  private static void tell(Throwable thrown) {
    try {
      if (toldOfFault.compareAndSet(false, true)) {
        log.warn("an observer of items threw; told once, items go on without it", thrown);
      }
    } catch (Throwable noLog) {
      // a full heap, most likely; the stream must go on
    }
  }
}
