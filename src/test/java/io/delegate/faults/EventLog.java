package io.delegate.faults;

import io.delegate.Event;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Hears the events of a scheduler: each child that came also goes, once. */
final class EventLog {
  private final Map<Long, Integer> alive = new HashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private String wrong = "";

  synchronized void heard(Event event) {
    if (event instanceof Event.Spawn spawn) {
      alive.merge(spawn.pid(), 1, Integer::sum);
    } else if (event instanceof Event.Exit exit) {
      if (alive.merge(exit.pid(), -1, Integer::sum) != 0) {
        wrong += "an exit without a spawn, or two: " + exit + "; ";
      }
    }
  }

  void closed() {
    closed.countDown();
  }

  void judge(Consumer<String> report) throws InterruptedException {
    if (!closed.await(30, TimeUnit.SECONDS)) {
      report.accept("the events do not end");
    }
    synchronized (this) {
      alive.values().removeIf(count -> count == 0);
      if (!alive.isEmpty() || !wrong.isEmpty()) {
        report.accept("events: " + wrong + " no exit of " + alive.keySet());
      }
    }
  }
}
