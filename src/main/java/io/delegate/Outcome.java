package io.delegate;

import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What became of one item: exactly one of {@link Success}, {@link Failure}, {@link Aborted} and
 * {@link TimedOut}.
 *
 * @param <I> the type of the item
 * @param <R> the type of the result
 */
public sealed interface Outcome<I, R> {
  /**
   * The item, the very object that came from upstream.
   *
   * @return the item
   */
  I item();

  /**
   * The process that ran it. On a node of a cluster it has the node's number, too: see {@link
   * ChildId}.
   *
   * @return the pid, or 0 when it never got to a child
   */
  long pid();

  /**
   * How long it ran in the child: the wait before and the way back are not counted.
   *
   * @return the time, zero when it never ran
   */
  Duration took();

  /**
   * Which run of the item this was.
   *
   * @return 1 for the first, 0 when it never ran
   */
  int attempt();

  /**
   * The work returned.
   *
   * @param <I> the type of the item
   * @param <R> the type of the result
   * @param item the item
   * @param pid the process that ran it
   * @param took how long it ran
   * @param attempt which run of the item this was
   * @param result what the work returned, null included
   */
  record Success<I, R>(I item, long pid, Duration took, int attempt, @Nullable R result)
      implements Outcome<I, R> {}

  /**
   * The work threw, or the item or its result could not be serialized. The child lives on.
   *
   * @param <I> the type of the item
   * @param <R> the type of the result
   * @param item the item
   * @param pid the process that ran it, 0 when the item could not be sent
   * @param took how long it ran
   * @param attempt which run of the item this was
   * @param error what was thrown
   */
  record Failure<I, R>(I item, long pid, Duration took, int attempt, RemoteError error)
      implements Outcome<I, R> {}

  /**
   * The child died while it ran this item.
   *
   * @param <I> the type of the item
   * @param <R> the type of the result
   * @param item the item
   * @param pid the process that died
   * @param took how long the item had run
   * @param attempt which run of the item this was
   * @param death how the child ended
   */
  record Aborted<I, R>(I item, long pid, Duration took, int attempt, Death death)
      implements Outcome<I, R> {}

  /**
   * The item ran, or waited, longer than its limit. The child that ran it, and every process that
   * child started, is gone.
   *
   * @param <I> the type of the item
   * @param <R> the type of the result
   * @param item the item
   * @param pid the process that was killed, 0 for an item that never got to a child
   * @param took how long the item had run
   * @param attempt which run of the item this was
   * @param limit the limit
   * @param threadDump the stacks of the child's threads just before the kill; empty where it could
   *     not tell within 500 ms, and for an item that never began
   * @param which the limit that was passed
   */
  record TimedOut<I, R>(
      I item, long pid, Duration took, int attempt, Duration limit, String threadDump, Limit which)
      implements Outcome<I, R> {
    /**
     * One that ran longer than its item limit or, with attempt 0, waited longer than the queue's.
     *
     * @param item the item
     * @param pid the process that was killed
     * @param took how long the item had run
     * @param attempt which run of the item this was
     * @param limit the limit
     * @param threadDump the stacks of the child's threads
     */
    public TimedOut(
        I item, long pid, Duration took, int attempt, Duration limit, String threadDump) {
      this(item, pid, took, attempt, limit, threadDump, attempt == 0 ? Limit.QUEUE : Limit.ITEM);
    }

    /** One readable line, without the thread dump. */
    @Override
    public String toString() {
      return "TimedOut[item=%s, pid=%d, took=%s, attempt=%d, limit=%s, which=%s]"
          .formatted(item, pid, took, attempt, limit, which);
    }
  }

  /** The limits there are on the time of an item. */
  enum Limit {
    /** How long it may run: {@link ProcessScheduler.Builder#timeout(Duration)}. */
    ITEM("timeout"),
    /**
     * How long a child may take to load what the item needs, its work and the codec: {@link
     * ProcessScheduler.Builder#startTimeout(Duration)}.
     */
    START("startTimeout"),
    /**
     * How long it may wait for a child: {@link ProcessScheduler.Builder#queueTimeout(Duration)}.
     */
    QUEUE("queueTimeout"),
    /**
     * How long its work may say nothing: {@link ProcessScheduler.Builder#silenceTimeout(Duration)}.
     */
    SILENCE("silenceTimeout");

    private final String option;

    Limit(String option) {
      this.option = option;
    }

    /**
     * The option that sets it.
     *
     * @return the name of a method of {@link ProcessScheduler.Builder}
     */
    public String option() {
      return option;
    }
  }

  /**
   * Whether the work returned.
   *
   * @return true for a {@link Success}
   */
  default boolean isSuccess() {
    return this instanceof Success;
  }

  /**
   * The result, if there is one.
   *
   * @return the result; empty for all but {@link Success}, and for a result that is null
   */
  default Optional<R> toOptional() {
    return this instanceof Success<I, R> s ? Optional.ofNullable(s.result()) : Optional.empty();
  }

  /**
   * The result, or another value.
   *
   * @param other what to give for all but {@link Success}
   * @return the result, null included, or the other
   */
  default @Nullable R orElse(@Nullable R other) {
    return this instanceof Success<I, R> s ? s.result() : other;
  }

  /**
   * The result, or an exception that tells what happened instead.
   *
   * @return the result, null included
   * @throws DelegateException.Failed for a {@link Failure}; its cause is the exception itself where
   *     that could be rebuilt, else a stand-in with the remote stack trace
   * @throws DelegateException.Aborted for an {@link Aborted}
   * @throws DelegateException.TimedOut for a {@link TimedOut}
   */
  default @Nullable R orElseThrow() {
    if (this instanceof Success<I, R> s) {
      return s.result();
    }
    throw toException();
  }

  /**
   * The exception that {@link #orElseThrow()} throws.
   *
   * @return a new exception
   * @throws NoSuchElementException for a {@link Success}
   */
  default DelegateException toException() {
    if (this instanceof Failure<I, R> f) {
      return new DelegateException.Failed("item " + item() + " failed: " + f.error(), f.error());
    }
    if (this instanceof Aborted<I, R> a) {
      return new DelegateException.Aborted(
          "child " + ChildId.text(pid()) + " died on item " + item() + ": " + a.death(), a.death());
    }
    if (this instanceof TimedOut<I, R> t) {
      String text =
          switch (t.which()) {
            case ITEM -> "item %s ran longer than %s; child %s was killed";
            case START -> "item %s was being loaded for longer than %s; child %s was killed";
            case SILENCE -> "item %s said nothing for longer than %s; child %s was killed";
            case QUEUE -> "item %s waited longer than %s for a child (queueTimeout)";
          };
      return new DelegateException.TimedOut(
          text.formatted(item(), t.limit(), ChildId.text(pid())), t.threadDump());
    }
    throw new NoSuchElementException("a success has no exception");
  }

  /**
   * The same outcome with another result; all but {@link Success} stay as they are.
   *
   * @param f makes the other result; called only for a {@link Success}, with null for a null result
   * @param <S> the type of the other result
   * @return the outcome
   */
  @SuppressWarnings("unchecked") // all but Success hold no R
  default <S> Outcome<I, S> map(Function<? super R, ? extends S> f) {
    if (this instanceof Success<I, R> s) {
      return new Success<>(s.item(), s.pid(), s.took(), s.attempt(), f.apply(s.result()));
    }
    return (Outcome<I, S>) this;
  }
}
