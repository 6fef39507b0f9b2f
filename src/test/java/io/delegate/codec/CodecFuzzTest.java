package io.delegate.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Codec;
import io.delegate.Fuzz;
import java.io.IOException;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Damaged bytes give a value or a promised exception, and take no more memory than they may. */
class CodecFuzzTest {
  private static final List<Class<?>> DECLARED =
      List.of(Samples.Point.class, Samples.Money.class, Samples.Node.class, Samples.Colour.class);

  private static final List<Object> VALUES =
      List.of(
          new ArrayList<>(List.of(1, 2L, "three", 4.0)),
          new HashMap<>(Map.of("a", List.of(1), "b", new ArrayDeque<>(List.of(2)))),
          new HashSet<>(Set.of(new Samples.Point(1, 2), new Samples.Point(3, 4))),
          new TreeMap<>(Map.of("x", new Samples.Money(5))),
          new Object[] {new int[] {1, 2}, new String[] {"a"}, new Samples.Node("n")},
          EnumSet.allOf(Samples.Colour.class),
          List.of(BigInteger.TWO.pow(200), LocalDate.MAX, TimeUnit.DAYS, Map.of(1, 2)));

  private static void fuzz(Codec codec, int rounds, long most) throws IOException {
    Codec child = Codecs.byName(Codecs.inChild(codec), CodecFuzzTest.class.getClassLoader());
    List<byte[]> whole = new ArrayList<>();
    for (Object value : VALUES) {
      whole.add(child.encode(value));
    }
    Fuzz.rounds(
        rounds,
        random -> {
          byte[] bytes = Fuzz.mutated(whole.get(random.nextInt(whole.size())), random);
          long allocated = Fuzz.allocated(() -> decode(codec, bytes));
          assertThat(allocated).as("bytes allocated").isLessThan(most);
        });
  }

  private static void decode(Codec codec, byte[] bytes) {
    try {
      Object unused = codec.decode(bytes, 0, bytes.length, CodecFuzzTest.class.getClassLoader());
    } catch (IOException | ClassNotFoundException promised) {
      assertThat(promised.getCause() instanceof OutOfMemoryError).isFalse();
    }
  }

  @Test
  void filtered() throws Exception {
    fuzz(Codecs.filtered(DECLARED), 1_000, 4 << 20);
  }

  @Test
  void javaSerialization() throws Exception {
    fuzz(new JdkCodec(), 1_000, 64 << 20);
  }

  @Test
  void fst() throws Exception {
    fuzz(new FstCodec(), 1_000, 64 << 20);
  }

  @Test
  void kryo() throws Exception {
    fuzz(new KryoCodec(), 1_000, 64 << 20);
  }

  @Test
  void fory() throws Exception {
    fuzz(new ForyCodec(), 1_000, 64 << 20);
  }

  @Test
  void rebuiltExceptions() {
    byte[] whole =
        Thrown.encode(new IllegalStateException("outer", new IOException("inner: " + DECLARED)));
    Fuzz.rounds(
        400,
        random -> {
          byte[] bytes = Fuzz.mutated(whole, random);
          long allocated =
              Fuzz.allocated(
                  () ->
                      assertThat(Thrown.decode(bytes, 0, bytes.length, getClass().getClassLoader()))
                          .isNotNull());
          assertThat(allocated).as("bytes allocated").isLessThan(64 << 20);
        });
  }
}
