package io.delegate.report;

import io.delegate.Death;
import io.delegate.ExitReason;
import io.delegate.Progress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of one run. Cheap to tell, cheap to look at; its owner guards it by a lock. */
final class LiveTally {
  /** As many as are read before the next one comes. */
  static final int CASUALTIES = 3;

  /** What children say when they do not come up may be another thing each time. */
  private static final int KINDS = 64;

  private static final String OTHERS = "otherwise";
  private static final long RECENT = 5_000_000_000L;
  private static final long FORESEEABLE = 30_000_000_000L;

  private long start;
  private LiveRate recent;
  private LiveRate foreseeable;
  private final List<LiveChild> places = new ArrayList<>();
  private final Map<Long, LiveChild> children = new HashMap<>();
  private final Deque<Casualty> casualties = new ArrayDeque<>();
  private final Map<String, Map<String, Long>> ends = new LinkedHashMap<>();
  private long started;
  private long failedStarts;
  private long dropped;
  private long success;
  private long failure;
  private long aborted;
  private long timedOut;
  private long longest;
  private @Nullable Named slowest;

  LiveTally(long now) {
    start = now;
    recent = new LiveRate(RECENT, now);
    foreseeable = new LiveRate(FORESEEABLE, now);
  }

  /** The clocks start. What was told before is in the counts. */
  void start(long now) {
    start = now;
    recent = new LiveRate(RECENT, now);
    foreseeable = new LiveRate(FORESEEABLE, now);
  }

  /** The child takes the place of one that is gone, so that the others stay where they are. */
  void spawn(long pid, long now) {
    LiveChild place =
        places.stream().filter(LiveChild::isGone).findFirst().orElseGet(LiveChild::new);
    if (!places.contains(place)) {
      places.add(place);
    }
    place.spawn(pid, now);
    children.put(pid, place);
    started++;
  }

  void begin(long pid, Object item, long now) {
    LiveChild child = children.get(pid);
    if (child != null) {
      child.begin(new Named(item), now);
    }
  }

  void slow(long pid, Object item, Duration running, long now) {
    LiveChild child = children.get(pid);
    if (child != null) {
      child.slow(new Named(item), now - Amounts.nanos(running));
    }
  }

  void progress(long pid, Progress progress) {
    LiveChild child = children.get(pid);
    if (child != null) {
      child.progress(new Named(progress));
    }
  }

  void success(long pid, Object item, long now) {
    success++;
    finish(pid, item, now);
  }

  void fail(long pid, Object item, long now) {
    failure++;
    finish(pid, item, now);
  }

  void abort(Casualty casualty, Object item, long now) {
    aborted++;
    add(casualty);
    finish(casualty.pid(), item, now);
  }

  void timeout(Casualty casualty, Object item, long now) {
    timedOut++;
    add(casualty);
    finish(casualty.pid(), item, now);
  }

  void startFailed(Death how) {
    failedStarts++;
    count("did not come up", Casualty.start(how));
  }

  /** Items of which nothing is known but how many pieces of news were left out. */
  void dropped(long news) {
    dropped += news;
  }

  void exit(long pid, Death how, ExitReason reason, long now) {
    LiveChild child = children.remove(pid);
    if (child != null) {
      child.exit(how, reason, now);
    }
  }

  boolean hasChildren() {
    return !children.isEmpty();
  }

  boolean isEmpty() {
    return started + failedStarts + done() == 0;
  }

  LiveState look(long now) {
    places.removeIf(place -> place.isForgotten(now));
    Map<String, Map<String, Long>> copy = new LinkedHashMap<>();
    ends.forEach((outcome, whys) -> copy.put(outcome, new LinkedHashMap<>(whys)));
    return new LiveState(
        now - start,
        success,
        failure,
        aborted,
        timedOut,
        recent.perSecond(now, done()),
        foreseeable.perSecond(now, done()),
        places.stream().map(place -> place.look(now)).toList(),
        List.copyOf(casualties),
        copy,
        started,
        dropped,
        slowest,
        longest);
  }

  private long done() {
    return success + failure + aborted + timedOut;
  }

  private void finish(long pid, Object item, long now) {
    LiveChild child = children.get(pid);
    long took = child == null ? -1 : child.finish(now);
    if (took > longest) {
      longest = took;
      slowest = new Named(item);
    }
  }

  private void add(Casualty casualty) {
    casualties.addLast(casualty);
    if (casualties.size() > CASUALTIES) {
      casualties.removeFirst();
    }
    count(casualty.outcome(), casualty.kind());
  }

  private void count(String end, String kind) {
    Map<String, Long> kinds = ends.computeIfAbsent(end, any -> new LinkedHashMap<>());
    kinds.merge(kinds.size() < KINDS || kinds.containsKey(kind) ? kind : OTHERS, 1L, Long::sum);
  }
}
