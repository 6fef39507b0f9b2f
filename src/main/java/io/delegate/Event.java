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
   * @param starting how long it took to come up, from when its process was asked for
   */
  record Spawn(long pid, Duration starting) implements Event {}

  /**
   * A child came to nothing: it was not up when it ended.
   *
   * @param pid its process, 0 where there was none
   * @param death how it ended
   * @param starting how long that took, from when its process was asked for
   */
  record StartFailed(long pid, Death death, Duration starting) implements Event {}

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
   * A work has told how far it is, by {@link Child#progress(double, String)}: the latest, at most
   * ten times a second for each child.
   *
   * @param pid the process it runs in
   * @param item the item
   * @param progress how far it is
   */
  record Progress(long pid, Object item, io.delegate.Progress progress) implements Event {}

  /**
   * An item has its outcome.
   *
   * @param outcome the outcome
   * @param waited all the time since the item was taken from upstream in which it did not run: for
   *     a child, on the channel, and in the child behind others. Earlier runs count, too. Zero for
   *     an item that came before anybody listened
   */
  record Finished(Outcome<?, ?> outcome, Duration waited) implements Event {}

  /**
   * A child is gone, with every process it started.
   *
   * @param pid its process
   * @param death how it ended
   * @param age how long it lived
   * @param items how many outcomes it gave
   * @param busy how long it had items in hand
   * @param reason why it is gone
   */
  record Exit(long pid, Death death, Duration age, long items, Duration busy, ExitReason reason)
      implements Event {
    /**
     * An exit of which only the death is known.
     *
     * @param pid its process
     * @param death how it ended: with exit code 0 it was wished, else it is lost
     * @param age how long it lived
     * @param items how many outcomes it gave
     * @param busy how long it had items in hand
     */
    public Exit(long pid, Death death, Duration age, long items, Duration busy) {
      this(pid, death, age, items, busy, ExitReason.of(death));
    }
  }

  /**
   * Listeners were too slow, and events about items were left out: never those about children.
   *
   * @param count how many in a row
   */
  record Dropped(long count) implements Event {}

  /**
   * What there is to do, and who does it: told when that has changed, at most every 200 ms.
   *
   * @param starting children that are not up yet
   * @param idle children that have nothing in hand
   * @param busy children that have something in hand
   * @param waiting items that no child has
   * @param inHand items in the children's hands, those that run among them
   * @param mostInHand the largest part of these in the hands of one child
   * @param sent bytes sent to children so far
   * @param received bytes of results received from children so far
   */
  record Load(
      int starting,
      int idle,
      int busy,
      long waiting,
      long inHand,
      int mostInHand,
      long sent,
      long received)
      implements Event {}

  /**
   * A node of a cluster has joined in, or does not take part any more.
   *
   * @param number what it goes by in {@link ChildId}: from 1, and the same if it comes back
   * @param name what it is called
   * @param children how many children it has for this scheduler now, 0 when it is gone
   * @param why it is gone; empty when it is not, or was to go
   */
  record Node(int number, String name, int children, String why) implements Event {}

  /** All children were stopped. */
  record Cleanup() implements Event {}
}
