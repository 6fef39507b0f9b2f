package io.delegate.faults;

import io.delegate.ChildClassPath;
import io.delegate.Codec;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import io.delegate.faults.Course.Reader;
import io.delegate.faults.Course.Stop;
import io.delegate.faults.Course.Way;
import io.delegate.faults.Journal.Note;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Runs one schedule to its end and past it, and tells all that went against the laws. */
final class Run {
  /** How long nothing at all may happen: items are short, but a busy machine starts slowly. */
  private static final long DEADLINE_SECONDS = 90;

  /** How far the answers in order may run ahead, in what children can hold. */
  private static final int LOOK_AHEAD = 4;

  private static final int AFTERWARDS = 200;
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Schedule schedule;
  private final Path directory;
  private final Census census;
  private final Output output;
  private final Tally tally;
  private final String mark =
      "f-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + ".";
  private final AtomicInteger progress = new AtomicInteger();
  private final Queue<String> wrongs = new ConcurrentLinkedQueue<>();
  private final List<Trace> traces = new ArrayList<>();
  private final List<Taker> takers = new ArrayList<>();

  Run(Schedule schedule, Path directory, Census census, Output output, Tally tally) {
    this.schedule = schedule;
    this.directory = directory;
    this.census = census;
    this.output = output;
    this.tally = tally;
  }

  /** Blocks; what went wrong, empty if nothing did. */
  List<String> go() throws Exception {
    ProcessScheduler on = scheduler();
    EventLog events = new EventLog();
    if (schedule.listened()) {
      on.events().subscribe(events::heard, e -> {}, events::closed);
    }
    try {
      return play(on, events);
    } finally {
      on.close();
    }
  }

  private List<String> play(ProcessScheduler on, EventLog events) throws Exception {
    Director director = new Director(schedule, on, mark, progress, traces, takers);
    for (Course course : schedule.courses()) {
      subscribe(course, on);
    }
    director.start();
    boolean moving = await(on, traces);
    director.end();
    if (moving) {
      nothingRuns();
      wishes(director);
      if (!schedule.isCutShort()) {
        afterwards(on);
      }
    }
    on.close();
    Marked.all(mark).forEach(pid -> wrongs.add("law 6: process " + pid + " outlives close()"));
    refusesMore(on);
    if (schedule.listened()) {
      events.judge(wrongs::add);
    }
    judge(director);
    return List.copyOf(wrongs);
  }

  private ProcessScheduler scheduler() {
    Codec codec = schedule.fst() ? new FstCodec() : new JdkCodec();
    ProcessScheduler.Builder builder =
        ProcessScheduler.builder()
            .children(schedule.children())
            .codec(codec)
            .classPath(ChildClassPath.PACKED)
            .name("faults-" + schedule.seed())
            .retryAborted(schedule.retries())
            .spares(schedule.spares())
            .jvmArgs("-XX:TieredStopAtLevel=1") // most children live for less than a second
            .initializer(new Job.Warming())
            .environment(Map.of(Marked.VARIABLE, mark));
    if (schedule.window() != Schedule.FOLLOWS) {
      builder.window(schedule.window());
    }
    if (schedule.smallHeap()) {
      builder.heap("32m");
    }
    if (schedule.maxItems() > 0) {
      builder.maxItemsPerChild(schedule.maxItems());
    }
    if (schedule.maxAge() != null) {
      builder.maxAgePerChild(schedule.maxAge());
    }
    if (schedule.idle() != null) {
      builder.idleTimeout(schedule.idle());
    }
    if (schedule.limit() != null) {
      builder.timeout(schedule.limit());
    }
    if (schedule.queueLimit() != null) {
      builder.queueTimeout(schedule.queueLimit());
    }
    if (schedule.maxPending() >= 0) {
      builder.maxPending(schedule.maxPending());
    }
    return builder.build();
  }

  private void subscribe(Course course, ProcessScheduler on) {
    int capacity = schedule.mostAsked() * schedule.mostInHand();
    Trace trace =
        new Trace(
            course, mark, progress, course.way() == Way.ORDERED ? LOOK_AHEAD * capacity : capacity);
    Taker taker = new Taker(trace, schedule.seed() + course.number());
    traces.add(trace);
    takers.add(taker);
    Streams.of(trace, directory.toFile(), on).subscribe(taker);
  }

  /** False if it hangs, of which a picture is taken. */
  private boolean await(ProcessScheduler on, List<Trace> streams) throws Exception {
    long moved = System.nanoTime();
    long before = -1;
    for (Trace trace : streams) {
      while (!trace.over.await(50, TimeUnit.MILLISECONDS)) {
        long now = progress.get() + Journal.file(directory).length();
        if (now != before) {
          before = now;
          moved = System.nanoTime();
        } else if (System.nanoTime() - moved > TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS)) {
          wrongs.add(
              "course %d hangs; children:%n%s%nthe scheduler and all threads:%n%s"
                  .formatted(trace.course.number(), children(), Picture.of(on, traces)));
          return false;
        }
      }
    }
    return true;
  }

  /** What the children do, by their own word. */
  private String children() throws Exception {
    StringBuilder text = new StringBuilder();
    for (ProcessHandle child : Marked.children(mark)) {
      Blows.signal("QUIT", child);
    }
    Thread.sleep(2_000); // a dump has no end that could be waited for
    for (ProcessHandle child : Marked.children(mark)) {
      Output.Lines lines = output.take(child.pid());
      text.append("child ").append(child.pid()).append(' ').append(child.info()).append('\n');
      lines.stdout().forEach(line -> text.append("  ").append(line).append('\n'));
      lines.stderr().forEach(line -> text.append("  ").append(line).append('\n'));
    }
    return text.toString();
  }

  /**
   * All streams are over, so what has begun and is not over was killed, or is about to be: a cancel
   * does not wait for it.
   */
  private void nothingRuns() throws Exception {
    List<Long> running = List.of();
    for (int i = 0; i < 1_000; i++) {
      Evidence now = evidence(new Blows());
      running =
          now.byChild.keySet().stream()
              .filter(pid -> now.running(pid) != null)
              .filter(pid -> Marked.runs(pid, mark))
              .toList();
      if (running.isEmpty()) {
        return;
      }
      Thread.sleep(10);
    }
    wrongs.add("law 7: children that still run what nobody wants: " + running);
  }

  private void wishes(Director director) throws InterruptedException {
    if (director.failure != null) {
      wrongs.add("the director threw " + director.failure);
    }
    for (Director.Wish wish : director.wishes) {
      try {
        wish.done().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        wrongs.add(wish.act() + " never ends");
      } catch (ExecutionException e) {
        boolean cut = e.getCause() instanceof RejectedExecutionException && schedule.isCutShort();
        boolean barren = !director.blows.struck().isEmpty(); // of children on their way
        if (!cut && !barren) {
          wrongs.add(wish.act() + " ended with " + e.getCause());
        }
      }
    }
    wrongs.addAll(director.wrongs);
  }

  /** Law 8: whatever was done to it, it serves the next stream. */
  private void afterwards(ProcessScheduler on) throws Exception {
    List<Order> orders =
        IntStream.range(0, 10).mapToObj(id -> new Order(AFTERWARDS, id, Deed.QUICK, id)).toList();
    Course course =
        new Course(
            AFTERWARDS, Way.PARALLEL, Shape.RECORD, orders, Reader.EAGER, Stop.NONE, 0, false);
    subscribe(course, on);
    await(on, traces.subList(traces.size() - 1, traces.size()));
  }

  private void refusesMore(ProcessScheduler on) {
    Order order = new Order(0, 0, Deed.QUICK, 0);
    try {
      Outcome<Object, Object> outcome =
          on.<Object, Object>submit(new Job(directory.toFile(), Shape.RECORD, 0), order)
              .block(Duration.ofSeconds(DEADLINE_SECONDS));
      wrongs.add("it still serves after its end: " + outcome);
    } catch (RejectedExecutionException expected) {
      // as it should
    }
  }

  private Evidence evidence(Blows blows) throws Exception {
    return new Evidence(schedule, traces, blows, Journal.read(directory));
  }

  private void judge(Director director) throws Exception {
    Evidence evidence = evidence(director.blows);
    traces.forEach(trace -> wrongs.addAll(trace.wrongs));
    Completeness.judge(evidence, wrongs::add);
    Blame.judge(evidence, wrongs::add);
    Demands.judge(evidence, wrongs::add);
    Printing.judge(evidence, output, wrongs::add);
    if (census.most(mark) > schedule.mostAsked()) {
      wrongs.add("law 7: " + census.most(mark) + " children at once");
    }
    tally.add(evidence, wrongs.size());
    if (!wrongs.isEmpty()) {
      wrongs.add("blows: " + director.blows);
      wrongs.add("last notes: " + lastNotes(evidence));
    }
  }

  private static List<Note> lastNotes(Evidence evidence) {
    return evidence.notes.subList(Math.max(0, evidence.notes.size() - 40), evidence.notes.size());
  }
}
