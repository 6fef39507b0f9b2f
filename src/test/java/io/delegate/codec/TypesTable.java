package io.delegate.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.text.DecimalFormat;
import java.text.SimpleDateFormat;
import java.time.chrono.JapaneseDate;
import java.time.temporal.ChronoUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The values of {@link CodecTypesTest}, each with what makes a copy a good one. */
final class TypesTable {
  record Row(String name, Supplier<Object> make, BiConsumer<Object, Object> check, boolean fast) {}

  private final List<Row> rows = new ArrayList<>();

  static List<Row> rows() {
    var table = new TypesTable();
    table.values();
    table.times();
    table.collections();
    table.slowCollections();
    table.arrays();
    table.graphs();
    table.users();
    table.slowUsers();
    return table.rows;
  }

  private static final BiConsumer<Object, Object> EQUAL =
      (value, copy) -> {
        assertThat(Objects.deepEquals(value, copy)).as("%s = %s", value, copy).isTrue();
        assertThat(copy.getClass()).isEqualTo(value.getClass());
      };
  private static final BiConsumer<Object, Object> SAME =
      (value, copy) -> assertThat(copy).isSameAs(value);

  private static BiConsumer<Object, Object> by(Function<Object, Object> shown) {
    return (value, copy) -> {
      assertThat(copy.getClass()).isEqualTo(value.getClass());
      assertThat(shown.apply(copy)).isEqualTo(shown.apply(value));
    };
  }

  private void fast(String name, Object value) {
    rows.add(new Row(name, () -> value, EQUAL, true));
  }

  private void fast(String name, Supplier<Object> make, BiConsumer<Object, Object> check) {
    rows.add(new Row(name, make, check, true));
  }

  private void slow(String name, Object value) {
    rows.add(new Row(name, () -> value, EQUAL, false));
  }

  private void slow(String name, Supplier<Object> make, BiConsumer<Object, Object> check) {
    rows.add(new Row(name, make, check, false));
  }

  private void values() {
    fast("String", "text");
    fast("empty String", "");
    fast("String of all chars", allChars());
    fast("huge String", "ä𝄞x\u00ff\u00fe".repeat(200_000));
    fast("lone surrogates", "\ud800x\udc00");
    fast("Integer", Integer.MIN_VALUE);
    for (long edge : new long[] {0, -126, -127, -128, 127, 128, 32768, 1L << 31, Long.MIN_VALUE}) {
      fast("Long " + edge, edge);
    }
    fast("Boolean", true);
    fast("Byte", (byte) -128);
    fast("Short", (short) -1);
    fast("Character", '\uffff');
    fast("Float", Float.NaN);
    fast("Double", -0.0);
    fast("BigInteger", BigInteger.TWO.pow(300).negate());
    fast("BigDecimal", new BigDecimal("-12345678901234567890.1234500"));
    fast("BigDecimal of extreme scale", new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE));
    fast("UUID", new UUID(-5, 7));
    fast("URI", URI.create("http://a.b/c?d=é#f"));
    slow("URL", url());
    fast("File", new File("/tmp/x"));
    fast("Path", Path.of("a", "b", "ü.txt"));
    fast("absolute Path", Path.of("/a/b"));
    fast("empty Path", Path.of(""));
    fast("Date", new Date(1234567890123L));
    slow("Timestamp", new Timestamp(5));
    slow("Calendar", new GregorianCalendar(2020, 1, 29));
    slow("TimeZone", TimeZone.getTimeZone("Europe/Berlin"));
    slow("Locale", Locale.forLanguageTag("zh-Hans-CN"));
    slow("Currency", (Object) Currency.getInstance("EUR"));
    slow("Pattern", () -> Pattern.compile("a+", Pattern.CASE_INSENSITIVE), by(TypesTable::pattern));
    slow("InetAddress", address());
    slow("InetSocketAddress", InetSocketAddress.createUnresolved("host", 80));
    slow("DecimalFormat", new DecimalFormat("#,##0.00"));
    slow("SimpleDateFormat", new SimpleDateFormat("yyyy", Locale.ROOT));
    slow("MathContext", new MathContext(5, RoundingMode.DOWN));
    fast("Class", () -> Samples.Point.class, SAME);
    fast("Class of a primitive", () -> int.class, SAME);
    fast("Class of an array", () -> String[][].class, SAME);
    fast("Class of an interface", () -> Runnable.class, SAME);
    fast("StringBuilder", () -> new StringBuilder("ab"), by(Object::toString));
    slow("StringBuffer", () -> new StringBuffer("ab"), by(Object::toString));
    fast("AtomicBoolean", () -> new AtomicBoolean(true), by(Object::toString));
    fast("AtomicInteger", () -> new AtomicInteger(-3), by(Object::toString));
    fast("AtomicLong", () -> new AtomicLong(1L << 40), by(Object::toString));
    fast("AtomicReference", () -> new AtomicReference<>("x"), by(Object::toString));
    slow(
        "AtomicIntegerArray", () -> new AtomicIntegerArray(new int[] {1, 2}), by(Object::toString));
    slow("LongAdder", () -> adder(), by(Object::toString));
    slow("Random", () -> new Random(5), by(TypesTable::state));
    fast("BitSet", BitSet.valueOf(new long[] {0, 5, 1L << 63}));
    fast("enum", () -> Samples.Colour.RED, SAME);
    fast("enum with a body", () -> Samples.Colour.GREEN, SAME);
    fast("enum of the JDK", () -> TimeUnit.HOURS, SAME);
  }

  private void times() {
    LocalDateTime time = LocalDateTime.of(2024, 10, 27, 2, 30, 1, 123456789);
    fast("Duration", Duration.ofSeconds(-5, 7));
    fast("Instant", Instant.MIN);
    fast("LocalDate", LocalDate.MAX);
    fast("LocalTime", LocalTime.MAX);
    fast("LocalDateTime", time);
    fast("OffsetDateTime", time.atOffset(ZoneOffset.ofHoursMinutes(5, 30)));
    fast("OffsetTime", OffsetTime.MIN);
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    fast("ZonedDateTime", ZonedDateTime.of(time, berlin).withLaterOffsetAtOverlap());
    fast("ZonedDateTime, earlier", ZonedDateTime.of(time, berlin).withEarlierOffsetAtOverlap());
    fast("ZonedDateTime of an offset", ZonedDateTime.of(time, ZoneOffset.UTC));
    fast("ZoneOffset", ZoneOffset.MAX);
    slow("ZoneId", berlin);
    fast("Year", Year.of(-4));
    fast("YearMonth", YearMonth.of(2020, 2));
    fast("MonthDay", MonthDay.of(2, 29));
    fast("Period", Period.of(1, -2, 40));
    fast("DayOfWeek", () -> DayOfWeek.FRIDAY, SAME);
    fast("ChronoUnit", () -> ChronoUnit.DAYS, SAME);
    slow("JapaneseDate", JapaneseDate.of(2020, 1, 1));
    slow("Clock", Clock.systemUTC());
  }

  private void collections() {
    fast("ArrayList with nulls", new ArrayList<>(Arrays.asList(1, null, "x", 2L, null)));
    fast("empty ArrayList", new ArrayList<>());
    fast("long ArrayList", new ArrayList<>(IntStream.range(0, 5_000).boxed().toList()));
    fast("LinkedList", new LinkedList<>(List.of("a", "b")));
    fast("ArrayDeque", () -> new ArrayDeque<>(List.of(3, 1, 2)), ordered());
    fast("CopyOnWriteArrayList", new CopyOnWriteArrayList<>(List.of(1, 2)));
    fast("HashSet", new HashSet<>(Arrays.asList("a", null, 3)));
    fast("LinkedHashSet", () -> new LinkedHashSet<>(List.of(9, 1, 5)), ordered());
    fast("TreeSet", () -> new TreeSet<>(List.of("b", "a")), ordered());
    fast("HashMap", new HashMap<>(Map.of("k", List.of(1), "l", Set.of())));
    fast("HashMap with nulls", nulls());
    fast("LinkedHashMap", () -> accessed(false), by(TypesTable::touched));
    fast("LinkedHashMap by access", () -> accessed(true), by(TypesTable::touched));
    fast("TreeMap", new TreeMap<>(Map.of("b", 1, "a", 2)));
    fast("TreeMap of numbers", new TreeMap<>(Map.of(5, 1, -1, 2)));
    fast("ConcurrentHashMap", new ConcurrentHashMap<>(Map.of("a", 1)));
    fast("List.of()", List.of());
    fast("List.of(1)", List.of(1));
    fast("List.of(1, 2)", List.of(1, 2));
    fast("List.of(1, 2, 3)", () -> List.of(1, 2, 3), EQUAL.andThen(by(TypesTable::refusesNull)));
    fast("toList()", () -> Stream.of(1, null, 3).toList(), EQUAL);
    fast(
        "toList() without null",
        () -> Stream.of(1, 2, 3).toList(),
        EQUAL.andThen(by(TypesTable::refusesNull)));
    fast("Set.of()", Set.of());
    fast("Set.of(1)", Set.of(1));
    fast("Set.of(1, 2, 3)", Set.of(1, 2, 3));
    fast("Map.of()", Map.of());
    fast("Map.of(1, 2)", Map.of(1, 2));
    fast("Map.of, several", Map.of(1, 2, 3, 4, 5, 6));
    fast("EnumSet", EnumSet.of(Samples.Colour.GREEN, Samples.Colour.BLUE));
    fast("EnumSet, empty", () -> EnumSet.noneOf(Samples.Colour.class), by(TypesTable::complement));
    fast("EnumSet, all", EnumSet.allOf(Samples.Colour.class));
    fast("nested collections", List.of(Map.of("a", List.of(Set.of(1)), "b", new ArrayList<>())));
  }

  private void slowCollections() {
    slow("EnumSet without constants", EnumSet.noneOf(Samples.None.class));
    slow("EnumMap", new EnumMap<>(Map.of(Samples.Colour.GREEN, 1)));
    slow("empty EnumMap", new EnumMap<>(Samples.Colour.class));
    slow("Arrays.asList", Arrays.asList("a", null));
    slow("unmodifiableList", Collections.unmodifiableList(new ArrayList<>(List.of(1))));
    slow("unmodifiableMap", Collections.unmodifiableMap(new HashMap<>(Map.of(1, 2))));
    slow("unmodifiableSet", Collections.unmodifiableSet(new HashSet<>(Set.of(1))));
    slow("synchronizedList", Collections.synchronizedList(new ArrayList<>(List.of(1))));
    slow("synchronizedMap", Collections.synchronizedMap(new HashMap<>(Map.of(1, 2))));
    slow("emptyList", () -> Collections.emptyList(), SAME);
    slow("emptyMap", () -> Collections.emptyMap(), SAME);
    slow("emptySet", () -> Collections.emptySet(), SAME);
    slow("singletonList", Collections.singletonList(null));
    slow("singleton", Collections.singleton("x"));
    slow("singletonMap", Collections.singletonMap(1, null));
    slow("nCopies", Collections.nCopies(3, "x"));
    slow("SimpleEntry", new AbstractMap.SimpleEntry<>("a", 1));
    slow("PriorityQueue with comparator", () -> priority(), by(TypesTable::drained));
    slow("TreeMap with comparator", () -> sorted(Comparator.reverseOrder()), ordered());
    slow("TreeMap with lambda", () -> sorted(byLength()), ordered());
    slow("TreeSet with comparator", () -> new TreeSet<>(String.CASE_INSENSITIVE_ORDER), EQUAL);
    slow("TreeMap of own keys", new TreeMap<>(Map.of(LocalDate.EPOCH, 1)));
    slow("IdentityHashMap", () -> new IdentityHashMap<>(Map.of(1, 2)), by(Object::toString));
    slow("Hashtable", new Hashtable<>(Map.of(1, 2)));
    slow("Properties", properties());
    slow("Vector", new Vector<>(List.of(1, 2)));
    slow("Stack", stack());
    slow("ConcurrentSkipListMap", new ConcurrentSkipListMap<>(Map.of(1, 2)));
    slow("ConcurrentLinkedQueue", () -> new ConcurrentLinkedQueue<>(List.of(1, 2)), ordered());
    slow("LinkedBlockingQueue", () -> new LinkedBlockingQueue<>(List.of(1, 2)), ordered());
    slow("ArrayList of Locale", new ArrayList<>(List.of(Locale.ROOT)));
  }

  private void arrays() {
    fast("byte[]", new byte[] {1, -1});
    fast("short[]", new short[] {1, -1, 255, 256});
    fast("char[]", new char[] {'a', '\u00ff', '\uffff'});
    fast("int[]", new int[] {1, -1, Integer.MAX_VALUE});
    fast("long[]", new long[] {1, -1, Long.MIN_VALUE});
    fast("float[]", new float[] {1, Float.NaN});
    fast("double[]", new double[] {1, -0.0});
    fast("boolean[]", new boolean[] {true, false, true});
    fast("empty int[]", new int[0]);
    fast("String[]", new String[] {"a", null, "b"});
    fast("Object[]", new Object[] {1, "a", null, new int[] {1}, List.of()});
    fast("int[][]", new int[][] {{1}, null, {}});
    fast("Object[][][]", new Object[][][] {{{1}, null}, null, {{"x", new String[] {"y"}}}});
    fast("Number[] of Integer[]", new Number[][] {new Integer[] {1}, new Long[] {2L}});
    fast("enum[]", new Samples.Colour[] {Samples.Colour.GREEN, null});
    fast("record[]", new Samples.Point[] {new Samples.Point(1, 2), null});
    fast("List[]", new List<?>[] {List.of(1), new ArrayList<>()});
    fast("interface[]", new Runnable[1]);
    fast("Path[]", new Path[] {Path.of("a")});
    fast("Class[]", new Class<?>[] {int.class, Samples.Point.class});
  }

  private void graphs() {
    fast("list that holds itself", () -> loop(new ArrayList<>()), TypesTable::checkLoop);
    fast("array that holds itself", TypesTable::arrayLoop, TypesTable::checkArrayLoop);
    fast("matrix with a shared row", TypesTable::sharedRow, TypesTable::checkSharedRow);
    fast("ring of nodes", TypesTable::ring, TypesTable::checkRing);
    fast("map that holds itself", TypesTable::mapLoop, TypesTable::checkMapLoop);
    fast("list in a record in the list", TypesTable::recordLoop, TypesTable::checkRecordLoop);
    fast("shared leaves", TypesTable::shared, TypesTable::checkShared);
    fast("equal, not the same", TypesTable::twins, TypesTable::checkTwins);
    fast("reference to itself", TypesTable::referenceLoop, TypesTable::checkReferenceLoop);
    fast("many nodes", TypesTable::many, EQUAL);
  }

  private void users() {
    fast("record", new Samples.Point(1, -2));
    fast("empty record", new Samples.Empty());
    fast("nested record", new Samples.Pair<>(new Samples.Point(1, 2), new Samples.Pair<>(null, 1)));
    fast(
        "record of all types",
        new Samples.Wide(
            true, (byte) 1, 'c', (short) -4, 5, 6L << 40, 7.5f, 8.25, "nine", new int[] {10}));
    fast("record with its own accessor", () -> new Samples.Sly("x"), EQUAL);
    fast("record that checks", new Samples.Validated(50));
    fast("class with fields", () -> new Samples.Derived("z").hidden(99), TypesTable::checkDerived);
    fast("class that extends Number", new Samples.Money(5));
    fast(
        "record of a class and an enum",
        new Samples.Pair<>(new Samples.Money(1), Samples.Colour.BLUE));
    fast("inner class", () -> new Samples.Outer().new Inner(), by(i -> both(i)));
    fast("anonymous class", () -> new Samples.Outer().anonymous("x"), by(c -> called(c)));
  }

  private void slowUsers() {
    slow("Serializable over a plain base", () -> overBase(), by(TypesTable::bases));
    slow("list of one's own", () -> ownList(), by(l -> l + ((Samples.OwnList<?>) l).label));
    slow("AbstractList of one's own", new Samples.LazyList(4));
    slow("writeObject and readObject", new Samples.Custom("abc"));
    slow("putFields and readFields", new Samples.PutFields("abc"));
    slow("Externalizable", new Samples.External("abc"));
    slow("writeReplace", new Samples.Replaced("abc"));
    slow("readResolve", () -> Samples.Single.INSTANCE, SAME);
    slow(
        "record with readResolve",
        () -> new Samples.Resolving("a"),
        (value, copy) -> assertThat(copy).isEqualTo(new Samples.Resolving("a!")));
    slow("writeReplace within", List.of(new Samples.Replaced("a"), 1));
    slow("lambda", () -> twice(21), TypesTable::checkApplied);
    slow("method reference", () -> reference("abc"), TypesTable::checkApplied);
    slow("constructor reference", TypesTable::constructor, TypesTable::checkApplied);
    slow("proxy", TypesTable::proxy, (value, copy) -> checkProxy(copy));
    slow("exception", () -> failure(), (value, copy) -> checkFailure(value, copy));
    slow("Error", () -> new StackOverflowError("deep"), by(Object::toString));
    slow(
        "exception of the JDK",
        () -> new UncheckedIOException("x", new IOException("y")),
        by(e -> e + " " + ((Throwable) e).getCause()));
    slow("StackTraceElement", new StackTraceElement("a", "b", "c", 1));
  }

  private static String allChars() {
    var chars = new StringBuilder();
    for (int i = 0; i <= Character.MAX_VALUE; i++) {
      chars.append((char) i);
    }
    return chars.toString();
  }

  private static Object url() {
    try {
      return URI.create("http://localhost/x").toURL();
    } catch (MalformedURLException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static Object address() {
    try {
      return InetAddress.getByAddress("here", new byte[] {127, 0, 0, 1});
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static Object pattern(Object pattern) {
    return pattern + " " + ((Pattern) pattern).flags();
  }

  private static Object state(Object value) {
    try {
      return new BigInteger(new JdkCodec().encode(value));
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static LongAdder adder() {
    var adder = new LongAdder();
    adder.add(5);
    return adder;
  }

  private static BiConsumer<Object, Object> ordered() {
    return by(
        c -> new ArrayList<>(c instanceof Map<?, ?> map ? map.entrySet() : (Collection<?>) c));
  }

  private static Object nulls() {
    var map = new HashMap<Object, Object>();
    map.put(null, 1);
    map.put(2, null);
    return map;
  }

  private static Object accessed(boolean byAccess) {
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
  private static Object touched(Object map) {
    var clone = (LinkedHashMap<String, Integer>) ((LinkedHashMap<String, Integer>) map).clone();
    String before = clone.toString();
    clone.get("z");
    return before + clone;
  }

  private static Object refusesNull(Object list) {
    try {
      return ((List<?>) list).contains(null);
    } catch (NullPointerException refused) {
      return "refuses";
    }
  }

  @SuppressWarnings({"rawtypes", "unchecked"})
  private static Object complement(Object set) {
    return EnumSet.complementOf((EnumSet) set);
  }

  private static Object priority() {
    var queue = new PriorityQueue<Integer>(Comparator.reverseOrder());
    queue.addAll(List.of(1, 5, 3));
    return queue;
  }

  private static Object drained(Object queue) {
    var copy = new PriorityQueue<>((PriorityQueue<?>) queue);
    return Stream.generate(copy::poll).limit(copy.size()).toList();
  }

  private static Comparator<String> byLength() {
    return (Comparator<String> & Serializable) (a, b) -> Integer.compare(a.length(), b.length());
  }

  private static Object sorted(Comparator<String> order) {
    var map = new TreeMap<String, Integer>(order);
    map.putAll(Map.of("a", 1, "bb", 2, "ccc", 3));
    return map;
  }

  private static Object properties() {
    var properties = new Properties();
    properties.setProperty("a", "b");
    return properties;
  }

  private static Object stack() {
    var stack = new Stack<Integer>();
    stack.push(1);
    return stack;
  }

  private static Object loop(List<Object> list) {
    list.add(1);
    list.add(list);
    return list;
  }

  private static void checkLoop(Object value, Object copy) {
    assertThat(((List<?>) copy).get(1) == copy).isTrue();
    assertThat(((List<?>) copy).get(0)).isEqualTo(1);
  }

  private static Object arrayLoop() {
    Object[][] array = new Object[2][];
    array[0] = array;
    array[1] = new Object[] {"x", array};
    return array;
  }

  private static void checkArrayLoop(Object value, Object copy) {
    Object[][] array = (Object[][]) copy;
    assertThat(array[0] == array).isTrue();
    assertThat(array[1][1] == array).isTrue();
  }

  private static Object sharedRow() {
    int[] row = {1, 2};
    return new int[][] {row, row};
  }

  private static void checkSharedRow(Object value, Object copy) {
    int[][] matrix = (int[][]) copy;
    assertThat(matrix[0]).isSameAs(matrix[1]).containsExactly(1, 2);
  }

  private static Object ring() {
    var first = new Samples.Node("a");
    first.next = new Samples.Node(first);
    first.next.next = first;
    return first;
  }

  private static void checkRing(Object value, Object copy) {
    var first = (Samples.Node) copy;
    assertThat(first.value).isEqualTo("a");
    assertThat(first.next.value).isSameAs(first);
    assertThat(first.next.next).isSameAs(first);
  }

  private static Object mapLoop() {
    var map = new HashMap<String, Object>();
    map.put("me", map);
    map.put("other", List.of(1));
    return map;
  }

  private static void checkMapLoop(Object value, Object copy) {
    assertThat(((Map<?, ?>) copy).get("me") == copy).isTrue();
  }

  private static Object recordLoop() {
    List<Object> list = new ArrayList<>();
    list.add(new Samples.Pair<>("x", list));
    return list;
  }

  private static void checkRecordLoop(Object value, Object copy) {
    var pair = (Samples.Pair<?, ?>) ((List<?>) copy).get(0);
    assertThat(pair.second() == copy).isTrue();
  }

  private static Object shared() {
    var point = new Samples.Point(1, 2);
    var text = new String("text");
    var list = List.of(point);
    return new Object[] {point, text, list, new Samples.Pair<>(list, point), text, point};
  }

  private static void checkShared(Object value, Object copy) {
    Object[] array = (Object[]) copy;
    assertThat(array[5]).isSameAs(array[0]).isEqualTo(new Samples.Point(1, 2));
    assertThat(array[4]).isSameAs(array[1]);
    assertThat(((Samples.Pair<?, ?>) array[3]).first()).isSameAs(array[2]);
    assertThat(((Samples.Pair<?, ?>) array[3]).second()).isSameAs(array[0]);
  }

  private static Object twins() {
    return new Object[] {new Samples.Point(1, 2), new Samples.Point(1, 2)};
  }

  private static void checkTwins(Object value, Object copy) {
    Object[] array = (Object[]) copy;
    assertThat(array[0]).isEqualTo(array[1]).isNotSameAs(array[1]);
  }

  private static Object referenceLoop() {
    var reference = new AtomicReference<Object>();
    reference.set(reference);
    return reference;
  }

  private static void checkReferenceLoop(Object value, Object copy) {
    assertThat(((AtomicReference<?>) copy).get() == copy).isTrue();
  }

  private static Object many() {
    var list = new ArrayList<Object>();
    for (int i = 0; i < 30_000; i++) {
      var point = new Samples.Point(i, -i);
      list.add(point);
      list.add(new Samples.Pair<>(list.get(i / 2), point));
      list.add(new Samples.Money(i));
    }
    return list;
  }

  private static void checkDerived(Object value, Object copy) {
    EQUAL.accept(value, copy);
    assertThat(((Samples.Derived) copy).forgotten).isNull();
    assertThat(((Samples.Derived) copy).baseHidden()).isEqualTo(99);
  }

  private static Object both(Object inner) {
    return ((Samples.Outer.Inner) inner).both();
  }

  private static Object called(Object callable) {
    try {
      return ((Callable<?>) callable).call();
    } catch (Exception thrown) {
      throw new AssertionError(thrown);
    }
  }

  private static Object overBase() {
    return new Samples.OverBase();
  }

  private static Object bases(Object object) {
    return ((Samples.OverBase) object).fromBase + " " + ((Samples.OverBase) object).own;
  }

  private static Object ownList() {
    var list = new Samples.OwnList<String>();
    list.add("x");
    list.label = "other";
    return list;
  }

  private static Samples.SerializableFunction<Integer, Object> twice(int captured) {
    List<Integer> alsoCaptured = List.of(captured);
    return i -> i * captured + alsoCaptured.get(0);
  }

  private static Samples.SerializableFunction<Integer, Object> reference(String captured) {
    return captured::charAt;
  }

  private static Samples.SerializableFunction<Integer, Object> constructor() {
    return Samples.Money::new;
  }

  @SuppressWarnings("unchecked")
  private static Object applied(Object function) {
    return ((Function<Integer, Object>) function).apply(2);
  }

  private static void checkApplied(Object value, Object copy) {
    assertThat(applied(copy)).isEqualTo(applied(value));
  }

  private static Object proxy() {
    return Proxy.newProxyInstance(
        TypesTable.class.getClassLoader(),
        new Class<?>[] {Samples.Shape.class},
        (java.lang.reflect.InvocationHandler & Serializable) (p, method, args) -> "round");
  }

  private static void checkProxy(Object copy) {
    assertThat(((Samples.Shape) copy).name()).isEqualTo("round");
  }

  private static Throwable failure() {
    var failure = new Samples.Failure("told", 7, new IllegalStateException("cause"));
    failure.addSuppressed(new IOException("suppressed"));
    return failure;
  }

  private static void checkFailure(Object value, Object copy) {
    var failure = (Samples.Failure) copy;
    assertThat(failure).hasMessage("told").hasCauseInstanceOf(IllegalStateException.class);
    assertThat(failure.code).isEqualTo(7);
    assertThat(failure.getSuppressed()).hasSize(1);
    assertThat(failure.getStackTrace()).isEqualTo(((Throwable) value).getStackTrace());
  }
}
