package io.delegate.faults;

import io.delegate.faults.Course.Way;
import io.delegate.faults.Journal.Note;
import io.delegate.faults.Trace.Demand;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Law 7: no item had begun at any instant that nobody had asked for by then. */
final class Demands {
  private Demands() {}

  static void judge(Evidence evidence, Consumer<String> wrong) {
    for (Trace trace : evidence.traces) {
      if (trace.course.way() != Way.SINGLES) { // each of which is its own demand
        judge(evidence, trace, wrong);
      }
    }
  }

  /** All processes of a machine have one monotonic clock, and a wish is noted before it is told. */
  private static void judge(Evidence evidence, Trace trace, Consumer<String> wrong) {
    List<Note> starts =
        evidence.notes.stream()
            .filter(note -> note.begun() && note.course() == trace.course.number())
            .sorted(Comparator.comparingLong(Note::nanos))
            .toList();
    Set<Integer> begun = new HashSet<>();
    int next = 0;
    long wanted = 0;
    List<Demand> demands = trace.demands;
    for (Note start : starts) {
      while (next < demands.size() && demands.get(next).nanos() <= start.nanos()) {
        wanted = demands.get(next++).total();
      }
      begun.add(start.id());
      if (begun.size() > wanted) {
        wrong.accept(
            "law 7: %d items of course %d had begun when %d were wanted"
                .formatted(begun.size(), trace.course.number(), wanted));
        return;
      }
    }
  }
}
