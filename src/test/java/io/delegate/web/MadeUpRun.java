package io.delegate.web;

import io.delegate.Death;
import io.delegate.Event;
import io.delegate.Outcome;
import io.delegate.RemoteError;
import io.delegate.Reporter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Tells a reporter of a run that never was, by a clock that the teller moves. */
final class MadeUpRun {
  static final Duration LIMIT = Duration.ofSeconds(6);

  private record Turn(long at, int slot) {}

  private final Random random = new Random(7);
  private final PriorityQueue<Turn> turns =
      new PriorityQueue<>((a, b) -> Long.compare(a.at(), b.at()));
  private final Reporter reporter;
  private final AtomicLong clock;
  private final long[] pids;
  private final long[] begun;
  private final String[] items;
  private long nextPid = 48_197;
  private int nextItem = 1;

  MadeUpRun(Reporter reporter, AtomicLong clock, int children) {
    this.reporter = reporter;
    this.clock = clock;
    pids = new long[children];
    begun = new long[children];
    items = new String[children];
    reporter.event(new Event.Init(children));
    for (int slot = 0; slot < children; slot++) {
      turns.add(new Turn(clock.get() + millis(180 + random.nextInt(120)), slot));
    }
  }

  /** Goes on for that long. */
  void play(Duration time) {
    long end = clock.get() + time.toNanos();
    for (Turn turn = turns.peek(); turn != null && turn.at() < end; turn = turns.peek()) {
      turns.poll();
      clock.set(turn.at());
      step(turn.slot());
    }
    clock.set(end);
    reporter.event(new Event.Load(0, 0, pids.length, 412, pids.length, 1, 0, 0));
  }

  private void step(int slot) {
    if (pids[slot] == 0) {
      pids[slot] = nextPid;
      nextPid += 1 + random.nextInt(9);
      reporter.event(new Event.Spawn(pids[slot], Duration.ofMillis(170)));
      later(slot, 5);
    } else if (items[slot] == null) {
      items[slot] = "scans/1931/page-%05d.tiff".formatted(nextItem++);
      begun[slot] = clock.get();
      reporter.event(new Event.Begin(pids[slot], items[slot]));
      boolean hangs = random.nextInt(1_000) < 2;
      later(
          slot, hangs ? 6_000 : (long) Math.min(5_000, 260 * Math.exp(random.nextGaussian() * .9)));
    } else {
      finish(slot);
    }
  }

  private void finish(int slot) {
    Duration took = Duration.ofNanos(clock.get() - begun[slot]);
    int luck = random.nextInt(1_000);
    String item = items[slot];
    long pid = pids[slot];
    items[slot] = null;
    if (took.toMillis() >= 5_990) {
      String dump = "\"main\" RUNNABLE\n\tat io.example.Deskew.rotate(Deskew.java:118)\n";
      tell(new Outcome.TimedOut<>(item, pid, took, 1, LIMIT, dump.repeat(4)));
      die(slot, death(137, "SIGKILL", Death.Cause.SIGNAL, ""));
    } else if (luck < 2) {
      Death death = luck == 0 ? outOfMemory() : crash();
      tell(new Outcome.Aborted<>(item, pid, took, 1, death));
      die(slot, death);
    } else if (luck < 16) {
      RemoteError error = new RemoteError("java.io.IOException", "bad strip offset 0x2f0", "");
      tell(new Outcome.Failure<>(item, pid, took, 1, error));
      later(slot, 1);
    } else {
      tell(new Outcome.Success<>(item, pid, took, 1, "done"));
      later(slot, 1);
    }
  }

  private void die(int slot, Death death) {
    reporter.event(new Event.Exit(pids[slot], death, death.age(), 1, Duration.ofSeconds(1)));
    pids[slot] = 0;
    later(slot, 240 + random.nextInt(900));
  }

  private void tell(Outcome<?, ?> outcome) {
    reporter.event(new Event.Finished(outcome, Duration.ZERO));
  }

  private void later(int slot, long millis) {
    turns.add(new Turn(clock.get() + millis(millis), slot));
  }

  private static long millis(long millis) {
    return millis * 1_000_000;
  }

  static Death crash() {
    return death(
        134,
        "SIGABRT",
        Death.Cause.NATIVE_CRASH,
        "SIGSEGV (0xb) at pc=0x00007f31c80412f0, pid=48213\n"
            + "C  [libtiff.so.6+0x412f0]  TIFFReadTile+0x50");
  }

  private static Death outOfMemory() {
    return death(3, "", Death.Cause.OUT_OF_MEMORY, "");
  }

  static Death death(int code, String signal, Death.Cause cause, String crash) {
    return new Death(
        code,
        signal.isEmpty() ? Optional.empty() : Optional.of(signal),
        cause,
        "libtiff: warning: unknown field with tag 34016 (0x84e0)\n"
            + "libtiff: error: corrupt tile table\n",
        crash,
        Optional.empty(),
        412L << 20,
        Duration.ofMillis(41_730),
        117,
        List.of());
  }
}
