package io.delegate.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.delegate.RemoteError;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Every way in which the other side can break the rules has a message of its own. */
class ProtocolErrorsTest {
  private static void assertRefused(ThrowingCallable reading, String... said) {
    assertThatThrownBy(reading).isInstanceOf(ProtocolException.class).hasMessageContainingAll(said);
  }

  private static ByteBuffer header(int magic, int version, int code, int length) {
    return ByteBuffer.allocate(8)
        .putShort((short) magic)
        .put((byte) version)
        .put((byte) code)
        .putInt(length)
        .flip();
  }

  @Test
  void aHeaderWithAnotherMagicIsRefusedAndShown() {
    assertRefused(() -> Frame.header(header(0x4745, 1, 1, 0), 10), "0x4745", "something else");
    assertRefused(() -> Frame.header(header(0xfffe, 1, 1, 0), 10), "0xfffe");
  }

  @Test
  void aHeaderOfAnotherVersionIsRefusedAndBothAreNamed() {
    assertRefused(() -> Frame.header(header(0x4447, 2, 1, 0), 10), "version 2", "this side 1");
    assertRefused(() -> Frame.header(header(0x4447, 0, 1, 0), 10), "version 0");
  }

  @Test
  void unknownTypesOfFramesAreRefused() {
    for (int code : new int[] {0, -1, 15, 127, -128}) {
      assertRefused(() -> Frame.header(header(0x4447, 1, code, 0), 10), "unknown type", "" + code);
    }
  }

  @Test
  void aLengthBeyondTheLimitIsRefusedBeforeAnythingIsRead() throws ProtocolException {
    assertThat(Frame.header(header(0x4447, 1, 4, 10), 10)).isEqualTo(Frame.Type.ITEM);
    assertRefused(() -> Frame.header(header(0x4447, 1, 4, 11), 10), "11 bytes", "limit of 10");
    assertRefused(() -> Frame.header(header(0x4447, 1, 4, -1), 10), "-1 bytes");
    assertRefused(
        () -> Frame.header(header(0x4447, 1, 4, Integer.MIN_VALUE), Integer.MAX_VALUE), "limit");
  }

  @Test
  void aHelloHasOneLength() {
    assertRefused(() -> Hello.read(ByteBuffer.allocate(31)), "a hello of 31 bytes");
    assertRefused(() -> Hello.read(ByteBuffer.allocate(33)), "a hello of 33 bytes");
    assertRefused(() -> Hello.read(ByteBuffer.allocate(0)), "a hello of 0 bytes");
  }

  @Test
  void aWelcomeHasALeastLength() {
    assertRefused(() -> Welcome.read(ByteBuffer.allocate(4)), "a welcome of 4 bytes");
    assertRefused(() -> Welcome.read(ByteBuffer.allocate(0)), "a welcome of 0 bytes");
  }

  private static ByteBuffer ints(int... numbers) {
    ByteBuffer out = ByteBuffer.allocate(4 * numbers.length);
    for (int number : numbers) {
      out.putInt(number);
    }
    return out.flip();
  }

  @Test
  void aWorkThatIsCutOffIsRefused() {
    assertRefused(() -> WorkFrame.read(ByteBuffer.allocate(7)), "a work of 7 bytes");
    assertRefused(() -> WorkFrame.read(ints(1, 1)), "a text is cut off");
    assertRefused(() -> WorkFrame.read(ints(1, 1, 1)), "a text of 1 bytes where 0 are");
    assertRefused(() -> WorkFrame.read(ints(1, 2, 0)), "a text is cut off");
    assertRefused(() -> WorkFrame.read(ints(1, Integer.MAX_VALUE, 0, 0)), "a text is cut off");
  }

  @Test
  void aWorkWithLessThanNoTextsIsRefused() {
    assertRefused(() -> WorkFrame.read(ints(1, -1)), "-1");
  }

  @Test
  void aQuestionThatIsDamagedOrTooLongIsRefused() throws ProtocolException {
    assertRefused(() -> Wanted.read(ByteBuffer.allocate(0)), "a question of 0 bytes");
    assertRefused(() -> Wanted.read(ByteBuffer.allocate(5)), "a question of 5 bytes");
    for (byte kind : new byte[] {2, -1}) {
      ByteBuffer in = ByteBuffer.allocate(6).putInt(1).put(kind).put((byte) 'a').flip();
      assertRefused(() -> Wanted.read(in), "the unknown kind " + kind);
    }
    Wanted most = new Wanted(1, Wanted.Kind.RESOURCE, "n".repeat(Wanted.LONGEST));
    assertThat(Wanted.read(most.toFrame().position(Frame.HEADER))).isEqualTo(most);
    assertThat(Wanted.fits(most.name())).isTrue();
    assertThat(Wanted.fits(most.name() + "n")).isFalse();
    assertThat(Wanted.fits("ü".repeat(Wanted.LONGEST / 2 + 1))).isFalse();
    Wanted more = new Wanted(1, Wanted.Kind.RESOURCE, most.name() + "n");
    assertRefused(
        () -> Wanted.read(more.toFrame().position(Frame.HEADER)), "a question of 4102 bytes");
  }

  @Test
  void anAnswerThatIsDamagedIsRefused() {
    assertRefused(() -> Found.read(ByteBuffer.allocate(0)), "an answer of 0 bytes");
    assertRefused(() -> Found.read(ByteBuffer.wrap(new byte[] {3})), "the unknown status 3");
    assertRefused(() -> Found.read(ByteBuffer.wrap(new byte[] {-1})), "the unknown status -1");
    assertRefused(() -> Found.read(ByteBuffer.allocate(Found.MOST + 1)), "an answer of 16777218");
  }

  @Test
  void aContextThatIsDamagedOrTooLongIsRefused() throws ProtocolException {
    assertRefused(() -> ContextFrame.read(ByteBuffer.allocate(3)), "a context of 3 bytes");
    assertRefused(() -> ContextFrame.read(ints(-1)), "a context with -1 values");
    assertRefused(() -> ContextFrame.read(ints(1)), "a text is cut off");
    assertRefused(() -> ContextFrame.read(ints(1, 0)), "a text is cut off");
    assertRefused(() -> ContextFrame.read(ints(Integer.MAX_VALUE, 0, 0)), "a text is cut off");
    assertRefused(() -> ContextFrame.read(ints(1, 0, 1)), "a text of 1 bytes where 0 are");
    assertRefused(() -> ContextFrame.read(ints(1, 0, 0, 0)), "4 bytes behind it");
    int longest = ContextFrame.MOST - 3 * Integer.BYTES - 1;
    ContextFrame most = new ContextFrame(Map.of("k", "v".repeat(longest)));
    assertThat(most.length()).isEqualTo(ContextFrame.MOST);
    assertThat(ContextFrame.read(most.toFrame().position(Frame.HEADER))).isEqualTo(most);
    ContextFrame more = new ContextFrame(Map.of("k", "v".repeat(longest + 1)));
    assertRefused(
        () -> ContextFrame.read(more.toFrame().position(Frame.HEADER)), "a context of 8193 bytes");
  }

  @Test
  void aTextIsNeverLongerThanWhatIsThere() {
    assertRefused(() -> Texts.get(ByteBuffer.allocate(3)), "a text is cut off");
    assertRefused(() -> Texts.get(ints(-1)), "a text of -1 bytes");
    assertRefused(() -> Texts.get(ints(5, 0)), "a text of 5 bytes where 4 are");
    assertRefused(() -> Texts.get(ints(Integer.MAX_VALUE)), "a text of 2147483647 bytes");
  }

  @Test
  void textsOfAnyKindComeBack() throws ProtocolException {
    for (String text : List.of("", "a", "ü→😀", "\0", "x".repeat(100_000))) {
      byte[] utf8 = Texts.utf8(text);
      ByteBuffer out = ByteBuffer.allocate(4 + utf8.length);
      Texts.put(out, utf8);
      assertThat(Texts.get(out.flip())).isEqualTo(text);
      assertThat(out.hasRemaining()).isFalse();
    }
    // half a character has no form in UTF-8: it is told as a question mark and harms nothing else
    RemoteError error = new RemoteError("E", "a\ud800b", "trace");
    assertThat(ResultFrame.decode(ByteBuffer.wrap(ResultFrame.encode(error))).message())
        .isEqualTo("a?b");
  }

  @Test
  void anErrorThatIsCutOffAnywhereIsRefused() throws ProtocolException {
    RemoteError error = new RemoteError("java.lang.Error", "message", "the trace");
    byte[] whole = ResultFrame.encode(error);
    assertThat(ResultFrame.decode(ByteBuffer.wrap(whole))).isEqualTo(error);
    for (int length = 0; length < whole.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(whole, 0, length).slice();
      assertRefused(() -> ResultFrame.decode(cut), "a text");
    }
  }

  @Test
  void valuesThatBreakTheRulesAreRefused() {
    assertRefused(() -> decode(), "without a tag");
    assertRefused(() -> decode(21), "unknown tag 21");
    assertRefused(() -> decode(-1), "unknown tag -1");
    assertRefused(() -> decode(0, 1), "1 bytes"); // null with something behind it
    assertRefused(() -> decode(1, 1), "1 bytes");
    assertRefused(() -> decode(2, 1, 2), "2 bytes");
    int[] sizes = {1, 2, 2, 4, 8, 4, 8}; // of the tags 3 to 9
    for (int i = 0; i < sizes.length; i++) {
      for (int wrong : new int[] {0, sizes[i] - 1, sizes[i] + 1}) {
        byte[] bytes = new byte[1 + wrong];
        bytes[0] = (byte) (3 + i);
        if (wrong != sizes[i]) {
          assertRefused(() -> decode(bytes), wrong + " bytes instead of " + sizes[bytes[0] - 3]);
        }
      }
    }
    for (int tag : new int[] {11, 14, 15, 16, 17, 18, 19}) { // elements of two bytes and more
      assertRefused(() -> decode(tag, 0), "1 bytes are not made of elements of");
    }
  }

  private static Object decode(int... bytes) throws Exception {
    byte[] a = new byte[bytes.length];
    for (int i = 0; i < a.length; i++) {
      a[i] = (byte) bytes[i];
    }
    return decode(a);
  }

  private static Object decode(byte[] a) throws Exception {
    return Values.decode(a, 0, a.length, FakeCodec.INSTANCE, ClassLoader.getSystemClassLoader());
  }

  private interface Reading {
    Object read(ByteBuffer in) throws ProtocolException;
  }

  @Test
  void randomBytesAreReadOrRefusedAndNothingElse() {
    List<Reading> readings =
        List.of(
            in -> in.remaining() < Frame.HEADER ? "" : Frame.header(in, 100),
            Hello::read,
            Welcome::read,
            WorkFrame::read,
            ContextFrame::read,
            Wanted::read,
            Found::read,
            ResultFrame::decode,
            Texts::get);
    Random random = new Random(1999);
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      for (int n = random.nextInt(bytes.length + 1); n > 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(3); // small numbers get further
      }
      for (Reading reading : readings) {
        try {
          assertThat(reading.read(ByteBuffer.wrap(bytes))).isNotNull();
        } catch (ProtocolException promised) {
          assertThat(promised.getMessage()).isNotEmpty();
        } catch (RuntimeException | Error other) {
          fail("threw " + other, other);
        }
      }
    }
  }
}
