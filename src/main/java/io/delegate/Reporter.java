package io.delegate;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Is told what goes on. All methods are optional.
 *
 * <p>They are called one at a time, never on a thread that drives the children, and may block. Per
 * item the order is {@code spawn}, {@code begin}, then one of {@code success}, {@code fail}, {@code
 * abort}, {@code timeout}, then {@code exit}. {@code begin} comes within some 20 ms of the start of
 * the item, and always before its end is told. A slow reporter never stops the work: when it is
 * more than 16,384 events, or 64 MiB of items and results, behind, events about items are left out,
 * and how many is logged. What a reporter throws is logged and otherwise ignored.
 */
public interface Reporter {
  /**
   * Is told of every event, and of each before the method for it. For what the other methods do not
   * tell: times, and what there is to do.
   *
   * @param event what has happened
   */
  default void event(Event event) {}

  /**
   * The children may be started now.
   *
   * @param children how many there may be
   */
  default void init(int children) {}

  /**
   * A child is up.
   *
   * @param pid its process
   */
  default void spawn(long pid) {}

  /**
   * A child ended before it was up.
   *
   * @param how how it ended
   */
  default void startFailed(Death how) {}

  /**
   * A child has begun to run an item.
   *
   * @param pid its process
   * @param item the item
   */
  default void begin(long pid, Object item) {}

  /**
   * An item has run for longer than {@link ProcessScheduler.Builder#slowAfter(Duration)}, and runs
   * on. Told once per item, and only where that option is set.
   *
   * @param pid the process it runs in
   * @param item the item
   * @param running how long it has run
   */
  default void slow(long pid, Object item, Duration running) {}

  /**
   * A work has told how far it is. Told of the latest only, at most ten times a second for each
   * child: after {@code begin}, and never after the end of the item.
   *
   * @param pid the process it runs in
   * @param item the item
   * @param progress how far it is
   */
  default void progress(long pid, Object item, Progress progress) {}

  /**
   * The work returned.
   *
   * @param pid the process
   * @param item the item
   * @param result the result
   */
  default void success(long pid, Object item, @Nullable Object result) {}

  /**
   * The work threw, or the item or its result could not be serialized.
   *
   * @param pid the process, 0 when the item could not be sent (then without a begin)
   * @param item the item
   * @param error what was thrown
   */
  default void fail(long pid, Object item, RemoteError error) {}

  /**
   * The child died while it ran the item, and the item is not run again.
   *
   * @param pid the process
   * @param item the item
   * @param death how it ended
   */
  default void abort(long pid, Object item, Death death) {}

  /**
   * The item ran, or waited, longer than its limit.
   *
   * @param pid the process that was killed for it; 0, and without a begin, when it waited too long
   * @param item the item
   * @param limit the limit
   */
  default void timeout(long pid, Object item, Duration limit) {}

  /**
   * The same, with which limit that was. Whoever does not override this is told by {@link
   * #timeout(long, Object, Duration)}.
   *
   * @param pid the process that was killed for it; 0, and without a begin, when it waited too long
   * @param item the item
   * @param limit the limit
   * @param which the limit that was passed
   */
  default void timeout(long pid, Object item, Duration limit, Outcome.Limit which) {
    timeout(pid, item, limit);
  }

  /**
   * A child is gone, with every process it started.
   *
   * @param pid its process
   * @param how how it ended
   */
  default void exit(long pid, Death how) {}

  /**
   * The same, with the reason: whether somebody wished it, or it is lost.
   *
   * @param pid its process
   * @param how how it ended
   * @param reason why it is gone
   */
  default void exit(long pid, Death how, ExitReason reason) {
    exit(pid, how);
  }

  /** The children that were up were stopped. Others may be started at any time. */
  default void cleanup() {}
}
