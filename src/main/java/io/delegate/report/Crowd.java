package io.delegate.report;

import static java.util.stream.Collectors.joining;

import io.delegate.report.LiveChild.Now;
import io.delegate.report.LiveChild.State;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * More children than rows: those that have run longest are shown, each in its place, so that few
 * rows change; of the others it is told what they do.
 */
record Crowd(List<Now> shown, String others) {
  private static final Comparator<Now> LONGEST_FIRST =
      Comparator.<Now, Boolean>comparing(child -> child.state() != State.SLOW)
          .thenComparing(child -> child.state() != State.RUNNING)
          .thenComparing(child -> child.state() == State.GONE)
          .thenComparing(child -> -child.running());

  static Crowd of(List<Now> all, int rows, String more) {
    Set<Now> chosen = all.stream().sorted(LONGEST_FIRST).limit(rows).collect(Collectors.toSet());
    List<Now> rest = all.stream().filter(child -> !chosen.contains(child)).toList();
    String states =
        Arrays.stream(State.values())
            .map(state -> told(rest, state))
            .filter(text -> !text.isEmpty())
            .collect(joining(", ", " (", ")"));
    String count = Amounts.number(rest.size());
    return new Crowd(
        all.stream().filter(chosen::contains).toList(),
        (rows == 0 ? count + " children" : more + " and " + count + " more") + states);
  }

  private static String told(List<Now> rest, State state) {
    long count = rest.stream().filter(child -> child.state() == state).count();
    return count == 0 ? "" : Amounts.number(count) + " " + state.word();
  }
}
