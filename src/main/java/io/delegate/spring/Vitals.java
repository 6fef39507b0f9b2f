package io.delegate.spring;

import io.delegate.Death;
import io.delegate.Event;
import io.delegate.ProcessScheduler;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How one scheduler fares, by what it tells. */
final class Vitals implements Consumer<Event> {
  /** After so many in a row streams end with {@code StartFailed}, too. */
  private static final int STARTS = 3;

  /** A start that failed longer ago says nothing: nobody may have tried since. */
  private static final long SECONDS = 60;

  /** As a JVM needs to say which of its flags is wrong. */
  private static final int LINES = 3;

  private final ProcessScheduler scheduler;
  private final @Nullable Integer maxLosses;
  private final Clock clock;
  private final LastMinute losses = new LastMinute();
  private Event.@Nullable Load load;
  private int up;
  private int failedStarts;
  private long failedAt;
  private @Nullable String lastFailure;
  private @Nullable String lastLoss;

  /** Down for a reason, or up. */
  record Finding(@Nullable String down, Map<String, Object> details) {}

  Vitals(ProcessScheduler scheduler, @Nullable Integer maxLosses, Clock clock) {
    this.scheduler = scheduler;
    this.maxLosses = maxLosses;
    this.clock = clock;
  }

  private long now() {
    return Math.floorDiv(clock.millis(), 1000L);
  }

  @Override
  public synchronized void accept(Event event) {
    if (event instanceof Event.Spawn) {
      up++;
      failedStarts = 0;
    } else if (event instanceof Event.Exit exit) {
      up = Math.max(0, up - 1); // it may have come up before anybody listened
      if (exit.reason().isLost()) {
        losses.add(now());
        lastLoss = told(exit.death());
      }
    } else if (event instanceof Event.StartFailed failed) {
      failedStarts++;
      failedAt = now();
      lastFailure = told(failed.death());
    } else if (event instanceof Event.Load now) {
      load = now;
    }
  }

  /** With its last words: they say why, where the rest says how. */
  private String told(Death death) {
    List<String> lines = death.stderrTail().lines().filter(line -> !line.isBlank()).toList();
    List<String> words = lines.subList(Math.max(0, lines.size() - LINES), lines.size());
    String told = words.isEmpty() ? "" : ": " + String.join(" / ", words);
    return clock.instant() + " " + death + told;
  }

  synchronized Finding finding() {
    int lost = losses.sum(now());
    boolean failing = failedStarts >= STARTS && up == 0 && now() - failedAt < SECONDS;
    String down = null;
    if (scheduler.isDisposed()) {
      down = "disposed";
    } else if (failing) {
      down = "children cannot be started";
    } else if (maxLosses != null && lost > maxLosses) {
      down = "more children are lost than delegate.health.max-losses allows";
    }
    return new Finding(down, details(down, lost));
  }

  private Map<String, Object> details(@Nullable String down, int lost) {
    Map<String, Object> details = new LinkedHashMap<>();
    if (down != null) {
      details.put("problem", down);
    }
    details.put("childrenUp", up);
    Event.Load last = load;
    if (last != null) {
      details.put("childrenStarting", last.starting());
      details.put("childrenBusy", last.busy());
      details.put("itemsWaiting", last.waiting());
      details.put("itemsInHand", last.inHand());
    }
    details.put("lostInTheLastMinute", lost);
    if (lastLoss != null) {
      details.put("lastLoss", Objects.requireNonNull(lastLoss));
    }
    details.put("failedStartsInARow", failedStarts);
    if (lastFailure != null) {
      details.put("lastFailedStart", Objects.requireNonNull(lastFailure));
    }
    return details;
  }
}
