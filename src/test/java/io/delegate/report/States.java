package io.delegate.report;

import io.delegate.Death;
import io.delegate.Outcome;
import io.delegate.report.LiveChild.Now;
import io.delegate.report.LiveChild.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs at one moment, for tests. */
final class States {
  static final Death CRASH =
      new Death(139, Optional.of("SIGSEGV"), Death.Cause.SIGNAL, "first\nbad header\n\n");

  private final List<Now> children = new ArrayList<>();
  private final List<Casualty> casualties = new ArrayList<>();
  private long success;
  private long failure;
  private long aborted;
  private long timedOut;

  States outcomes(long successes, long failures, long aborts, long timeouts) {
    success = successes;
    failure = failures;
    aborted = aborts;
    timedOut = timeouts;
    return this;
  }

  States child(long pid, State state, String item, double seconds) {
    long running = seconds < 0 ? -1 : (long) (seconds * 1e9);
    children.add(new Now(pid, state, item == null ? null : new Named(item), running, ""));
    return this;
  }

  States gone(long pid, String end) {
    children.add(new Now(pid, State.GONE, null, -1, end));
    return this;
  }

  States aborted(long pid, String item) {
    casualties.add(Casualty.aborted(pid, new Named(item), CRASH));
    return this;
  }

  States timedOut(long pid, String item, Duration limit) {
    casualties.add(
        Casualty.timedOut(
            pid, new Named(item), limit, pid == 0 ? Outcome.Limit.QUEUE : Outcome.Limit.ITEM));
    return this;
  }

  LiveState at(double seconds, double rate) {
    return new LiveState(
        (long) (seconds * 1e9),
        success,
        failure,
        aborted,
        timedOut,
        rate,
        rate,
        children,
        casualties,
        Map.of(),
        children.size(),
        0,
        null,
        0);
  }
}
