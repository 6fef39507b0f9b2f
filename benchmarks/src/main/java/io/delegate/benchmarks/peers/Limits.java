package io.delegate.benchmarks.peers;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.Output;
import io.delegate.ProcessScheduler;
import io.delegate.Reporter;
import io.delegate.Work;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import reactor.core.publisher.Flux;

/**
 * How near Delegate comes to what is possible: how well children are kept busy, how fast they
 * start, and how soon an end is told. Times in figures are milliseconds.
 */
final class Limits {
  private static final int SLEEP_MILLIS = 10;
  private static final Duration LIMIT = Duration.ofMillis(500);

  /** How many JVM starts are taken the mean of. */
  private static final int STARTS = 10;

  private Limits() {}

  static Result sleeps(int items, int children) throws Exception {
    double ideal = items * SLEEP_MILLIS / 1e3 / children;
    try (ProcessScheduler scheduler = ProcessScheduler.create(children)) {
      scheduler.spawn(children).block();
      Work<Integer, Integer> work = Works::sleep;
      return Timed.of(
              items,
              n ->
                  sum(
                      Flux.range(0, n)
                          .map(i -> SLEEP_MILLIS)
                          .transform(Delegate.parallel(work, scheduler))))
          .with("ideal", ideal);
    }
  }

  static Result mixed(int items, int children) throws Exception {
    try (ProcessScheduler scheduler = ProcessScheduler.create(children)) {
      scheduler.spawn(children).block();
      Work<Integer, Integer> work = Works::mixed;
      return Timed.of(
              items, n -> sum(Flux.range(0, n).transform(Delegate.parallel(work, scheduler))))
          .with("ideal", Math.max(Works.LONG_MILLIS / 1e3, Works.mixedSeconds(items) / children));
    }
  }

  private static long sum(Flux<Outcome<Integer, Integer>> outcomes) {
    long[] sum = new long[1];
    outcomes.doOnNext(outcome -> sum[0] += outcome.orElseThrow()).then().block();
    return sum[0];
  }

  /** Ideal: the work and the starts of new JVMs, shared among the processors. */
  static Result crashes(int items, int children) throws Exception {
    int processors = Runtime.getRuntime().availableProcessors();
    double start = jvmStart(BareJvm.flagsOfDelegate(children));
    int crashes = 0;
    for (int i = 0; i < items; i++) {
      crashes += Works.crashes(i) ? 1 : 0;
    }
    double work = Works.crashingSeconds(items - crashes) / Math.min(processors, children);
    double ideal = work + crashes * start / processors;
    try (ProcessScheduler scheduler =
        ProcessScheduler.builder().children(children).output(Output.DISCARD).build()) {
      scheduler.spawn(children).block();
      Work<Integer, Integer> crashing = Works::crashing;
      return Timed.of(
              items,
              n ->
                  Flux.range(0, n)
                      .transform(Delegate.parallel(crashing, scheduler))
                      .filter(
                          outcome ->
                              Works.crashes(outcome.item())
                                  ? outcome instanceof Outcome.Aborted
                                  : outcome.isSuccess())
                      .count()
                      .block())
          .with("ideal", ideal)
          .with("jvm start, ms", start * 1e3);
    }
  }

  /** Seconds from the start of a bare JVM to its end, one after the other, the mean. */
  private static double jvmStart(List<String> flags) throws Exception {
    hello(flags, true);
    double sum = 0;
    for (int i = 0; i < STARTS; i++) {
      sum += hello(flags, true);
    }
    return sum / STARTS;
  }

  /** Seconds from the start of a bare JVM to its line, or to its end. */
  private static double hello(List<String> flags, boolean toTheEnd) throws Exception {
    long start = System.nanoTime();
    Process process = BareJvm.start(flags, Hello.class, "1");
    String line = BareJvm.firstLine(process);
    double toLine = Timed.since(start);
    process.waitFor();
    if (!"3".equals(line)) {
      throw new IllegalStateException("it said " + line);
    }
    return toTheEnd ? Timed.since(start) : toLine;
  }

  /**
   * Milliseconds to the first outcome of a new scheduler, and to the line of a bare JVM with the
   * same flags, in turn. The first of Delegate's is also the first in this JVM.
   */
  static Result firstOutcome(int pairs, int children) throws Exception {
    double[] ours = new double[pairs];
    double[] theirs = new double[pairs];
    Work<Integer, Integer> work = Works::triple;
    List<String> flags = List.of();
    long sum = 0;
    long began = System.nanoTime();
    for (int i = 0; i < pairs; i++) {
      long start = System.nanoTime();
      try (ProcessScheduler scheduler = ProcessScheduler.create(children)) {
        sum += scheduler.submit(work, 1).block().orElseThrow();
        ours[i] = 1e3 * Timed.since(start);
      }
      if (i == 0) { // now, so that the first outcome finds a JVM in which nothing has run
        flags = BareJvm.flagsOfDelegate(children);
      }
      theirs[i] = 1e3 * hello(flags, false);
    }
    return new Result(Timed.since(began), pairs, sum).with("ours", ours).with("theirs", theirs);
  }

  /** Milliseconds from the limit of an item that spins to its outcome. */
  static Result timedOut(int times, int children) throws Exception {
    double[] late = new double[times];
    long told = 0;
    Path began = Files.createTempFile("began", "");
    long start = System.nanoTime();
    try (ProcessScheduler scheduler =
        ProcessScheduler.builder().children(children).timeout(LIMIT).build()) {
      Work<String, Integer> work = Works::spin;
      for (int i = 0; i < times; i++) {
        scheduler.spawn(children).block();
        Outcome<String, Integer> outcome = scheduler.submit(work, began.toString()).block();
        long now = System.nanoTime();
        late[i] = (now - Long.parseLong(Files.readString(began)) - LIMIT.toNanos()) / 1e6;
        told += outcome instanceof Outcome.TimedOut ? 1 : 0;
      }
    } finally {
      Files.deleteIfExists(began);
    }
    return new Result(Timed.since(start), times, told).with("values", late);
  }

  /** Milliseconds from an item's Aborted to the start of the next, where a spare child waits. */
  static Result afterDeath(int times, int children) throws Exception {
    double[] gap = new double[times];
    long told = 0;
    Path go = Files.createTempDirectory("go").resolve("go");
    Semaphore up = new Semaphore(0);
    Reporter reporter =
        new Reporter() {
          @Override
          public void spawn(long pid) {
            up.release();
          }
        };
    long start = System.nanoTime();
    try (ProcessScheduler scheduler =
        ProcessScheduler.builder()
            .children(children)
            .spares(1)
            .output(Output.DISCARD)
            .reporter(reporter)
            .build()) {
      Work<String, Long> dying = Works::haltOnceThere;
      Work<Integer, Long> next = Works::began;
      for (int i = 0; i < times; i++) {
        CompletableFuture<Outcome<String, Long>> outcome =
            scheduler.submit(dying, go.toString()).toFuture();
        up.acquire(i == 0 ? 2 : 1); // the spare is up
        Files.createFile(go);
        told += outcome.get() instanceof Outcome.Aborted ? 1 : 0;
        long now = System.nanoTime();
        gap[i] = (scheduler.submit(next, i).block().orElseThrow() - now) / 1e6;
        Files.delete(go);
      }
    } finally {
      Files.deleteIfExists(go);
      Files.delete(go.getParent());
    }
    return new Result(Timed.since(start), times, told).with("values", gap);
  }

  /** Threads of this JVM with so many children that all run an item, less those before. */
  static Result threads(int items, int children) throws Exception {
    long start = System.nanoTime();
    int before = Thread.getAllStackTraces().size();
    try (ProcessScheduler scheduler = ProcessScheduler.create(children)) {
      scheduler.spawn(children).block();
      Work<Integer, Integer> work = Works::sleep;
      Semaphore ended = new Semaphore(0);
      Flux.range(0, items)
          .map(i -> 2_000)
          .transform(Delegate.parallel(work, scheduler))
          .subscribe(outcome -> ended.release(), error -> ended.release(items), () -> {});
      Thread.sleep(1_000); // all of them run now
      int during = Thread.getAllStackTraces().size();
      ended.acquire(items);
      return new Result(Timed.since(start), items, items).with("values", during - before);
    }
  }
}
