package io.delegate.faults;

import io.delegate.faults.Journal.Note;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;

/** Law 9: what items print arrives whole, once, and nothing else is on stdout. */
final class Printing {
  private Printing() {}

  static void judge(Evidence evidence, Output output, Consumer<String> wrong) {
    evidence.byChild.forEach(
        (pid, notes) -> {
          Output.Lines lines = output.take(pid);
          judge(evidence, pid, 'o', lines.stdout(), wrong);
          judge(evidence, pid, 'e', lines.stderr(), wrong);
        });
    // those that crashed before they had an item: what they said is not for the next of that pid
    evidence.blows.struck().forEach(output::take);
  }

  private static boolean crashed(Evidence evidence, long pid) {
    Note running = evidence.running(pid);
    return (running != null && evidence.order(running).deed() == Deed.CRASHES_NATIVELY)
        || evidence.blows.on(pid).stream().anyMatch(blow -> blow.what() == Act.What.SEGV);
  }

  private static void judge(
      Evidence evidence, long pid, char stream, Queue<String> printed, Consumer<String> wrong) {
    Map<String, Integer> counts = new HashMap<>();
    printed.forEach(line -> counts.merge(line, 1, Integer::sum));
    boolean crashed = crashed(evidence, pid);
    List<String> cutOff = new ArrayList<>();
    for (Note note : evidence.notes(pid)) {
      Order order = evidence.order(note);
      if (note.begun() && order.deed() == Deed.PRINTS) {
        boolean whole = evidence.endedIn(order, pid);
        for (int i = 0; i < order.arg(); i++) {
          String line = Printed.line(stream, order, i);
          int count = counts.getOrDefault(line, 0);
          counts.remove(line);
          if (count == 0 && crashed) { // the JVM tells of its crash meanwhile, in the same line
            count = (int) printed.stream().filter(mixed -> mixed.contains(line)).count();
          }
          if (count > 1 || (count == 0 && whole)) {
            wrong.accept("law 9: child %d, %d times: %s".formatted(pid, count, line));
          }
          if (!whole) {
            cutOff.add(line);
          }
        }
      }
    }
    // the JVM has its own say on stderr, and of a crash on stdout; the last line of a child that
    // died while it printed may be cut off
    if (stream == 'o' && !crashed) {
      counts.keySet().stream()
          .filter(line -> cutOff.stream().noneMatch(whole -> whole.startsWith(line)))
          .forEach(line -> wrong.accept("law 9: child %d said \"%s\"".formatted(pid, line)));
    }
  }
}
