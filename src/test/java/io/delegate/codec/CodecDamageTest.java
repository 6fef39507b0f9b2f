package io.delegate.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.delegate.Codec;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged bytes give a value or one of the two promised exceptions, soon, and nothing else. */
class CodecDamageTest {
  private static final int MUTATIONS = 50;
  static final Set<String> LARGE =
      Set.of("huge String", "String of all chars", "long ArrayList", "many nodes");

  static Stream<Codec> codecs() {
    return Tested.all();
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void mutatedValues(Codec codec) throws Exception {
    var random = new Random(42);
    long started = System.nanoTime();
    for (TypesTable.Row row : TypesTable.rows()) {
      if (LARGE.contains(row.name())) {
        continue;
      }
      byte[] whole = codec.encode(row.make().get());
      for (int i = 0; i < MUTATIONS; i++) {
        tryOut(codec, mutated(whole, random), row.name());
      }
    }
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(50));
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void randomBytes(Codec codec) {
    var random = new Random(43);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      int kind = random.nextInt(Kind.values().length);
      if (bytes.length > 3 && codec instanceof FstCodec) {
        bytes[0] = FstCodec.FST;
        bytes[1] = FstOutput.FORM;
        bytes[2] = (byte) kind;
      } else if (bytes.length > 3 && codec instanceof KryoCodec) {
        bytes[0] = KryoCodec.KRYO;
        bytes[1] = (byte) (1 + kind);
        bytes[2] = 1; // not seen before
      }
      tryOut(codec, bytes, "noise");
    }
  }

  private static byte[] mutated(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    switch (random.nextInt(4)) {
      case 0 -> bytes = java.util.Arrays.copyOf(whole, random.nextInt(whole.length + 1));
      case 1 -> { // a length as large as can be
        for (int i = random.nextInt(bytes.length), n = 0; n < 5 && i < bytes.length; n++, i++) {
          bytes[i] = (byte) (n == 0 ? -127 : n == 4 ? 0x7f : 0xff);
        }
      }
      default -> {
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
      }
    }
    return bytes;
  }

  private static void tryOut(Codec codec, byte[] bytes, String name) {
    try {
      Object value = codec.decode(bytes, 0, bytes.length, CodecDamageTest.class.getClassLoader());
      if (value != null) {
        assertThat(value.getClass()).isNotNull();
      }
    } catch (IOException | ClassNotFoundException promised) {
      assertThat(promised.getCause() instanceof OutOfMemoryError).as(name).isFalse();
    } catch (Throwable other) {
      fail("damaged " + name + " threw " + other, other);
    }
  }
}
