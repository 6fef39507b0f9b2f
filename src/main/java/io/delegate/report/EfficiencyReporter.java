package io.delegate.report;

import io.delegate.Event;
import io.delegate.Outcome;
import io.delegate.Reporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says at the end where the children's time went, and what could be better.
 *
 * <p>Counted are the children that are gone; so ask after {@link Reporter#cleanup()}, or be told
 * then. From one cleanup to the next all begins anew. Times are sums over all children, so that of
 * six that work all the time it is six times that of the clock. A run that was repeated, since its
 * child died, counts as time on the channel.
 */
public final class EfficiencyReporter implements Reporter {
  private static final int SLOWEST = 5;

  private final Consumer<? super Efficiency> told;
  private final LongSupplier clock;
  private Sums sums = new Sums();

  /** Of one run: from the first child until all are gone. */
  private static final class Sums {
    /** Not the outcomes: their items and results may be large. */
    private final PriorityQueue<Efficiency.Slow> slowest =
        new PriorityQueue<>(Comparator.comparing(Efficiency.Slow::took));

    private int children;
    private long begin;
    private @Nullable Long end;
    private long started;
    private long failedStarts;
    private long lost;
    private long items;
    private long missing;
    private Duration starting = Duration.ZERO;
    private Duration lives = Duration.ZERO;
    private Duration busy = Duration.ZERO;
    private Duration working = Duration.ZERO;
    private Duration waited = Duration.ZERO;
  }

  /**
   * Tells after each cleanup.
   *
   * @param told whom; on the thread of reporters, which may block
   */
  public EfficiencyReporter(Consumer<? super Efficiency> told) {
    this(told, System::nanoTime);
  }

  EfficiencyReporter(Consumer<? super Efficiency> told, LongSupplier clock) {
    this.told = Objects.requireNonNull(told, "told");
    this.clock = clock;
  }

  @Override
  public void event(Event event) {
    Efficiency at = add(event);
    if (at != null) {
      told.accept(at);
    }
  }

  private synchronized @Nullable Efficiency add(Event event) {
    if (event instanceof Event.Finished finished) {
      finished(finished);
    } else if (event instanceof Event.Spawn spawn) {
      sums.started++;
      sums.starting = sums.starting.plus(spawn.starting());
    } else if (event instanceof Event.Exit exit) {
      exit(exit);
    } else if (event instanceof Event.StartFailed failed) {
      sums.failedStarts++;
      sums.starting = sums.starting.plus(failed.starting());
      sums.lives = sums.lives.plus(failed.starting());
    } else if (event instanceof Event.Dropped some) {
      sums.missing += some.count();
    } else if (event instanceof Event.Init init) {
      sums = new Sums();
      sums.children = init.children();
      sums.begin = clock.getAsLong();
    } else if (event instanceof Event.Cleanup) {
      sums.end = clock.getAsLong();
      return report();
    }
    return null;
  }

  private void finished(Event.Finished event) {
    Outcome<?, ?> outcome = event.outcome();
    sums.items++;
    sums.working = sums.working.plus(outcome.pid() == 0 ? Duration.ZERO : outcome.took());
    sums.waited = sums.waited.plus(event.waited());
    Efficiency.Slow least = sums.slowest.size() < SLOWEST ? null : sums.slowest.peek();
    if (least == null || outcome.took().compareTo(least.took()) > 0) {
      if (least != null) {
        sums.slowest.poll();
      }
      String item = Line.of(outcome.item());
      sums.slowest.add(new Efficiency.Slow(item, outcome.took(), Words.of(outcome)));
    }
  }

  private void exit(Event.Exit event) {
    sums.lives = sums.lives.plus(event.age());
    sums.busy = sums.busy.plus(event.busy());
    sums.lost += event.reason().isLost() ? 1 : 0;
  }

  /**
   * What is known by now. May be called by any thread.
   *
   * @return of the children that are gone
   */
  public synchronized Efficiency report() {
    Duration elapsed =
        Duration.ofNanos((sums.end == null ? clock.getAsLong() : sums.end) - sums.begin);
    List<Efficiency.Slow> slowest = new ArrayList<>(sums.slowest);
    slowest.sort(Comparator.comparing(Efficiency.Slow::took).reversed());
    return new Efficiency(
        sums.children,
        elapsed,
        sums.started,
        sums.failedStarts,
        sums.lost,
        sums.items,
        sums.starting,
        atLeastZero(sums.lives.minus(sums.starting).minus(sums.busy)),
        atLeastZero(sums.busy.minus(sums.working)),
        sums.working,
        sums.waited,
        slowest,
        sums.missing);
  }

  private static Duration atLeastZero(Duration span) {
    return span.isNegative() ? Duration.ZERO : span;
  }
}
