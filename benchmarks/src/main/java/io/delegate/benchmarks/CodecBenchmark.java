package io.delegate.benchmarks;

import io.delegate.Codec;
import io.delegate.codec.ForyCodec;
import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import io.delegate.codec.KryoCodec;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Values that are no scalars, through the codecs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CodecBenchmark {
  private static final ClassLoader LOADER = CodecBenchmark.class.getClassLoader();

  /** An int in an object of its own. */
  static final class Small implements Serializable {
    private static final long serialVersionUID = 1L;
    final int number;

    Small(int number) {
      this.number = number;
    }
  }

  /** A record of three. */
  record Point(String name, int x, double y) implements Serializable {}

  /** Which codec. */
  @Param({"FST", "Kryo", "Fory", "JDK"})
  public String codec = "FST";

  /** What kind of value. */
  @Param({"small", "strings10", "record"})
  public String value = "small";

  private Codec coder = new JdkCodec();
  private Object object = "";
  private byte[] bytes = new byte[0];

  /** Makes codec, value and its bytes. */
  @Setup(Level.Trial)
  public void make() throws IOException {
    coder = byName(codec);
    object =
        switch (value) {
          case "small" -> new Small(42);
          case "strings10" -> strings();
          default -> new Point("origin", 1, 2);
        };
    bytes = coder.encode(object);
  }

  static Codec byName(String name) {
    return switch (name) {
      case "FST" -> new FstCodec();
      case "Kryo" -> new KryoCodec();
      case "Fory" -> new ForyCodec();
      default -> new JdkCodec();
    };
  }

  private static List<String> strings() {
    List<String> strings = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      strings.add("string " + i);
    }
    return strings;
  }

  /** There. */
  @Benchmark
  public byte[] encode() throws IOException {
    return coder.encode(object);
  }

  /** And back. */
  @Benchmark
  public Object decode() throws IOException, ClassNotFoundException {
    return coder.decode(bytes, 0, bytes.length, LOADER);
  }
}
