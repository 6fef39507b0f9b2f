package io.delegate.spring;

import io.delegate.Event;
import io.delegate.ProcessScheduler;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The health of all schedulers of the context, in no form of Spring's yet. */
final class SchedulerHealth implements Follower {
  private final @Nullable Integer maxLosses;
  private final Clock clock;
  private final Map<String, Vitals> all = new ConcurrentHashMap<>();

  SchedulerHealth(@Nullable Integer maxLosses, Clock clock) {
    this.maxLosses = maxLosses;
    this.clock = clock;
  }

  @Override
  public Consumer<Event> follow(String name, ProcessScheduler scheduler) {
    Vitals vitals = new Vitals(scheduler, maxLosses, clock);
    all.put(name, vitals);
    return vitals;
  }

  /** Up when all are; with the details of each by its name. */
  record Report(boolean up, Map<String, Object> details) {}

  Report report() {
    Map<String, Object> details = new LinkedHashMap<>();
    boolean up = true;
    for (Map.Entry<String, Vitals> one : new TreeMap<>(all).entrySet()) {
      Vitals.Finding finding = one.getValue().finding();
      up &= finding.down() == null;
      details.put(one.getKey(), finding.details());
    }
    return new Report(up, details);
  }
}
