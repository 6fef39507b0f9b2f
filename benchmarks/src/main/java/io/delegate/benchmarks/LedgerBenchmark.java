package io.delegate.benchmarks;

import io.delegate.wire.Ledger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What exact blame costs an item: its way through the ledger. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LedgerBenchmark {
  private Path file;
  private Ledger ledger;
  private long seq;

  /** Maps a ledger. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    file = Files.createTempDirectory("delegate-benchmark").resolve("ledger");
    ledger = Ledger.create(file, 256, Ledger.DEFAULT_STAGING);
  }

  /** Takes it away. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    ledger.close();
    Files.delete(file);
    Files.delete(file.getParent());
  }

  /** Queued, claimed, done, and looked at: both sides of one item, on one thread. */
  @Benchmark
  public Ledger.State queueClaimDone() {
    long item = ++seq;
    int place = (int) (item & 255);
    ledger.queue(place, item);
    ledger.claim(place, item, item);
    ledger.done(place, item);
    return ledger.state(place, item);
  }

  /** The same with the clock that a child looks at twice per item. */
  @Benchmark
  public long queueClaimDoneAndTheClock() {
    long item = ++seq;
    int place = (int) (item & 255);
    ledger.queue(place, item);
    long start = System.nanoTime();
    ledger.claim(place, item, start);
    long nanos = System.nanoTime() - start;
    ledger.done(place, item);
    return nanos;
  }

  /** Queued and taken back. */
  @Benchmark
  public boolean queueRevoke() {
    long item = ++seq;
    int place = (int) (item & 255);
    ledger.queue(place, item);
    return ledger.revoke(place, item);
  }
}
