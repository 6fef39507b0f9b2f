package io.delegate.engine;

import io.delegate.Death;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What happens in an engine without processes, which runs works in this JVM and lets children die
 * by the book: for tests of programs that use a scheduler.
 */
public interface Plot {
  /** What becomes of an item. */
  sealed interface Act {
    /** The work runs, in this JVM. */
    record Run() implements Act {}

    /**
     * The work returns that, and is not run.
     *
     * @param value the result
     */
    record Give(@Nullable Object value) implements Act {}

    /**
     * The work throws that, and is not run.
     *
     * @param thrown the exception
     */
    record Throw(Throwable thrown) implements Act {}

    /** The child sends a result that nobody can read. */
    record Garble() implements Act {}

    /**
     * The child dies.
     *
     * @param death how
     */
    record Die(Death death) implements Act {}

    /** Nothing, until a limit or a cancel ends it. */
    record Hang() implements Act {}
  }

  /**
   * What happens to one run of an item.
   *
   * @param after how long nothing happens first
   * @param act what happens then
   * @param then how its child dies once it has answered; null if it lives on
   */
  record Cue(Duration after, Act act, @Nullable Death then) {}

  /**
   * How a child comes up.
   *
   * @param after how long it takes
   * @param death how it dies before it is up; null if it comes up
   */
  record Birth(Duration after, @Nullable Death death) {}

  /**
   * An item begins. One call at a time.
   *
   * @param item the item
   * @param attempt which run this is, from 1
   * @return what happens
   */
  Cue cue(Object item, int attempt);

  /**
   * A child starts. One call at a time.
   *
   * @return how
   */
  Birth birth();

  /**
   * Whether works, items and results are copied as on their way to a child and back.
   *
   * @return false if they are passed on as they are
   */
  boolean copies();

  /**
   * An engine in which this happens.
   *
   * @param options checked; those about processes change nothing
   * @return the engine
   */
  default Engine engine(Options options) {
    return TwinEngine.of(options, this);
  }
}
