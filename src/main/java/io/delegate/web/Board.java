package io.delegate.web;

import io.delegate.Death;
import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.Outcome;
import io.delegate.Reporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All that the page shows, in bounded room. Each event is a version; what an event changes bears
 * its number, so that a viewer is told what is newer than what it has seen. Told by the thread of
 * reporters, asked by that of the audience.
 */
final class Board implements Reporter {
  /** More rows are no picture any more. */
  static final int MAX_LANES = 256;

  /** Of all strips together: some 10 MB if all their texts are as long as they may be. */
  static final int MAX_SEGMENTS = 16_384;

  /** Of one: as many as a wide screen has room for. */
  static final int MAX_SEGMENTS_OF_LANE = 512;

  /** With those that are gone: in some clusters one that comes back is another. */
  static final int MOST_NODES = 64;

  private static final long SECOND = 1_000_000_000;

  /** One for each frame, at least: else a strip would not be seen to grow. */
  private static final long SHORTEST_SPAN = Audience.TICK.toNanos();

  final DashboardOptions options;
  final long wall;
  final Seconds seconds;
  final List<Lane> lanes = new ArrayList<>();
  final Map<Long, DeathEntry> deaths = new LinkedHashMap<>();
  final long[] counts = new long[Kind.COUNT];
  Event.@Nullable Load load;

  /** Of a cluster, by number, with those that have gone lately; the latest told of come last. */
  final Map<Integer, Event.Node> nodes = new LinkedHashMap<>();

  long version = 1; // since who has seen 0 is told all
  int children;
  long started;
  long lost;
  long leftOut;

  private final LongSupplier clock;
  private final long start;
  private final long history;
  private final Map<Long, Lane> byPid = new HashMap<>();
  private long ids;

  /**
   * Makes one that knows nothing.
   *
   * @param clock in ns, from anywhere
   * @param wall what the time is, in ms since 1970
   */
  Board(DashboardOptions options, LongSupplier clock, long wall) {
    this.options = options;
    this.clock = clock;
    this.wall = wall;
    start = clock.getAsLong();
    history = options.history().toNanos();
    seconds = new Seconds((int) options.history().toSeconds());
  }

  /** On the board's clock, in ns. */
  long now() {
    return clock.getAsLong() - start;
  }

  /** What is newer than that; all for 0. */
  synchronized Frame frame(long seen) {
    return Frame.of(this, seen);
  }

  synchronized long version() {
    return version;
  }

  @Override
  public synchronized void event(Event event) {
    version++;
    long now = now();
    if (event instanceof Event.Finished e) {
      finished(e.outcome(), now);
    } else if (event instanceof Event.Begin e) {
      begin(e, now);
    } else if (event instanceof Event.Slow e) {
      slow(e, now);
    } else if (event instanceof Event.Progress e) {
      progress(e);
    } else if (event instanceof Event.Spawn e) {
      spawn(e.pid(), now);
    } else if (event instanceof Event.Exit e) {
      exit(e, now);
    } else {
      other(event, now);
    }
  }

  private void other(Event event, long now) {
    if (event instanceof Event.StartFailed e) {
      String why = DeathEntry.why(e.death());
      add("startFailed", e.pid(), "", why, "", Optional.of(e.death()), now);
    } else if (event instanceof Event.Load e) {
      load = e;
    } else if (event instanceof Event.Init e) {
      children = e.children();
    } else if (event instanceof Event.Dropped e) {
      leftOut += e.count();
    } else if (event instanceof Event.Node e) {
      nodes.remove(e.number()); // so that those come first that have not been heard of for long
      nodes.put(e.number(), e);
      forgetNodes();
      children = nodes.values().stream().mapToInt(Event.Node::children).sum();
    }
  }

  private void forgetNodes() {
    Iterator<Event.Node> all = nodes.values().iterator();
    while (nodes.size() > MOST_NODES && all.hasNext()) {
      if (all.next().children() == 0) {
        all.remove();
      }
    }
  }

  /** The child takes the slot that was left last: so a strip goes on where it broke off. */
  private void spawn(long pid, long now) {
    started++;
    Lane free = null;
    for (Lane lane : lanes) {
      if (lane.isFree() && (free == null || lane.since() > free.since())) {
        free = lane;
      }
    }
    if (free == null && lanes.size() < MAX_LANES) {
      free = new Lane(lanes.size());
      lanes.add(free);
    }
    if (free != null) {
      free.spawn(pid, now, version);
      byPid.put(pid, free);
    }
  }

  private void begin(Event.Begin begun, long now) {
    Lane lane = byPid.get(begun.pid());
    if (lane != null) {
      lane.begin(begun.item(), now, version);
    }
  }

  private void slow(Event.Slow slow, long now) {
    Lane lane = byPid.get(slow.pid());
    if (lane != null) {
      lane.slow(slow.item(), Math.max(0, now - nanos(slow.running())), version);
    }
  }

  private void progress(Event.Progress said) {
    Lane lane = byPid.get(said.pid());
    if (lane != null) {
      lane.progress(said.progress(), version);
    }
  }

  private void finished(Outcome<?, ?> outcome, long now) {
    Kind kind = Kind.of(outcome);
    boolean ran = outcome.attempt() > 0;
    long took = nanos(outcome.took());
    counts[kind.ordinal()]++;
    seconds.add(now / SECOND, kind, ran ? took / 1_000 : -1, version);
    Lane lane = ran ? byPid.get(outcome.pid()) : null;
    if (lane != null) {
      draw(lane, outcome, kind, took, now);
      lane.finish(now, version);
    }
    if (ran && !kind.isHarmless()) {
      mourn(lane, outcome, now);
    }
  }

  private void draw(Lane lane, Outcome<?, ?> outcome, Kind kind, long took, long now) {
    long span = span();
    boolean brief = kind.isHarmless() && took < span;
    Segment segment = lane.last();
    if (segment == null || !brief || !segment.takes(outcome.pid(), now, span)) {
      long from = Math.max(0, now - took);
      String item = ShortText.of(outcome.item());
      segment = segment(lane, outcome.pid(), from, now, brief, item);
      segment.name(item, why(outcome));
    } else if (segment.wantsText(kind)) {
      segment.name(ShortText.of(outcome.item()), why(outcome));
    }
    segment.add(kind, took, now);
    segment.stamp(version);
  }

  private Segment segment(Lane lane, long pid, long from, long to, boolean growing, String item) {
    Segment segment = new Segment(++ids, lane.slot(), pid, from, to, growing, item);
    segment.stamp(version);
    lane.add(segment, perLane(), to - history);
    return segment;
  }

  private String why(Outcome<?, ?> outcome) {
    if (outcome instanceof Outcome.Failure<?, ?> f) {
      String error = f.error().type();
      return ShortText.of(options.evidence() ? error + ": " + f.error().message() : error);
    }
    if (outcome instanceof Outcome.Aborted<?, ?> a) {
      return DeathEntry.why(a.death());
    }
    return outcome instanceof Outcome.TimedOut<?, ?> t ? late(t) : "";
  }

  private static String late(Outcome.TimedOut<?, ?> late) {
    String iso = late.limit().toString().substring(2).toLowerCase(Locale.ROOT);
    String time = iso.replaceAll("(?<=[a-z])(?=\\d)|(?<=\\d)(?=[a-z])", " ");
    return "longer than " + time + " (" + late.which().option() + ")";
  }

  private void mourn(@Nullable Lane lane, Outcome<?, ?> outcome, long now) {
    String item = ShortText.of(outcome.item());
    Optional<Death> death =
        outcome instanceof Outcome.Aborted<?, ?> a ? Optional.of(a.death()) : Optional.empty();
    String dump =
        outcome instanceof Outcome.TimedOut<?, ?> t
            ? ShortText.cut(t.threadDump(), DeathEntry.EVIDENCE)
            : "";
    String kind = death.isPresent() ? "aborted" : "timedOut";
    DeathEntry entry = add(kind, outcome.pid(), item, why(outcome), dump, death, now);
    if (lane != null) {
      lane.fatal(entry);
    }
  }

  private DeathEntry add(
      String kind,
      long pid,
      String item,
      String what,
      String dump,
      Optional<Death> death,
      long now) {
    lost++;
    DeathEntry entry =
        new DeathEntry(
            ++ids, version, now, pid, kind, item, what, dump, death.map(DeathEntry::lean));
    deaths.put(entry.id(), entry);
    if (deaths.size() > options.maxDeaths()) {
      deaths.remove(deaths.keySet().iterator().next());
    }
    return entry;
  }

  private void exit(Event.Exit exit, long now) {
    long pid = exit.pid();
    Death how = exit.death();
    boolean asked = !exit.reason().isLost();
    Lane lane = byPid.remove(pid);
    DeathEntry fatal = lane == null ? null : lane.fatal();
    if (fatal != null) {
      deaths.replace(fatal.id(), fatal.with(how, version));
    } else if (!asked) {
      String why = DeathEntry.why(how, exit.reason());
      String item = cutOff(lane, pid, why, now);
      add("exit", pid, item, why, "", Optional.of(how), now);
    } else if (exit.reason() == ExitReason.CANCELLED) {
      cutOff(lane, pid, DeathEntry.why(how, exit.reason()), now);
    }
    if (lane != null) {
      String end = fatal != null ? fatal.what() : DeathEntry.why(how, exit.reason());
      lane.exit(end, now, version);
    }
  }

  /** No item was charged: it is run again, or nobody waits for it any more, or there was none. */
  private String cutOff(@Nullable Lane lane, long pid, String why, long now) {
    if (lane == null || !lane.runs()) {
      return "";
    }
    String item = lane.text();
    segment(lane, pid, lane.since(), now, false, item).name(item, why);
    return item;
  }

  /** How many pieces a strip may have. */
  private int perLane() {
    return Math.min(MAX_SEGMENTS_OF_LANE, MAX_SEGMENTS / Math.max(1, lanes.size()));
  }

  /** How long a piece of short runs may be, so that a strip reaches back as far as it should. */
  private long span() {
    return Math.max(SHORTEST_SPAN, history / perLane());
  }

  private static long nanos(Duration time) {
    try {
      return time.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE / 4;
    }
  }
}
