package io.delegate.benchmarks;

import io.delegate.Codec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The first value that a new JVM sends through a codec, there and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(5)
public class FirstCodecBenchmark {
  private static final ClassLoader LOADER = FirstCodecBenchmark.class.getClassLoader();

  /** Which codec. */
  @Param({"FST", "Kryo", "Fory", "JDK"})
  public String codec = "FST";

  /** There and back. */
  @Benchmark
  public Object first() throws IOException, ClassNotFoundException {
    Codec coder = CodecBenchmark.byName(codec);
    List<Object> value =
        new ArrayList<>(
            List.of(new CodecBenchmark.Small(1), new CodecBenchmark.Point("a", 1, 2), "text"));
    byte[] bytes = coder.encode(value);
    return coder.decode(bytes, 0, bytes.length, LOADER);
  }
}
