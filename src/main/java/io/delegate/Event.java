package io.delegate;

import java.time.Duration;

/**
 * A fact about a scheduler, as {@link ProcessScheduler#events()} tells it. Per item and per child
 * they come in order: spawn, begin, outcome, exit.
 */
public sealed interface Event {
  /**
   * The scheduler is ready to start children.
   *
   * @param children how many it may have
   */
  record Init(int children) implements Event {}

  /**
   * A child is up.
   *
   * @param pid its process
   */
  record Spawn(long pid) implements Event {}

  /**
   * A child has begun to run an item.
   *
   * @param pid its process
   * @param item the item
   */
  record Begin(long pid, Object item) implements Event {}

  /**
   * An item has run for longer than {@link ProcessScheduler.Builder#slowAfter(Duration)}, and runs
   * on. Once per item.
   *
   * @param pid the process it runs in
   * @param item the item
   * @param running how long it has run
   */
  record Slow(long pid, Object item, Duration running) implements Event {}

  /**
   * An item has its outcome.
   *
   * @param outcome the outcome
   */
  record Finished(Outcome<?, ?> outcome) implements Event {}

  /**
   * A child is gone, with every process it started.
   *
   * @param pid its process
   * @param death how it ended
   * @param age how long it lived
   * @param items how many outcomes it gave
   */
  record Exit(long pid, Death death, Duration age, long items) implements Event {}

  /**
   * Listeners were too slow, and events about items were left out: never those about children.
   *
   * @param count how many in a row
   */
  record Dropped(long count) implements Event {}

  /** All children were stopped. */
  record Cleanup() implements Event {}
}
