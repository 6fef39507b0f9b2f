package io.delegate.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Stack;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Makes the harder values of {@link TypesTable} and tells good copies of them. */
final class TypesChecks {
  static final BiConsumer<Object, Object> EQUAL =
      (value, copy) -> {
        assertThat(Objects.deepEquals(value, copy)).as("%s = %s", value, copy).isTrue();
        assertThat(copy.getClass()).isEqualTo(value.getClass());
      };
  static final BiConsumer<Object, Object> SAME = (value, copy) -> assertThat(copy).isSameAs(value);

  static BiConsumer<Object, Object> by(Function<Object, Object> shown) {
    return (value, copy) -> {
      assertThat(copy.getClass()).isEqualTo(value.getClass());
      assertThat(shown.apply(copy)).isEqualTo(shown.apply(value));
    };
  }

  private TypesChecks() {}

  static String allChars() {
    var chars = new StringBuilder();
    for (int i = 0; i <= Character.MAX_VALUE; i++) {
      chars.append((char) i);
    }
    return chars.toString();
  }

  static Object url() {
    try {
      return URI.create("http://localhost/x").toURL();
    } catch (MalformedURLException impossible) {
      throw new AssertionError(impossible);
    }
  }

  static Object address() {
    try {
      return InetAddress.getByAddress("here", new byte[] {127, 0, 0, 1});
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  static Object pattern(Object pattern) {
    return pattern + " " + ((Pattern) pattern).flags();
  }

  static Object state(Object value) {
    try {
      return new BigInteger(new JdkCodec().encode(value));
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
  }

  static LongAdder adder() {
    var adder = new LongAdder();
    adder.add(5);
    return adder;
  }

  static BiConsumer<Object, Object> ordered() {
    return by(
        c -> new ArrayList<>(c instanceof Map<?, ?> map ? map.entrySet() : (Collection<?>) c));
  }

  static Object nulls() {
    var map = new HashMap<Object, Object>();
    map.put(null, 1);
    map.put(2, null);
    return map;
  }

  static Object accessed(boolean byAccess) {
    var map = new LinkedHashMap<String, Integer>(16, 0.75f, byAccess);
    map.put("z", 1);
    map.put("a", 2);
    map.put("m", 3);
    return map;
  }

  /**
   * Order before and after an access; works on a copy that is encoded again, so not on the value.
   */
  @SuppressWarnings("unchecked")
  static Object touched(Object map) {
    var clone = (LinkedHashMap<String, Integer>) ((LinkedHashMap<String, Integer>) map).clone();
    String before = clone.toString();
    clone.get("z");
    return before + clone;
  }

  static Object refusesNull(Object list) {
    try {
      return ((List<?>) list).contains(null);
    } catch (NullPointerException refused) {
      return "refuses";
    }
  }

  @SuppressWarnings({"rawtypes", "unchecked"})
  static Object complement(Object set) {
    return EnumSet.complementOf((EnumSet) set);
  }

  static Object priority() {
    var queue = new PriorityQueue<Integer>(Comparator.reverseOrder());
    queue.addAll(List.of(1, 5, 3));
    return queue;
  }

  static Object drained(Object queue) {
    var copy = new PriorityQueue<>((PriorityQueue<?>) queue);
    return Stream.generate(copy::poll).limit(copy.size()).toList();
  }

  static Comparator<String> byLength() {
    return (Comparator<String> & Serializable) (a, b) -> Integer.compare(a.length(), b.length());
  }

  static Object sorted(Comparator<String> order) {
    var map = new TreeMap<String, Integer>(order);
    map.putAll(Map.of("a", 1, "bb", 2, "ccc", 3));
    return map;
  }

  static Object properties() {
    var properties = new Properties();
    properties.setProperty("a", "b");
    return properties;
  }

  static Object stack() {
    var stack = new Stack<Integer>();
    stack.push(1);
    return stack;
  }

  static Object loop(List<Object> list) {
    list.add(1);
    list.add(list);
    return list;
  }

  static void checkLoop(Object value, Object copy) {
    assertThat(((List<?>) copy).get(1) == copy).isTrue();
    assertThat(((List<?>) copy).get(0)).isEqualTo(1);
  }

  static Object arrayLoop() {
    Object[][] array = new Object[2][];
    array[0] = array;
    array[1] = new Object[] {"x", array};
    return array;
  }

  static void checkArrayLoop(Object value, Object copy) {
    Object[][] array = (Object[][]) copy;
    assertThat(array[0] == array).isTrue();
    assertThat(array[1][1] == array).isTrue();
  }

  static Object sharedRow() {
    int[] row = {1, 2};
    return new int[][] {row, row};
  }

  static void checkSharedRow(Object value, Object copy) {
    int[][] matrix = (int[][]) copy;
    assertThat(matrix[0]).isSameAs(matrix[1]).containsExactly(1, 2);
  }

  static Object ring() {
    var first = new Samples.Node("a");
    first.next = new Samples.Node(first);
    first.next.next = first;
    return first;
  }

  static void checkRing(Object value, Object copy) {
    var first = (Samples.Node) copy;
    assertThat(first.value).isEqualTo("a");
    assertThat(first.next.value).isSameAs(first);
    assertThat(first.next.next).isSameAs(first);
  }

  static Object mapLoop() {
    var map = new HashMap<String, Object>();
    map.put("me", map);
    map.put("other", List.of(1));
    return map;
  }

  static void checkMapLoop(Object value, Object copy) {
    assertThat(((Map<?, ?>) copy).get("me") == copy).isTrue();
  }

  static Object recordLoop() {
    List<Object> list = new ArrayList<>();
    list.add(new Samples.Pair<>("x", list));
    return list;
  }

  static void checkRecordLoop(Object value, Object copy) {
    var pair = (Samples.Pair<?, ?>) ((List<?>) copy).get(0);
    assertThat(pair.second() == copy).isTrue();
  }

  static Object shared() {
    var point = new Samples.Point(1, 2);
    var text = new String("text");
    var list = List.of(point);
    return new Object[] {point, text, list, new Samples.Pair<>(list, point), text, point};
  }

  static void checkShared(Object value, Object copy) {
    Object[] array = (Object[]) copy;
    assertThat(array[5]).isSameAs(array[0]).isEqualTo(new Samples.Point(1, 2));
    assertThat(array[4]).isSameAs(array[1]);
    assertThat(((Samples.Pair<?, ?>) array[3]).first()).isSameAs(array[2]);
    assertThat(((Samples.Pair<?, ?>) array[3]).second()).isSameAs(array[0]);
  }

  static Object twins() {
    return new Object[] {new Samples.Point(1, 2), new Samples.Point(1, 2)};
  }

  static void checkTwins(Object value, Object copy) {
    Object[] array = (Object[]) copy;
    assertThat(array[0]).isEqualTo(array[1]).isNotSameAs(array[1]);
  }

  static Object referenceLoop() {
    var reference = new AtomicReference<Object>();
    reference.set(reference);
    return reference;
  }

  static void checkReferenceLoop(Object value, Object copy) {
    assertThat(((AtomicReference<?>) copy).get() == copy).isTrue();
  }

  static Object many() {
    var list = new ArrayList<Object>();
    for (int i = 0; i < 30_000; i++) {
      var point = new Samples.Point(i, -i);
      list.add(point);
      list.add(new Samples.Pair<>(list.get(i / 2), point));
      list.add(new Samples.Money(i));
    }
    return list;
  }

  static void checkDerived(Object value, Object copy) {
    EQUAL.accept(value, copy);
    assertThat(((Samples.Derived) copy).forgotten).isNull();
    assertThat(((Samples.Derived) copy).baseHidden()).isEqualTo(99);
  }

  static Object both(Object inner) {
    return ((Samples.Outer.Inner) inner).both();
  }

  static Object called(Object callable) {
    try {
      return ((Callable<?>) callable).call();
    } catch (Exception thrown) {
      throw new AssertionError(thrown);
    }
  }

  static Object overBase() {
    return new Samples.OverBase();
  }

  static Object bases(Object object) {
    return ((Samples.OverBase) object).fromBase + " " + ((Samples.OverBase) object).own;
  }

  static Object ownList() {
    var list = new Samples.OwnList<String>();
    list.add("x");
    list.label = "other";
    return list;
  }

  static Samples.SerializableFunction<Integer, Object> twice(int captured) {
    List<Integer> alsoCaptured = List.of(captured);
    return i -> i * captured + alsoCaptured.get(0);
  }

  static Samples.SerializableFunction<Integer, Object> reference(String captured) {
    return captured::charAt;
  }

  static Samples.SerializableFunction<Integer, Object> constructor() {
    return Samples.Money::new;
  }

  @SuppressWarnings("unchecked")
  static Object applied(Object function) {
    return ((Function<Integer, Object>) function).apply(2);
  }

  static void checkApplied(Object value, Object copy) {
    assertThat(applied(copy)).isEqualTo(applied(value));
  }

  static Object proxy() {
    return Proxy.newProxyInstance(
        TypesChecks.class.getClassLoader(),
        new Class<?>[] {Samples.Shape.class},
        (java.lang.reflect.InvocationHandler & Serializable) (p, method, args) -> "round");
  }

  static void checkProxy(Object copy) {
    assertThat(((Samples.Shape) copy).name()).isEqualTo("round");
  }

  static Throwable failure() {
    var failure = new Samples.Failure("told", 7, new IllegalStateException("cause"));
    failure.addSuppressed(new IOException("suppressed"));
    return failure;
  }

  static void checkFailure(Object value, Object copy) {
    var failure = (Samples.Failure) copy;
    assertThat(failure).hasMessage("told").hasCauseInstanceOf(IllegalStateException.class);
    assertThat(failure.code).isEqualTo(7);
    assertThat(failure.getSuppressed()).hasSize(1);
    assertThat(failure.getStackTrace()).isEqualTo(((Throwable) value).getStackTrace());
  }
}
