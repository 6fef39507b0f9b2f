package io.delegate.benchmarks;

import io.delegate.Outcome;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs the parent to make an outcome and to change its result. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class OutcomeBenchmark {
  private final Outcome<String, Integer> success =
      new Outcome.Success<>("item", 4711, Duration.ofMillis(3), 1, 42);

  /** Makes a success. */
  @Benchmark
  public Outcome<String, Integer> make() {
    return new Outcome.Success<>("item", 4711, Duration.ZERO, 1, 42);
  }

  /** Maps a success. */
  @Benchmark
  public Outcome<String, Integer> map() {
    return success.map(n -> n + 1);
  }
}
