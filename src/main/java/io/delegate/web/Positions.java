package io.delegate.web;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Where the items under way stand in their request. An outcome brings its very item along, which is
 * looked up here. Where one object is several items at once, they are the same in all but this, and
 * the first outcome is the first one's.
 */
final class Positions {
  private final Map<Object, Deque<Long>> byItem = new IdentityHashMap<>();
  private long next;

  /** An item more. */
  synchronized void add(Object item) {
    byItem.computeIfAbsent(item, i -> new ArrayDeque<>(1)).add(next++);
  }

  /** Where it stood, from 0; it is under way no more. */
  synchronized long remove(Object item) {
    Deque<Long> positions = byItem.get(item);
    if (positions == null) {
      throw new IllegalStateException("an outcome of an item that is not under way: " + item);
    }
    long first = positions.remove();
    if (positions.isEmpty()) {
      byItem.remove(item);
    }
    return first;
  }

  /** How many there were. */
  synchronized long count() {
    return next;
  }

  /** Whether nothing is under way. */
  synchronized boolean isIdle() {
    return byItem.isEmpty();
  }
}
