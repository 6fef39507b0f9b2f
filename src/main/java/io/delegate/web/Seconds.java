package io.delegate.web;

import java.util.ArrayList;
import java.util.List;

/** The last so many seconds, in a ring. */
final class Seconds {
  private final Second[] ring;

  Seconds(int count) {
    ring = new Second[count + 1]; // the one that goes on, too
    for (int i = 0; i < ring.length; i++) {
      ring[i] = new Second();
    }
  }

  void add(long second, Kind kind, long took, long version) {
    Second place = ring[(int) (second % ring.length)];
    place.begin(second);
    place.add(kind, took, version);
  }

  /** Those that are new since then, in order. */
  List<Second> since(long seen, long now) {
    List<Second> found = new ArrayList<>();
    for (long at = Math.max(0, now - ring.length + 1); at <= now; at++) {
      Second second = ring[(int) (at % ring.length)];
      if (second.at() == at && second.stamp() > seen) {
        found.add(second);
      }
    }
    return found;
  }
}
