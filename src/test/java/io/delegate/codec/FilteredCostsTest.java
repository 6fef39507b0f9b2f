package io.delegate.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.Codec;
import io.delegate.Fuzz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Bytes that ask for more memory or time than they are worth get neither. */
class FilteredCostsTest {
  record Key(String text, int number) implements Serializable {
    @Override
    public int hashCode() {
      return 1;
    }
  }

  record Plain(String text, int number) implements Serializable {}

  record Pair(Object left, Object right) implements Serializable {}

  static final class Link implements Serializable {
    private static final long serialVersionUID = 1L;
    Link next;
  }

  private static final int IN_A_MOMENT = 16 << 20; // bytes; what is tried would take gigabytes

  private final Codec parent =
      Codecs.filtered(List.of(Key.class, Plain.class, Pair.class, Link.class));
  private final Codec child = new UntrustedCodec();

  private Object decode(byte[] bytes) throws Exception {
    return parent.decode(bytes, 0, bytes.length, getClass().getClassLoader());
  }

  /** As a hostile child would write it: nothing put in its place. */
  private static byte[] raw(Object value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    }
    return bytes.toByteArray();
  }

  private static BuiltForm form(Kind kind, Object content) {
    return new BuiltForm(kind, content);
  }

  private void assertRefused(byte[] bytes, String why) {
    assertThatThrownBy(() -> decode(bytes))
        .isInstanceOf(IOException.class)
        .hasStackTraceContaining(why);
  }

  /** The classic: the hash of the outermost takes 2 to the 100. */
  private static Set<Object> bomb(int levels) {
    Set<Object> root = new HashSet<>();
    Set<Object> left = root;
    Set<Object> right = new HashSet<>();
    for (int i = 0; i < levels; i++) {
      Set<Object> a = new HashSet<>();
      Set<Object> b = new HashSet<>();
      a.add("a"); // or the two would be equal
      left.add(a);
      left.add(b);
      right.add(a);
      right.add(b);
      left = a;
      right = b;
    }
    return root;
  }

  @Test
  void setsOfSetsNeverHash() throws Exception {
    assertRefused(raw(bomb(100)), "java.util.HashSet; not among");
    assertRefused(child.encode(bomb(50)), "java.util.HashSet; in a set");
    Object pair = "x";
    for (int i = 0; i < 60; i++) {
      pair = new Pair(pair, pair);
    }
    assertRefused(
        raw(form(Kind.HASH_SET, new Object[] {pair})), Pair.class.getName() + "; in a set");
    assertRefused(
        raw(form(Kind.TREE_MAP, new Object[] {new ArrayList<>(), 1})),
        "java.util.ArrayList; in a set");
    assertThat(decode(raw(pair))).isInstanceOf(Pair.class); // as long as nobody asks for its hash
  }

  @Test
  void aSetWithinItselfIsRefused() throws Exception {
    Map<String, Object> map = new HashMap<>();
    map.put("self", map);
    assertRefused(child.encode(map), "within itself");
    List<Object> list = new ArrayList<>();
    list.add(map);
    map.put("self", list);
    assertRefused(child.encode(map), "within itself");
  }

  @Test
  void keysOfOneHashAreFew() throws Exception {
    Object[] keys = new Object[2_000];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = new Key("k", i);
    }
    assertRefused(raw(form(Kind.HASH_SET, keys)), "too many keys of one hash");
    Object[] same = new Object[10];
    java.util.Arrays.fill(same, "again");
    assertRefused(raw(form(Kind.HASH_SET, same)), "the same key twice");
    // in the JDK's own immutable sets all of these want the same place
    Object[] clustered = new Object[200_000];
    for (int i = 0; i < clustered.length; i++) {
      clustered[i] = i * 2 * 200_000L;
    }
    assertThat((Set<?>) decode(raw(form(Kind.IMMUTABLE_SET, clustered)))).hasSize(200_000);
  }

  @Test
  void manyKeysDoNotShareOneLargeValue() throws Exception {
    String text = "x".repeat(10_000_000);
    Object[] keys = new Object[1_000];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = new Plain(text, i);
    }
    assertRefused(raw(form(Kind.HASH_SET, keys)), "keys beside a value of 10000000 bytes");
  }

  @Test
  void nothingIsMadeOfTheSameContentAgainAndAgain() throws Exception {
    List<Object> forms = new ArrayList<>();
    byte[] magnitude = new byte[100_000];
    magnitude[0] = 1;
    long[] words = new long[20_000];
    Object[] keys = new Object[20_000];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = i;
    }
    Map<Kind, Object> contents =
        Map.of(
            Kind.BIG_INTEGER, magnitude,
            Kind.BIT_SET, words,
            Kind.IMMUTABLE_LIST, keys,
            Kind.HASH_SET, keys);
    for (Kind kind : contents.keySet()) {
      forms.clear();
      for (int i = 0; i < 5_000; i++) {
        forms.add(form(kind, contents.get(kind)));
      }
      byte[] bytes = raw(forms);
      long allocated = Fuzz.allocated(() -> assertRefused(bytes, "the same content"));
      assertThat(allocated).isLessThan(100L * bytes.length);
    }
    String path = "/" + "p".repeat(100_000);
    forms.clear();
    for (int i = 0; i < 5_000; i++) {
      forms.add(new PathForm(path));
    }
    assertRefused(raw(forms), "the same text");
    assertRefused(raw(BigInteger.TWO.pow(1_000)), "java.math.BigInteger; not among");
    assertRefused(raw(new BitSet()), "java.util.BitSet; not among");
    assertThat(decode(raw(URI.create("a:b")))).isEqualTo(URI.create("a:b"));
  }

  /** The value with the only such number in it replaced. */
  private static byte[] forged(Object value, int number, int by) throws IOException {
    byte[] bytes = raw(value);
    byte[] sought = ByteBuffer.allocate(4).putInt(number).array();
    int found = 0;
    for (int i = 0; i + 4 <= bytes.length; i++) {
      if (java.util.Arrays.equals(bytes, i, i + 4, sought, 0, 4)) {
        ByteBuffer.wrap(bytes).putInt(i, by);
        found++;
      }
    }
    assertThat(found).isPositive();
    return bytes;
  }

  @Test
  void aForgedLengthTakesNoMemory() throws Exception {
    int many = 1_234;
    List<Object> list = new ArrayList<>(Collections.nCopies(many, null));
    Object[] values = {
      new byte[many],
      new long[many],
      new Object[many],
      new String[many],
      new Object[][] {new Object[many]},
      list,
      new java.util.concurrent.CopyOnWriteArrayList<>(list),
      new java.util.ArrayDeque<>(Collections.nCopies(many - 1, 1)),
    };
    for (Object value : values) {
      for (int length : new int[] {Integer.MAX_VALUE, 1 << 28, 1 << 24, -1}) {
        byte[] bytes =
            forged(value, value instanceof java.util.ArrayDeque ? many - 1 : many, length);
        long allocated =
            Fuzz.allocated(
                () -> assertThatThrownBy(() -> decode(bytes)).isInstanceOf(IOException.class));
        assertThat(allocated).as("%s of %d", value.getClass(), length).isLessThan(IN_A_MOMENT);
      }
    }
  }

  /** Each within its limit, but all of them open at once. */
  @Test
  void manyForgedLengthsTogetherTakeNoMemory() throws Exception {
    int size = 300_000;
    Object nested = new byte[size];
    for (int i = 0; i < 90; i++) {
      nested = new Object[] {nested, 77_777_777};
    }
    byte[] bytes = raw(nested);
    // each array of two now claims as many as there are bytes
    int arrays = 0;
    for (int i = 0; i + 4 <= 4_000; i++) {
      if (bytes[i] == 0 && bytes[i + 1] == 0 && bytes[i + 2] == 0 && bytes[i + 3] == 2) {
        ByteBuffer.wrap(bytes).putInt(i, size);
        arrays++;
      }
    }
    assertThat(arrays).isGreaterThan(80);
    long allocated = Fuzz.allocated(() -> assertRefused(bytes, "an array of 300000 elements"));
    assertThat(allocated).isLessThan(IN_A_MOMENT);
  }

  @Test
  void whatIsTooDeepOrTooManyIsRefused() throws Exception {
    Link first = new Link();
    for (int i = 0; i < 300; i++) {
      Link before = new Link();
      before.next = first;
      first = before;
    }
    assertRefused(raw(first), "nested deeper than 200 levels, from an untrusted child");
    List<Object> many = new ArrayList<>();
    Integer one = 1;
    for (int i = 0; i < 1_000_001; i++) {
      many.add(one);
    }
    assertRefused(raw(many), "more than 1000000 objects");
    assertThatThrownBy(() -> child.encode(new TreeMap<>(Collections.reverseOrder())))
        .hasMessageContaining("sorted by a comparator");
  }
}
