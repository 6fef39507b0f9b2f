package io.delegate.faults;

import io.delegate.faults.Journal.Note;
import io.delegate.faults.Trace.Receipt;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** All that is known of a run from outside, put in order for the judges. */
final class Evidence {
  final Schedule schedule;
  final List<Trace> traces;
  final Blows blows;
  final List<Note> notes;

  /** Notes by child, in the order they were written. */
  final Map<Long, List<Note>> byChild;

  private final Map<String, List<Note>> starts;

  Evidence(Schedule schedule, List<Trace> traces, Blows blows, List<Note> notes) {
    this.schedule = schedule;
    this.traces = traces;
    this.blows = blows;
    this.notes = notes;
    this.byChild = notes.stream().collect(Collectors.groupingBy(Note::pid));
    this.starts =
        notes.stream().filter(Note::begun).collect(Collectors.groupingBy(Evidence::nameOf));
  }

  private static String nameOf(Note note) {
    return note.course() + "/" + note.id();
  }

  /** When and where an item began. */
  List<Note> starts(Order order) {
    return starts.getOrDefault(order.name(), List.of());
  }

  boolean begunIn(Order order, long pid) {
    return starts(order).stream().anyMatch(note -> note.pid() == pid);
  }

  boolean endedIn(Order order, long pid) {
    return notes(pid).stream().anyMatch(note -> !note.begun() && isOf(note, order));
  }

  static boolean isOf(Note note, Order order) {
    return note.course() == order.course() && note.id() == order.id();
  }

  List<Note> notes(long pid) {
    return byChild.getOrDefault(pid, List.of());
  }

  /** The item that began last in a child, or null. */
  Note lastBegun(long pid) {
    return notes(pid).stream().filter(Note::begun).reduce((a, b) -> b).orElse(null);
  }

  /** The item that was begun in a child and is not over, or null. */
  Note running(long pid) {
    Note last = lastBegun(pid);
    return last == null || endedIn(order(last), pid) ? null : last;
  }

  /** Before this the item cannot have begun: the end of the one before it, in that child. */
  long earliest(Order order, long pid) {
    long before = Long.MIN_VALUE;
    for (Note note : notes(pid)) {
      if (isOf(note, order)) {
        break;
      }
      before = note.nanos();
    }
    return before;
  }

  List<Receipt> receipts() {
    return traces.stream().map(trace -> trace.receipts).flatMap(Collection::stream).toList();
  }

  Order order(Note note) {
    return traces.stream()
        .filter(trace -> trace.course.number() == note.course())
        .findFirst()
        .orElseThrow()
        .course
        .order(note.id());
  }

  /** What is known of an item, for messages. */
  String story(Order order) {
    List<String> story = new ArrayList<>();
    notes.stream()
        .filter(note -> isOf(note, order))
        .forEach(note -> story.add((note.begun() ? "begun in " : "over in ") + note.pid()));
    return order.name() + " " + order.deed() + " " + story;
  }
}
