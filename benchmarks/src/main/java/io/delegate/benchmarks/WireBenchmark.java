package io.delegate.benchmarks;

import io.delegate.codec.JdkCodec;
import io.delegate.wire.Frame;
import io.delegate.wire.ResultFrame;
import io.delegate.wire.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What one result costs on the wire, without the wire: its frame written and read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class WireBenchmark {
  private static final ClassLoader LOADER = WireBenchmark.class.getClassLoader();

  /** What kind of value. */
  @Param({"Integer", "String20", "doubles1000"})
  public String value = "Integer";

  private final JdkCodec codec = new JdkCodec(); // scalars never reach it
  private final ByteBuffer page = ByteBuffer.allocateDirect(16 << 10);
  private Object scalar = 42;
  private byte[] batch = new byte[0];

  /** Makes the value and its frame. */
  @Setup
  public void make() {
    scalar =
        switch (value) {
          case "Integer" -> 42;
          case "String20" -> "twenty letters it is";
          default -> new double[1000];
        };
    ByteBuffer frame = encodeFrame();
    batch = new byte[frame.remaining()];
    frame.get(batch);
  }

  /** Header, fixed part and value into the staging, as a child does. */
  @Benchmark
  public ByteBuffer encodeFrame() {
    page.clear();
    int size = (int) Values.scalarSize(scalar);
    ResultFrame.put(page, 4711, ResultFrame.OK, 1_000, size);
    Values.putScalar(page, scalar);
    return page.flip();
  }

  /** Header checked, fixed part and value read, as the parent does. */
  @Benchmark
  public Object decodeFrame() throws IOException, ClassNotFoundException {
    ByteBuffer in = ByteBuffer.wrap(batch);
    Frame.Type type = Frame.header(in, Frame.DEFAULT_LIMIT);
    long sum = in.getLong() + in.get() + in.getLong();
    Object decoded = Values.decode(batch, in.position(), in.remaining(), codec, LOADER);
    return type == Frame.Type.RESULT && sum > 0 && decoded != null ? decoded : "damaged";
  }

  /** An item's value, as the parent makes it. */
  @Benchmark
  public byte[] encodeItem() throws IOException {
    return Values.encode(scalar, codec, Frame.DEFAULT_LIMIT, "the item");
  }
}
