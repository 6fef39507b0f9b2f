package io.delegate.faults;

import io.delegate.Outcome;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What was done and seen, of all schedules together. */
final class Tally {
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  void add(String what, long count) {
    counts.computeIfAbsent(what, w -> new LongAdder()).add(count);
  }

  void add(Evidence evidence, int wrongs) {
    add("schedules", 1);
    add("wrongs", wrongs);
    for (Trace trace : evidence.traces) {
      add("items", trace.handed.size());
      add("refused", trace.refused.size());
      add("given up", trace.abandoned.size());
      if (trace.mostUnderWay() > 100) {
        add("streams with more than 100 items under way", 1);
      }
      add(trace.isCancelled() ? "streams cancelled" : "streams ended", 1);
      trace.receipts.forEach(
          receipt -> {
            Outcome<Object, Object> outcome = receipt.outcome();
            String kind = outcome.getClass().getSimpleName();
            add(outcome instanceof Outcome.TimedOut<?, ?> t ? kind + " " + t.which() : kind, 1);
            if (outcome instanceof Outcome.Aborted<?, ?> a) {
              add("died of " + a.death().cause(), 1);
            }
          });
    }
    add("children that served", evidence.byChild.size());
    add("starts of items", evidence.notes.stream().filter(Journal.Note::begun).count());
    add("killed from outside", evidence.blows.struck().size());
  }

  @Override
  public String toString() {
    return new TreeMap<>(counts).toString();
  }
}
