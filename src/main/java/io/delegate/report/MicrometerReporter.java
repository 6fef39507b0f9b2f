package io.delegate.report;

import io.delegate.Event;
import io.delegate.Reporter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Measures what goes on, by Micrometer ({@code io.micrometer:micrometer-core}, an optional
 * dependency).
 *
 * <pre>
 *   delegate.children             gauge    state=starting|idle|busy
 *   delegate.node.children        gauge    node=its name; those of a node of a cluster, 0 once it is gone
 *   delegate.child.starts         timer    how long children take to come up
 *   delegate.child.start.failures counter  children that ended before they were up
 *   delegate.child.deaths         counter  cause=exit|signal|out_of_memory|…; of children that were lost
 *   delegate.child.exits          counter  reason=idle|recycled|crashed|timed_out|…; of all that were up
 *   delegate.items.waiting        gauge    items that no child has
 *   delegate.items.in.hand        gauge    items in the children's hands
 *   delegate.window               gauge    the largest part of these in the hands of one child
 *   delegate.item.runs            timer    outcome=success|failure|aborted|timed_out; how long it ran
 *   delegate.item.waits           timer    how long an item was under way without running
 *   delegate.items.slow           counter  items that ran for longer than slowAfter
 *   delegate.bytes.sent           counter  bytes to the children
 *   delegate.bytes.received       counter  bytes of results from the children
 *   delegate.events.dropped       counter  events that came too fast for reporters: other meters lack them
 * </pre>
 *
 * <p>Gauges and byte counters are at most 200 ms old. An item that could not be sent, or waited too
 * long, ran for 0 s. Use one for each scheduler, with tags that tell them apart: two with the same
 * tags overwrite each other's gauges. The reasons are those of {@link io.delegate.ExitReason}.
 */
public final class MicrometerReporter implements Reporter {
  /** In some clusters a node that comes back is another: more of those that are gone are let go. */
  private static final int MOST_NODES = 64;

  private static final Event.Load NONE = new Event.Load(0, 0, 0, 0, 0, 0, 0, 0);

  private final MeterRegistry registry;
  private final Tags tags;
  private final Map<String, Timer> runs;
  private final Timer starts;
  private final Timer waits;
  private final Counter startFailures;
  private final Counter slow;
  private final Counter dropped;
  private final Map<String, Integer> nodes = new ConcurrentHashMap<>();
  private final Map<String, Gauge> nodeGauges = new ConcurrentHashMap<>();
  private volatile Event.Load load = NONE;

  /**
   * Registers the meters.
   *
   * @param registry where
   * @param tags for all of them, such as the name of the scheduler
   */
  public MicrometerReporter(MeterRegistry registry, Tag... tags) {
    this.registry = Objects.requireNonNull(registry, "registry");
    this.tags = Tags.of(tags);
    runs =
        Stream.of("success", "failure", "aborted", "timed_out")
            .collect(Collectors.toMap(o -> o, o -> timer("delegate.item.runs", outcome(o))));
    starts = timer("delegate.child.starts", this.tags);
    waits = timer("delegate.item.waits", this.tags);
    startFailures = counter("delegate.child.start.failures");
    slow = counter("delegate.items.slow");
    dropped = counter("delegate.events.dropped");
    children("starting", Event.Load::starting);
    children("idle", Event.Load::idle);
    children("busy", Event.Load::busy);
    gauge("delegate.items.waiting", this.tags, Event.Load::waiting);
    gauge("delegate.items.in.hand", this.tags, Event.Load::inHand);
    gauge("delegate.window", this.tags, Event.Load::mostInHand);
    bytes("delegate.bytes.sent", Event.Load::sent);
    bytes("delegate.bytes.received", Event.Load::received);
  }

  private Tags outcome(String name) {
    return tags.and("outcome", name);
  }

  private void children(String state, ToDoubleFunction<Event.Load> value) {
    gauge("delegate.children", tags.and("state", state), value);
  }

  private void gauge(String name, Tags with, ToDoubleFunction<Event.Load> value) {
    Gauge.builder(name, this, r -> value.applyAsDouble(r.load))
        .tags(with)
        .strongReference(true)
        .register(registry);
  }

  private void node(Event.Node node) {
    String name = node.name();
    nodes.put(name, node.children());
    nodeGauges.computeIfAbsent(
        name,
        unknown ->
            Gauge.builder("delegate.node.children", nodes, all -> all.getOrDefault(name, 0))
                .tags(tags.and("node", name))
                .strongReference(true)
                .register(registry));
    if (nodes.size() > MOST_NODES) {
      nodes.forEach(this::forgetGone);
    }
  }

  private void forgetGone(String node, int children) {
    Gauge gauge = children == 0 ? nodeGauges.remove(node) : null;
    if (gauge != null) {
      registry.remove(gauge);
      nodes.remove(node);
    }
  }

  private void bytes(String name, ToDoubleFunction<Event.Load> value) {
    FunctionCounter.builder(name, this, r -> value.applyAsDouble(r.load))
        .tags(tags)
        .baseUnit("bytes")
        .register(registry);
  }

  private Timer timer(String name, Tags with) {
    return Timer.builder(name).tags(with).register(registry);
  }

  private Counter counter(String name) {
    return Counter.builder(name).tags(tags).register(registry);
  }

  @Override
  public void event(Event event) {
    if (event instanceof Event.Finished finished) {
      finished(finished);
    } else if (event instanceof Event.Load now) {
      load = now;
    } else if (event instanceof Event.Spawn spawn) {
      starts.record(spawn.starting());
    } else if (event instanceof Event.StartFailed) {
      startFailures.increment();
    } else if (event instanceof Event.Exit exit) {
      count("delegate.child.exits", "reason", exit.reason());
      if (exit.reason().isLost()) {
        count("delegate.child.deaths", "cause", exit.death().cause());
      }
    } else if (event instanceof Event.Slow) {
      slow.increment();
    } else if (event instanceof Event.Dropped some) {
      dropped.increment((double) some.count());
    } else if (event instanceof Event.Node node) {
      node(node);
    }
  }

  private void count(String name, String tag, Enum<?> value) {
    Counter.builder(name)
        .tags(tags.and(tag, value.name().toLowerCase(Locale.ROOT)))
        .register(registry)
        .increment();
  }

  private void finished(Event.Finished event) {
    Objects.requireNonNull(runs.get(Words.of(event.outcome()).replace(' ', '_')))
        .record(event.outcome().took());
    waits.record(event.waited());
  }
}
