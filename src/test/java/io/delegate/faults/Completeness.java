package io.delegate.faults;

import io.delegate.DelegateException;
import io.delegate.faults.Course.Stop;
import io.delegate.faults.Course.Way;
import io.delegate.faults.Journal.Note;
import io.delegate.faults.Trace.Receipt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Laws 1 and 2: one outcome for each item that was taken, and none is run twice. */
final class Completeness {
  /** So many children in a row that never served end the stream. */
  private static final int BARREN = 3;

  private final Evidence evidence;
  private final Consumer<String> wrong;

  private Completeness(Evidence evidence, Consumer<String> wrong) {
    this.evidence = evidence;
    this.wrong = wrong;
  }

  static void judge(Evidence evidence, Consumer<String> wrong) {
    Completeness judge = new Completeness(evidence, wrong);
    for (Trace trace : evidence.traces) {
      judge.end(trace);
      judge.outcomes(trace);
      trace.course.orders().forEach(order -> judge.starts(trace, order));
    }
    judge.recycling();
  }

  // ---- law 1

  private void end(Trace trace) {
    Stop stop = trace.course.stop();
    Throwable error = trace.error;
    boolean complete = trace.end.equals("completion");
    boolean all = trace.handed.size() == trace.course.orders().size();
    if (complete && (!all || stop == Stop.UPSTREAM_ERROR)) {
      wrong.accept("law 1: course " + trace.course.number() + " completed too soon");
    } else if (error instanceof RejectedExecutionException) {
      expect(trace, evidence.schedule.isCutShort());
    } else if (error instanceof DelegateException.StartFailed) {
      expect(trace, barren() >= BARREN);
    } else if (error instanceof Streams.Boom) {
      expect(trace, stop == Stop.UPSTREAM_ERROR && trace.handed.size() == trace.course.stopAt());
    } else if (!complete && !trace.isCancelled()) {
      expect(trace, false);
    }
  }

  private void expect(Trace trace, boolean expected) {
    if (!expected) {
      wrong.accept("law 8: course " + trace.course.number() + " ended with " + trace.end);
    }
  }

  /** How many children were struck dead that had served nobody. */
  private long barren() {
    List<Long> served = evidence.receipts().stream().map(r -> r.outcome().pid()).toList();
    return evidence.blows.struck().stream().filter(pid -> !served.contains(pid)).count();
  }

  private void outcomes(Trace trace) {
    Map<Integer, Integer> counts = new HashMap<>();
    int last = -1;
    for (Receipt receipt : trace.receipts) {
      int id = receipt.order().id();
      counts.merge(id, 1, Integer::sum);
      if (!trace.handed.containsKey(id)) {
        wrong.accept("law 1: an outcome of nothing: " + receipt.outcome());
      }
      if (trace.course.way() == Way.ORDERED && id <= last) {
        wrong.accept("law 1: " + receipt.order().name() + " out of order");
      }
      last = id;
    }
    boolean answered = trace.end.equals("completion") || trace.error instanceof Streams.Boom;
    for (int id : trace.handed.keySet()) {
      int count = counts.getOrDefault(id, 0);
      boolean excused = trace.refused.contains(id) || trace.abandoned.contains(id);
      // a single item's outcome may come while its time runs out
      if (count > 1 || (count == 0 && answered && !excused)) {
        String story = evidence.story(trace.course.order(id));
        wrong.accept("law 1: %d outcomes of %s".formatted(count, story));
      }
    }
    boolean mayRefuse = evidence.schedule.maxPending() >= 0 || evidence.schedule.isCutShort();
    if (!mayRefuse && !trace.refused.isEmpty()) {
      wrong.accept("law 1: refused without a reason: " + trace.refused);
    }
  }

  // ---- law 2

  private void starts(Trace trace, Order order) {
    List<Note> starts = evidence.starts(order);
    if (starts.isEmpty()) {
      return;
    }
    // one that is refused at the end of its scheduler may have begun before that
    boolean turnedAway = trace.refused.contains(order.id()) && !evidence.schedule.isCutShort();
    if (!trace.handed.containsKey(order.id()) || turnedAway) {
      wrong.accept("law 7: nobody had it to run: " + evidence.story(order));
    }
    long places = starts.stream().map(Note::pid).distinct().count();
    if (starts.size() > 1 + evidence.schedule.retries() || places < starts.size()) {
      wrong.accept("law 2: run too often: " + evidence.story(order));
    }
    for (int i = 1; i < starts.size(); i++) {
      long before = starts.get(i - 1).pid();
      boolean died = order.deed().fate == Deed.Fate.DEATH || evidence.blows.isStruck(before);
      if (!died) {
        wrong.accept(
            "law 2: run again though child " + before + " was well: " + evidence.story(order));
      }
      Note first = evidence.notes(starts.get(i).pid()).get(0);
      if (!Evidence.isOf(first, order)) {
        wrong.accept("retried in a child that had run others: " + evidence.story(order));
      }
    }
  }

  private void recycling() {
    int most = evidence.schedule.maxItems();
    evidence.byChild.forEach(
        (pid, notes) -> {
          long run = notes.stream().filter(Note::begun).count();
          if (most > 0 && run > most) {
            wrong.accept("child %d ran %d items, more than %d".formatted(pid, run, most));
          }
        });
  }
}
