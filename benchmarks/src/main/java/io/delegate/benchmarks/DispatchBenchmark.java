package io.delegate.benchmarks;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;

/** The whole way: a million Integers through two children that are up already, items per second. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DispatchBenchmark {
  private static final int ITEMS = 1_000_000;

  /** Most items in one child's hands. */
  @Param({"1", "16", "256"})
  public int window = 256;

  private final Work<Integer, Integer> tripling = item -> 3 * item;
  private ProcessScheduler scheduler;

  /** Starts the children, so that it is not they who are measured. */
  @Setup(Level.Trial)
  public void spawn() {
    scheduler = ProcessScheduler.builder().children(2).window(window).build();
    scheduler.spawn(2).block();
  }

  /** Ends them. */
  @TearDown(Level.Trial)
  public void close() {
    scheduler.close();
  }

  /** Outcomes as they come. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public long outcomes() {
    long successes =
        Flux.range(0, ITEMS)
            .transform(Delegate.parallel(tripling, scheduler))
            .filter(Outcome::isSuccess)
            .count()
            .blockOptional()
            .orElse(0L);
    if (successes != ITEMS) {
      throw new IllegalStateException(successes + " of " + ITEMS + " came back");
    }
    return successes;
  }
}
