package io.delegate.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.delegate.Codec;
import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ValuesTest {
  private static final ClassLoader LOADER = ValuesTest.class.getClassLoader();

  /** A codec that scalars must never reach. */
  private static final Codec NEVER =
      new Codec() {
        @Override
        public byte[] encode(Object value) {
          throw new AssertionError("a scalar reached the codec: " + value.getClass());
        }

        @Override
        public Object decode(byte[] bytes, int offset, int length, ClassLoader loader) {
          throw new AssertionError("a scalar reached the codec");
        }
      };

  private static final float ODD_NAN = Float.intBitsToFloat(0x7fc0beef);
  private static final double ODD_NAN_TOO = Double.longBitsToDouble(0x7ff80000deadbeefL);

  static Stream<Object> scalars() {
    char[] everyChar = new char[0x10000];
    for (int i = 0; i < everyChar.length; i++) {
      everyChar[i] = (char) i;
    }
    return Stream.of(
        true,
        false,
        (byte) 0,
        Byte.MIN_VALUE,
        Byte.MAX_VALUE,
        Short.MIN_VALUE,
        Short.MAX_VALUE,
        '\0',
        'ÿ',
        'Ā',
        '\ud800',
        Character.MAX_VALUE,
        0,
        -1,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE,
        0L,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        0f,
        -0f,
        Float.NaN,
        ODD_NAN,
        Float.POSITIVE_INFINITY,
        Float.MIN_VALUE,
        Float.MAX_VALUE,
        0d,
        -0d,
        Double.NaN,
        ODD_NAN_TOO,
        Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        "",
        "plain",
        "ÿ",
        "Ā",
        "\0",
        "😀",
        "\ud800",
        "lone \udfff and reversed \udc00\ud800 surrogates",
        new String(everyChar),
        "x".repeat(100_000),
        new byte[0],
        new byte[] {Byte.MIN_VALUE, 0, Byte.MAX_VALUE},
        new byte[100_000],
        new boolean[0],
        new boolean[] {true, false, true},
        new short[0],
        new short[] {Short.MIN_VALUE, -1, Short.MAX_VALUE},
        new char[0],
        everyChar,
        new int[0],
        new int[] {Integer.MIN_VALUE, -1, Integer.MAX_VALUE},
        new long[0],
        new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE},
        new float[0],
        new float[] {Float.NaN, -0f, Float.MIN_VALUE},
        new double[0],
        new double[] {Double.NaN, -0d, Double.MAX_VALUE});
  }

  @ParameterizedTest
  @MethodSource("scalars")
  void aScalarComesBackAsItWasWithoutACodec(Object value) throws Exception {
    byte[] bytes = Values.encode(value, NEVER, Integer.MAX_VALUE, "the item");
    assertThat(bytes).hasSize((int) Values.scalarSize(value));
    Object back = Values.decode(bytes, 0, bytes.length, NEVER, LOADER);
    assertThat(back).isEqualTo(value).hasSameClassAs(value);
    if (value instanceof Float f) {
      assertThat(Float.floatToRawIntBits((Float) back)).isEqualTo(Float.floatToRawIntBits(f));
    }
    if (value instanceof Double d) {
      assertThat(Double.doubleToRawLongBits((Double) back))
          .isEqualTo(Double.doubleToRawLongBits(d));
    }
  }

  @ParameterizedTest
  @MethodSource("scalars")
  void aScalarIsReadFromTheMiddleOfABatch(Object value) throws Exception {
    byte[] alone = Values.encode(value, NEVER, Integer.MAX_VALUE, "the item");
    byte[] batch = new byte[alone.length + 7];
    Arrays.fill(batch, (byte) 0x5a);
    System.arraycopy(alone, 0, batch, 3, alone.length);
    assertThat(Values.decode(batch, 3, alone.length, NEVER, LOADER)).isEqualTo(value);
  }

  @ParameterizedTest
  @MethodSource("scalars")
  void aScalarFillsExactlyTheRoomItAskedFor(Object value) {
    ByteBuffer direct = ByteBuffer.allocateDirect((int) Values.scalarSize(value));
    Values.putScalar(direct, value);
    assertThat(direct.hasRemaining()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("scalars")
  void aScalarIsReadFromABufferAsFromAnArray(Object value) throws Exception {
    byte[] bytes = Values.encode(value, NEVER, Integer.MAX_VALUE, "the value");
    for (boolean direct : new boolean[] {false, true}) {
      ByteBuffer in =
          direct
              ? ByteBuffer.allocateDirect(bytes.length + 5)
              : ByteBuffer.allocate(bytes.length + 5);
      in.position(3).put(bytes).flip().position(3);
      assertThat(Values.decode(in, NEVER, LOADER)).isEqualTo(value).hasSameClassAs(value);
    }
  }

  @ParameterizedTest
  @MethodSource("scalars")
  void whatMayBeWrittenLateHasTheSizeItHasAtOnce(Object value) throws Exception {
    int late = Values.lateSize(value);
    if (late >= 0) {
      assertThat(late)
          .isEqualTo(Values.encode(value, NEVER, Integer.MAX_VALUE, "the value").length);
    }
  }

  @Test
  void onlyWhatNeverChangesMayBeWrittenLate() {
    for (Object value : List.of(1, 1L, 1f, 1d, "", "ÿ", "€", "x".repeat(64))) {
      assertThat(Values.lateSize(value)).as(value.toString()).isPositive();
    }
    for (Object value :
        List.of(new byte[1], new int[1], "x".repeat(65), List.of(1), new Object())) {
      assertThat(Values.lateSize(value)).isEqualTo(-1);
    }
  }

  @Test
  void nullIsAScalar() throws Exception {
    byte[] bytes = Values.encode(null, NEVER, 1, "the result");
    assertThat(bytes).containsExactly(0);
    assertThat(Values.decode(bytes, 0, 1, NEVER, LOADER)).isNull();
  }

  @Test
  void allElseIsNoScalar() {
    for (Object value : List.of(List.of(), new Object[0], new String[0], new int[0][0])) {
      assertThat(Values.scalarSize(value)).isEqualTo(-1);
    }
    assertThatThrownBy(() -> Values.putScalar(ByteBuffer.allocate(9), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ListN");
  }

  @Test
  void aValueTooLargeNamesItsClassItsSizeTheLimitAndTheOption() {
    assertThatCode(() -> Values.encode("x".repeat(1999), NEVER, 2000, "the item"))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> Values.encode("x".repeat(2000), NEVER, 2000, "the item"))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(
            "the item", "java.lang.String", "2,001 bytes", "limit of 2,000", "option maxFrame");
    assertThatThrownBy(() -> Values.encode(new int[600], NEVER, 2000, "the result"))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("the result", "int[]", "2,401 bytes", "2,000", "maxFrame");
    assertThatThrownBy(() -> Values.encode(List.of(), FakeCodec.INSTANCE, 3, "the item"))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("ImmutableCollections", "4 bytes", "limit of 3", "maxFrame");
    assertThatCode(() -> Values.encode(List.of(), FakeCodec.INSTANCE, 4, "the item"))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> Values.checkSize(5L << 30, 1 << 30, "the item", null))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("null", "5,368,709,120 bytes");
  }

  @Test
  void theMessageAboutSizeDoesNotDependOnWhatTheValueSaysOfItself() {
    Object hostile =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("toString was called");
          }
        };
    assertThatThrownBy(() -> Values.checkSize(2, 1, "the item", hostile))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ValuesTest");
  }

  static Stream<Codec> codecs() {
    return Stream.of(new JdkCodec(), new FstCodec());
  }

  private static final class NotSerializable {
    final int unused = 1;
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void whatTheCodecRefusesIsToldByTheCodec(Codec codec) {
    assertThatThrownBy(() -> Values.encode(new NotSerializable(), codec, 1000, "the item"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("NotSerializable");
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void anObjectComesBackThroughTheCodec(Codec codec) throws Exception {
    Object value = Map.of("a", List.of(1, 2L, 3.0), "b", new ArrayList<>(List.of('x')));
    byte[] bytes = Values.encode(value, codec, 100_000, "the item");
    assertThat(bytes[0]).isEqualTo((byte) 20);
    assertThat(Values.decode(bytes, 0, bytes.length, codec, LOADER)).isEqualTo(value);
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void randomBytesGiveAValueOrAPromisedException(Codec codec) {
    Random random = new Random(1999);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      if (bytes.length > 0) {
        bytes[0] = (byte) random.nextInt(22);
      }
      tryOut(bytes, codec);
    }
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void mutatedValuesGiveAValueOrAPromisedException(Codec codec) throws Exception {
    Random random = new Random(2026);
    List<byte[]> wholes = new ArrayList<>();
    for (Object value : scalars().toList()) {
      if (Values.scalarSize(value) < 1000) {
        wholes.add(Values.encode(value, codec, 100_000, "the item"));
      }
    }
    wholes.add(Values.encode(List.of("a", 1, Map.of()), codec, 100_000, "the item"));
    for (byte[] whole : wholes) {
      for (int i = 0; i < 200; i++) {
        byte[] bytes = Arrays.copyOf(whole, random.nextInt(whole.length + 3));
        for (int n = random.nextInt(3); n > 0 && bytes.length > 0; n--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        tryOut(bytes, codec);
      }
    }
  }

  private static void tryOut(byte[] bytes, Codec codec) {
    try {
      Object value = Values.decode(bytes, 0, bytes.length, codec, LOADER);
      assertThat(value == null || value.getClass() != null).isTrue();
    } catch (IOException | ClassNotFoundException promised) {
      assertThat(promised).isNotNull();
    } catch (Throwable other) {
      fail("%s threw %s".formatted(Arrays.toString(bytes), other), other);
    }
  }
}
