package io.delegate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.RemoteError;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The bytes of every frame, as they have to stay while the version says 1; both ways. */
class GoldenFramesTest {
  private static final HexFormat HEX = HexFormat.of();

  /** Bytes from hex digits; blanks are for the reader. */
  private static byte[] hex(String digits) {
    return HEX.parseHex(digits.replaceAll("\\s", ""));
  }

  private static String hex(ByteBuffer frame) {
    byte[] bytes = new byte[frame.remaining()];
    frame.duplicate().get(bytes);
    return HEX.formatHex(bytes);
  }

  private static void assertFrame(ByteBuffer frame, String digits) {
    assertThat(hex(frame)).isEqualTo(HEX.formatHex(hex(digits)));
  }

  /** The payload of a frame whose header is right. */
  private static ByteBuffer payload(String digits, Frame.Type type) throws ProtocolException {
    ByteBuffer in = ByteBuffer.wrap(hex(digits));
    int length = in.getInt(4);
    assertThat(Frame.header(in, Frame.DEFAULT_LIMIT)).isEqualTo(type);
    assertThat(in.remaining()).isEqualTo(length);
    return in;
  }

  private static final String HELLO =
      "4447 01 01 00000020  000102030405060708090a0b0c0d0e0f  0000000000001267 fffffffffffffffe";

  @Test
  void hello() throws ProtocolException {
    byte[] token = hex("000102030405060708090a0b0c0d0e0f");
    assertFrame(new Hello(token, 4711, -2).toFrame(), HELLO);
    Hello read = Hello.read(payload(HELLO, Frame.Type.HELLO));
    assertThat(read.token()).isEqualTo(token);
    assertThat(read.pid()).isEqualTo(4711);
    assertThat(read.nanos()).isEqualTo(-2);
  }

  private static final String WELCOME =
      "4447 01 02 00000020  04000000 01  fedcba9876543210 00000000000010e1 ffffffffffffffff 782e59";
  private static final String SHORT_WELCOME =
      "4447 01 02 0000001d  7fffffff 00  0000000000000000 0000000000000000 0000000000000000";

  @Test
  void welcome() throws ProtocolException {
    Welcome welcome =
        new Welcome(64 << 20, true, new Marking(0xfedcba9876543210L, 4321, Marking.ALWAYS), "x.Y");
    assertFrame(welcome.toFrame(), WELCOME);
    assertThat(Welcome.read(payload(WELCOME, Frame.Type.WELCOME))).isEqualTo(welcome);
    Welcome shortest = new Welcome(Integer.MAX_VALUE, false, Marking.NONE, "");
    assertFrame(shortest.toFrame(), SHORT_WELCOME);
    assertThat(Welcome.read(payload(SHORT_WELCOME, Frame.Type.WELCOME))).isEqualTo(shortest);
  }

  @Test
  void marks() {
    byte[] prefix = Mark.prefix(0x0edcba9876543210L);
    assertThat(hex(ByteBuffer.wrap(prefix))).isEqualTo("1e30656463626139383736353433323130");
    Mark mark = new Mark(258, true, "a ü");
    String bytes = "1e 30656463626139383736353433323130 2b 313032 20 6120c3bc 1f";
    assertFrame(ByteBuffer.wrap(mark.encode(prefix)), bytes);
    byte[] all = hex(bytes);
    assertThat(Mark.decode(all, prefix.length, all.length - 1)).isEqualTo(mark);
  }

  private static final String WORK =
      "4447 01 03 00000015  00000007 00000002  00000001 61  00000002 c3bc  aced";
  private static final String INIT = "4447 01 08 0000000a  00000000 00000000  aced";

  @Test
  void workAndInit() throws ProtocolException {
    assertFrame(new WorkFrame(7, List.of("a", "ü"), hex("aced")).toFrame(Frame.Type.WORK), WORK);
    WorkFrame work = WorkFrame.read(payload(WORK, Frame.Type.WORK));
    assertThat(work.id()).isEqualTo(7);
    assertThat(work.classPath()).containsExactly("a", "ü");
    assertThat(work.bytes()).isEqualTo(hex("aced"));
    assertFrame(new WorkFrame(0, List.of(), hex("aced")).toFrame(Frame.Type.INIT), INIT);
    WorkFrame init = WorkFrame.read(payload(INIT, Frame.Type.INIT));
    assertThat(init.id()).isZero();
    assertThat(init.classPath()).isEmpty();
    assertThat(init.bytes()).isEqualTo(hex("aced"));
  }

  private static final String ITEM =
      "4447 01 04 00000015  0000000000000102 00000003 00000004  06 0000002a";

  @Test
  void item() throws ProtocolException {
    ByteBuffer out = ByteBuffer.allocate(64);
    ItemFrame.put(out, 258, 3, 4, 5);
    Values.putScalar(out, 42);
    assertFrame(out.flip(), ITEM);
    ByteBuffer in = payload(ITEM, Frame.Type.ITEM);
    assertThat(in.getLong()).isEqualTo(258);
    assertThat(in.getInt()).isEqualTo(3);
    assertThat(in.getInt()).isEqualTo(4);
    assertThat(in.remaining()).isEqualTo(5);
  }

  private static final String OK = "4447 01 05 00000012  0000000000000102 00 00000000000f4240  01";
  private static final String FAILED =
      "4447 01 05 00000021  0000000000000103 01 0000000000000001"
          + "  00000001 45  00000000  00000003 e28692";
  private static final String REBUILT =
      "4447 01 05 00000023  0000000000000103 01 0000000000000001"
          + "  00000001 45  00000000  00000003 e28692  aced";
  private static final String SKIPPED = "4447 01 05 00000011  0000000000000104 02 0000000000000000";

  @Test
  void results() throws ProtocolException {
    ByteBuffer out = ByteBuffer.allocate(64);
    ResultFrame.put(out, 258, ResultFrame.OK, 1_000_000, 1);
    Values.putScalar(out, true);
    assertFrame(out.flip(), OK);

    RemoteError error = new RemoteError("E", "", "→");
    byte[] value = ResultFrame.encode(error);
    out.clear();
    ResultFrame.put(out, 259, ResultFrame.FAILED, 1, value.length);
    assertFrame(out.put(value).flip(), FAILED);
    ByteBuffer in = payload(FAILED, Frame.Type.RESULT);
    assertThat(in.getLong()).isEqualTo(259);
    assertThat(in.get()).isEqualTo(ResultFrame.FAILED);
    assertThat(in.getLong()).isEqualTo(1);
    assertThat(ResultFrame.decode(in)).isEqualTo(error);

    assertThat(in.remaining()).isZero();

    value = ResultFrame.encode(error, hex("aced"));
    out.clear();
    ResultFrame.put(out, 259, ResultFrame.FAILED, 1, value.length);
    assertFrame(out.put(value).flip(), REBUILT);
    in = payload(REBUILT, Frame.Type.RESULT);
    in.position(in.position() + ResultFrame.FIXED);
    assertThat(ResultFrame.decode(in)).isEqualTo(error);
    assertThat(hex(in)).isEqualTo("aced");

    out.clear();
    ResultFrame.put(out, 260, ResultFrame.SKIPPED, 0, 0);
    assertFrame(out.flip(), SKIPPED);
  }

  @Test
  void framesThatAreHeadersAlone() throws ProtocolException {
    assertFrame(Frame.bare(Frame.Type.BYE), "4447 01 07 00000000");
    assertFrame(Frame.bare(Frame.Type.READY), "4447 01 09 00000000");
    assertThat(payload("4447 01 07 00000000", Frame.Type.BYE).remaining()).isZero();
    assertThat(payload("4447 01 09 00000000", Frame.Type.READY).remaining()).isZero();
  }

  @Test
  void forget() throws ProtocolException {
    ByteBuffer out = ByteBuffer.allocate(12);
    Frame.putHeader(out, Frame.Type.FORGET, Integer.BYTES);
    assertFrame(out.putInt(9).flip(), "4447 01 06 00000004 00000009");
    assertThat(payload("4447 01 06 00000004 00000009", Frame.Type.FORGET).getInt()).isEqualTo(9);
  }

  private static final String CONTEXT =
      "4447 01 0b 0000001a  00000002  00000001 61 00000003 e28692  00000002 6263 00000000";
  private static final String NO_CONTEXT = "4447 01 0b 00000004  00000000";

  @Test
  void context() throws ProtocolException {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("a", "→");
    values.put("bc", "");
    ContextFrame frame = new ContextFrame(values);
    assertFrame(frame.toFrame(), CONTEXT);
    assertThat(frame.length()).isEqualTo(0x1a);
    assertThat(ContextFrame.read(payload(CONTEXT, Frame.Type.CONTEXT))).isEqualTo(frame);
    assertFrame(new ContextFrame(Map.of()).toFrame(), NO_CONTEXT);
    assertThat(ContextFrame.read(payload(NO_CONTEXT, Frame.Type.CONTEXT)).values()).isEmpty();
  }

  private static final String CLASSES =
      "4447 01 0c 00000020  000102030405060708090a0b0c0d0e0f  0000000000001267 fffffffffffffffe";
  private static final String SERVED =
      "4447 01 03 0000001a  00000007 00000002  00000001 61  00000009 7365727665643a3132";

  @Test
  void helloOnTheConnectionForClassesAndAWorkThatNeedsIt() throws ProtocolException {
    byte[] token = hex("000102030405060708090a0b0c0d0e0f");
    assertFrame(new Hello(token, 4711, -2).toFrame(Frame.Type.CLASSES), CLASSES);
    assertThat(Hello.read(payload(CLASSES, Frame.Type.CLASSES)).pid()).isEqualTo(4711);
    WorkFrame work = new WorkFrame(7, List.of("a", WorkFrame.served(12)), new byte[0]);
    assertFrame(work.toFrame(Frame.Type.WORK), SERVED);
    assertThat(work.length()).isEqualTo(0x1a);
    WorkFrame read = WorkFrame.read(payload(SERVED, Frame.Type.WORK));
    assertThat(read.servedBy()).isEqualTo(12);
    assertThat(read.urls()).containsExactly("a");
    WorkFrame files = new WorkFrame(7, List.of("a", "b"), new byte[0]);
    assertThat(files.servedBy()).isZero();
    assertThat(files.urls()).containsExactly("a", "b");
  }

  private static final String WANTED_CLASS = "4447 01 0d 00000008  00000003 00  612e42";
  private static final String WANTED_RESOURCE = "4447 01 0d 00000009  ffffffff 01  612fc3bc";

  @Test
  void questionsForClasses() throws ProtocolException {
    Wanted type = new Wanted(3, Wanted.Kind.CLASS, "a.B");
    assertFrame(type.toFrame(), WANTED_CLASS);
    assertThat(Wanted.read(payload(WANTED_CLASS, Frame.Type.WANTED))).isEqualTo(type);
    Wanted resource = new Wanted(-1, Wanted.Kind.RESOURCE, "a/ü");
    assertFrame(resource.toFrame(), WANTED_RESOURCE);
    assertThat(Wanted.read(payload(WANTED_RESOURCE, Frame.Type.WANTED))).isEqualTo(resource);
  }

  private static final String HERE = "4447 01 0e 00000005  01 cafebabe";
  private static final String ABSENT = "4447 01 0e 00000002  00 61";
  private static final String REFUSED = "4447 01 0e 00000003  02 c3bc";

  @Test
  void answersWithClasses() throws ProtocolException {
    assertFound(new Found(Found.Status.HERE, hex("cafebabe")), HERE);
    assertFound(Found.absent("a"), ABSENT);
    assertFound(Found.refused("ü"), REFUSED);
    assertThat(Found.refused("ü").why()).isEqualTo("ü");
  }

  private static void assertFound(Found found, String digits) throws ProtocolException {
    ByteBuffer whole = ByteBuffer.allocate(64).put(found.head()).put(found.bytes()).flip();
    assertFrame(whole, digits);
    Found read = Found.read(payload(digits, Frame.Type.FOUND));
    assertThat(read.status()).isEqualTo(found.status());
    assertThat(read.bytes()).isEqualTo(found.bytes());
  }

  @Test
  void everyTypeHasTheCodeItAlwaysHad() {
    assertThat(Frame.Type.values())
        .extracting(type -> type + " " + type.code())
        .containsExactly(
            "HELLO 1",
            "WELCOME 2",
            "WORK 3",
            "ITEM 4",
            "RESULT 5",
            "FORGET 6",
            "BYE 7",
            "INIT 8",
            "READY 9",
            "DUMP 10",
            "CONTEXT 11",
            "CLASSES 12",
            "WANTED 13",
            "FOUND 14");
  }

  @Test
  void values() throws Exception {
    Object[][] table = {
      {null, "00"},
      {true, "01"},
      {false, "02"},
      {(byte) -1, "03 ff"},
      {(short) 258, "04 0102"},
      {'→', "05 2192"},
      {-2, "06 fffffffe"},
      {258L, "07 0000000000000102"},
      {1.0f, "08 3f800000"},
      {-0.0, "09 8000000000000000"},
      {"", "0a"},
      {"aÿ", "0a 61ff"},
      {"a→", "0b 0061 2192"},
      {new byte[] {1, -1}, "0c 01ff"},
      {new boolean[] {true, false}, "0d 0100"},
      {new short[] {1, -1}, "0e 0001 ffff"},
      {new char[] {'a', '→'}, "0f 0061 2192"},
      {new int[] {1, -1}, "10 00000001 ffffffff"},
      {new long[] {258}, "11 0000000000000102"},
      {new float[] {1}, "12 3f800000"},
      {new double[] {1}, "13 3ff0000000000000"},
      {List.of(), "14 c0dec0"},
    };
    for (Object[] row : table) {
      String digits = Objects.requireNonNull((String) row[1]);
      byte[] bytes = Values.encode(row[0], FakeCodec.INSTANCE, 100, "the item");
      assertThat(HEX.formatHex(bytes)).isEqualTo(HEX.formatHex(hex(digits)));
      byte[] all = hex("99" + digits + "99");
      assertThat(
              Values.decode(
                  all, 1, all.length - 2, FakeCodec.INSTANCE, ClassLoader.getSystemClassLoader()))
          .isEqualTo(row[0]);
    }
  }
}
