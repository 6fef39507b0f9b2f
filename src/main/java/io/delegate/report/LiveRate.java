package io.delegate.report;

import java.util.ArrayDeque;
import java.util.Deque;

/** How many per second, over the last so many seconds. */
final class LiveRate {
  private record Sample(long at, long count) {}

  private final long window;
  private final Deque<Sample> samples = new ArrayDeque<>();

  LiveRate(long window, long now) {
    this.window = window;
    samples.add(new Sample(now, 0));
  }

  /** Tells it the count of now. What is asked more often than 20 times a window costs no memory. */
  double perSecond(long now, long count) {
    while (samples.size() > 1 && now - second().at() >= window) {
      samples.removeFirst();
    }
    Sample base = samples.getFirst();
    if (now - samples.getLast().at() >= window / 20) {
      samples.addLast(new Sample(now, count));
    }
    long nanos = now - base.at();
    return nanos <= 0 ? 0 : (count - base.count()) * 1e9 / nanos;
  }

  private Sample second() {
    var all = samples.iterator();
    all.next();
    return all.next();
  }
}
