package io.delegate.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** The items of a twin that wait for a child; streams take turns. Used in the twin's drain. */
final class TwinQueue {
  private final TwinClock clock;
  private final @Nullable Duration limit;
  private final Consumer<Flight> late;

  /** Those first whose turn it is. */
  private final Map<Source, ArrayDeque<Waiting>> waiting = new LinkedHashMap<>();

  /** Items whose child died, to be run again: each in a fresh child. */
  private final ArrayDeque<Flight> suspects = new ArrayDeque<>();

  private int size;

  private record Waiting(Flight flight, Disposable timer) {}

  /** {@code late}: is told, anywhere, of an item that has waited for as long as it may. */
  TwinQueue(TwinClock clock, @Nullable Duration limit, Consumer<Flight> late) {
    this.clock = clock;
    this.limit = limit;
    this.late = late;
  }

  /** Those that wait for their first run. */
  int size() {
    return size;
  }

  int suspects() {
    return suspects.size();
  }

  void add(Flight flight) {
    Disposable timer =
        limit == null ? Disposables.disposed() : clock.after(limit, () -> late.accept(flight));
    waiting
        .computeIfAbsent(flight.source, s -> new ArrayDeque<>())
        .addLast(new Waiting(flight, timer));
    size++;
  }

  void addSuspect(Flight flight) {
    suspects.addFirst(flight);
  }

  @Nullable Flight nextSuspect() {
    return suspects.pollFirst();
  }

  @Nullable Flight next() {
    Iterator<Map.Entry<Source, ArrayDeque<Waiting>>> turns = waiting.entrySet().iterator();
    if (!turns.hasNext()) {
      return null;
    }
    Map.Entry<Source, ArrayDeque<Waiting>> turn = turns.next();
    Source source = turn.getKey();
    ArrayDeque<Waiting> items = turn.getValue();
    turns.remove();
    Waiting first = items.removeFirst();
    if (!items.isEmpty()) {
      waiting.put(source, items);
    }
    return taken(first);
  }

  private Flight taken(Waiting one) {
    size--;
    one.timer().dispose();
    return one.flight();
  }

  /** Takes out one that still waits. */
  boolean remove(Flight flight) {
    ArrayDeque<Waiting> items = waiting.get(flight.source);
    if (items == null) {
      return false;
    }
    for (Iterator<Waiting> all = items.iterator(); all.hasNext(); ) {
      Waiting one = all.next();
      if (one.flight() == flight) {
        all.remove();
        taken(one);
        if (items.isEmpty()) {
          waiting.remove(flight.source);
        }
        return true;
      }
    }
    return false;
  }

  /** Takes out all of a stream: first those that never ran. */
  List<Flight> removeAll(Source source) {
    List<Flight> found = new ArrayList<>();
    ArrayDeque<Waiting> items = waiting.remove(source);
    if (items != null) {
      items.forEach(one -> found.add(taken(one)));
    }
    return found;
  }

  List<Flight> removeSuspects(Source source) {
    List<Flight> found = suspects.stream().filter(flight -> flight.source == source).toList();
    suspects.removeAll(found);
    return found;
  }

  List<Source> sources() {
    return List.copyOf(waiting.keySet());
  }
}
