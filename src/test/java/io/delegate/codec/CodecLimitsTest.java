package io.delegate.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.Codec;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong comes out as an IOException that says what. */
class CodecLimitsTest {
  static Stream<Codec> codecs() {
    return Tested.all();
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void whatIsTooDeepIsRefusedAndTheNextValueIsFine(Codec codec) throws Exception {
    var node = new Samples.Node("end");
    for (int i = 0; i < 1_000_000; i++) {
      var before = new Samples.Node(null);
      before.next = node;
      node = before;
    }
    Object deep = node;
    assertThatThrownBy(() -> codec.encode(deep))
        .isInstanceOf(IOException.class)
        .hasMessage("io.delegate.codec.Samples$Node is nested too deeply to encode");
    assertThat(roundTrip(codec, List.of(1))).isEqualTo(List.of(1));
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void whatUserCodeThrowsIsTold(Codec codec) {
    assertThatThrownBy(() -> codec.encode(new Throwing(new IllegalStateException("mine"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("mine");
    assertThatThrownBy(() -> codec.encode(new Throwing(new AssertionError("ours"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ours");
    assertThatThrownBy(() -> codec.encode(new Throwing(new OutOfMemoryError("no room"))))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("out of memory");
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void aMissingClassIsNamed(Codec codec) throws Exception {
    byte[] bytes = codec.encode(new Samples.Money(1));
    ClassLoader blind = ClassLoader.getPlatformClassLoader();
    assertThatThrownBy(() -> codec.decode(bytes, 0, bytes.length, blind))
        .isInstanceOf(ClassNotFoundException.class)
        .hasMessageContaining("Samples$Money");
    byte[] record = codec.encode(new Samples.Point(1, 2));
    assertThatThrownBy(() -> codec.decode(record, 0, record.length, blind))
        .isInstanceOf(ClassNotFoundException.class)
        .hasMessageContaining("Samples$Point");
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void aRecordWithinItselfReadsBackAsJavaSerializationDefines(Codec codec) throws Exception {
    List<Object> list = new ArrayList<>();
    var record = new Samples.Pair<>(list, "x");
    list.add(record);
    var copy = (Samples.Pair<?, ?>) roundTrip(codec, record);
    assertThat((List<?>) copy.first()).hasSize(1).containsOnlyNulls();
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void anEmptyInputIsRefused(Codec codec) {
    assertThatThrownBy(() -> codec.decode(new byte[0], 0, 0, getClass().getClassLoader()))
        .isInstanceOf(IOException.class);
  }

  private static Object roundTrip(Codec codec, Object value) throws Exception {
    byte[] bytes = codec.encode(value);
    return codec.decode(bytes, 0, bytes.length, CodecLimitsTest.class.getClassLoader());
  }

  static final class Throwing implements Serializable {
    private static final long serialVersionUID = 1L;
    private final transient Throwable thrown;

    Throwing(Throwable thrown) {
      this.thrown = thrown;
    }

    private void writeObject(ObjectOutputStream out) {
      Throwing.<RuntimeException>sneak(thrown);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
      throw (T) thrown;
    }
  }
}
