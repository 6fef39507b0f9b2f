package io.delegate.web;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * How many requests may be under way at once, over all handlers that share it. The others wait in
 * line, first come, first served, without a thread; too many are refused, and so is who has waited
 * too long.
 *
 * <pre>{@code
 * RequestLimit limit = RequestLimit.builder().maxConcurrent(16).queueTimeout(Duration.ofSeconds(5)).build();
 * Mono<Page> page = limit.limit(fetch(url)); // for anything else that should share the places
 * }</pre>
 *
 * <p>All methods may be called by any thread, and none blocks.
 */
public final class RequestLimit {
  private final int maxConcurrent;
  private final int maxPending;
  private final @Nullable Duration queueTimeout;
  private final Duration retryAfter;
  private final Scheduler timer;

  /** In the order of their coming; only while all places are taken. Guarded by this. */
  private final Set<Place<?>> waiting = new LinkedHashSet<>();

  private int taken; // guarded by this

  private RequestLimit(Builder builder) {
    maxConcurrent = builder.maxConcurrent;
    maxPending = builder.maxPending;
    queueTimeout = builder.queueTimeout;
    retryAfter = builder.retryAfter;
    timer = builder.timer;
  }

  /**
   * A builder with default options.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Subscribes the source only while it has a place.
   *
   * <p>It has one from when there is room until the source completes, fails or is cancelled. A
   * source that finds room is subscribed at once, one that had to wait on the {@link
   * Builder#timer}. Cancel of one that waits takes it out of the line at once.
   *
   * @param source what to subscribe; it must not block while it is subscribed
   * @param <T> the type of its value
   * @return the same signals; an error of {@link Refused} where there was no place. Each
   *     subscription needs a place of its own
   */
  public <T> Mono<T> limit(Mono<T> source) {
    Objects.requireNonNull(source, "source");
    return new LimitedMono<>(source, this);
  }

  /**
   * How many have a place.
   *
   * @return a number that may have changed already
   */
  public synchronized int running() {
    return taken;
  }

  /**
   * How many wait for a place.
   *
   * @return a number that may have changed already
   */
  public synchronized int waiting() {
    return waiting.size();
  }

  Scheduler timer() {
    return timer;
  }

  @Nullable Duration queueTimeout() {
    return queueTimeout;
  }

  /** Takes a place, or one in the line. */
  synchronized Entry enter(Place<?> place) {
    if (taken < maxConcurrent) {
      taken++;
      place.held = true;
      return Entry.ADMITTED;
    }
    if (waiting.size() >= maxPending) {
      return Entry.REFUSED;
    }
    waiting.add(place);
    return Entry.WAITING;
  }

  /** Leaves the line; false when it is not in it. */
  synchronized boolean quit(Place<?> place) {
    return waiting.remove(place);
  }

  /** Leaves, from wherever it is; its place goes to who has waited longest. Again: nothing. */
  void leave(Place<?> place) {
    Place<?> next;
    synchronized (this) {
      if (waiting.remove(place) || !place.held) {
        return;
      }
      place.held = false;
      Iterator<Place<?>> first = waiting.iterator();
      if (!first.hasNext()) {
        taken--;
        return;
      }
      next = first.next();
      first.remove();
      next.held = true;
    }
    try {
      timer.schedule(next::admit); // a stack of its own: sources may end while they are subscribed
    } catch (RejectedExecutionException e) {
      next.admit();
    }
  }

  Refused full() {
    return new Refused(
        "%d requests are under way and %d wait already".formatted(maxConcurrent, maxPending),
        retryAfter);
  }

  Refused late() {
    return new Refused(
        "waited for %s, but %d other requests are still under way"
            .formatted(queueTimeout, maxConcurrent),
        retryAfter);
  }

  /** What comes of entering. */
  enum Entry {
    ADMITTED,
    WAITING,
    REFUSED
  }

  /** There is no place: too many wait already, or this one has waited too long. */
  public static final class Refused extends RejectedExecutionException {
    private static final long serialVersionUID = 1L;

    /** When to try again. */
    private final Duration retryAfter;

    Refused(String message, Duration retryAfter) {
      super(message);
      this.retryAfter = retryAfter;
    }

    /**
     * When to try again.
     *
     * @return as set by {@link Builder#retryAfter}
     */
    public Duration retryAfter() {
      return retryAfter;
    }
  }

  /** Every option has a default; what is set last counts. Bad values are refused at once. */
  public static final class Builder {
    private int maxConcurrent = 256;
    private int maxPending = 1_000;
    private @Nullable Duration queueTimeout;
    private Duration retryAfter = Duration.ofSeconds(1);
    private Scheduler timer = Schedulers.parallel();

    private Builder() {}

    /**
     * How many may have a place at once. Default 256.
     *
     * @param requests at least 1
     * @return this
     */
    public Builder maxConcurrent(int requests) {
      Checks.atLeast(1, requests, "maxConcurrent");
      maxConcurrent = requests;
      return this;
    }

    /**
     * How many may wait for one. Default 1,000.
     *
     * @param requests at least 0
     * @return this
     */
    public Builder maxPending(int requests) {
      Checks.atLeast(0, requests, "maxPending");
      maxPending = requests;
      return this;
    }

    /**
     * How long one may wait. Default: for ever.
     *
     * @param limit more than zero, at most a year
     * @return this
     */
    public Builder queueTimeout(Duration limit) {
      queueTimeout = Checks.time(limit, "queueTimeout");
      return this;
    }

    /**
     * When those that are refused are told to try again, in full seconds, rounded up. Default 1 s.
     *
     * @param time more than zero, at most a year
     * @return this
     */
    public Builder retryAfter(Duration time) {
      retryAfter = Checks.time(time, "retryAfter");
      return this;
    }

    /**
     * By whose clock {@link #queueTimeout} is watched, and where sources that had to wait are
     * subscribed. Default {@link Schedulers#parallel()}.
     *
     * @param timer the clock
     * @return this
     */
    public Builder timer(Scheduler timer) {
      this.timer = Objects.requireNonNull(timer, "timer");
      return this;
    }

    /**
     * Makes the limit.
     *
     * @return a limit that nobody has entered
     */
    public RequestLimit build() {
      return new RequestLimit(this);
    }
  }
}
