package io.delegate.codec;

import static io.delegate.codec.TypesChecks.EQUAL;
import static io.delegate.codec.TypesChecks.SAME;
import static io.delegate.codec.TypesChecks.accessed;
import static io.delegate.codec.TypesChecks.adder;
import static io.delegate.codec.TypesChecks.address;
import static io.delegate.codec.TypesChecks.allChars;
import static io.delegate.codec.TypesChecks.both;
import static io.delegate.codec.TypesChecks.by;
import static io.delegate.codec.TypesChecks.byLength;
import static io.delegate.codec.TypesChecks.called;
import static io.delegate.codec.TypesChecks.checkFailure;
import static io.delegate.codec.TypesChecks.checkProxy;
import static io.delegate.codec.TypesChecks.failure;
import static io.delegate.codec.TypesChecks.loop;
import static io.delegate.codec.TypesChecks.nulls;
import static io.delegate.codec.TypesChecks.ordered;
import static io.delegate.codec.TypesChecks.overBase;
import static io.delegate.codec.TypesChecks.ownList;
import static io.delegate.codec.TypesChecks.priority;
import static io.delegate.codec.TypesChecks.properties;
import static io.delegate.codec.TypesChecks.reference;
import static io.delegate.codec.TypesChecks.sorted;
import static io.delegate.codec.TypesChecks.stack;
import static io.delegate.codec.TypesChecks.twice;
import static io.delegate.codec.TypesChecks.url;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.text.DecimalFormat;
import java.text.SimpleDateFormat;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.chrono.JapaneseDate;
import java.time.temporal.ChronoUnit;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
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
    slow(
        "Pattern", () -> Pattern.compile("a+", Pattern.CASE_INSENSITIVE), by(TypesChecks::pattern));
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
    slow("Random", () -> new Random(5), by(TypesChecks::state));
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
    fast("LinkedHashMap", () -> accessed(false), by(TypesChecks::touched));
    fast("LinkedHashMap by access", () -> accessed(true), by(TypesChecks::touched));
    fast("TreeMap", new TreeMap<>(Map.of("b", 1, "a", 2)));
    fast("TreeMap of numbers", new TreeMap<>(Map.of(5, 1, -1, 2)));
    fast("ConcurrentHashMap", new ConcurrentHashMap<>(Map.of("a", 1)));
    fast("List.of()", List.of());
    fast("List.of(1)", List.of(1));
    fast("List.of(1, 2)", List.of(1, 2));
    fast("List.of(1, 2, 3)", () -> List.of(1, 2, 3), EQUAL.andThen(by(TypesChecks::refusesNull)));
    fast("toList()", () -> Stream.of(1, null, 3).toList(), EQUAL);
    fast(
        "toList() without null",
        () -> Stream.of(1, 2, 3).toList(),
        EQUAL.andThen(by(TypesChecks::refusesNull)));
    fast("Set.of()", Set.of());
    fast("Set.of(1)", Set.of(1));
    fast("Set.of(1, 2, 3)", Set.of(1, 2, 3));
    fast("Map.of()", Map.of());
    fast("Map.of(1, 2)", Map.of(1, 2));
    fast("Map.of, several", Map.of(1, 2, 3, 4, 5, 6));
    fast("EnumSet", EnumSet.of(Samples.Colour.GREEN, Samples.Colour.BLUE));
    fast("EnumSet, empty", () -> EnumSet.noneOf(Samples.Colour.class), by(TypesChecks::complement));
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
    slow("PriorityQueue with comparator", () -> priority(), by(TypesChecks::drained));
    slow("TreeMap with comparator", () -> sorted(Comparator.reverseOrder()), ordered());
    slow("TreeMap with lambda", () -> sorted(byLength()), ordered());
    slow("TreeSet with comparator", () -> new TreeSet<>(String.CASE_INSENSITIVE_ORDER), EQUAL);
    slow("TreeMap of own keys", new TreeMap<>(Map.of(LocalDate.EPOCH, 1)));
    slow("IdentityHashMap", () -> new IdentityHashMap<>(Map.of("a", 2)), by(Object::toString));
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
    fast("list that holds itself", () -> loop(new ArrayList<>()), TypesChecks::checkLoop);
    fast("array that holds itself", TypesChecks::arrayLoop, TypesChecks::checkArrayLoop);
    fast("matrix with a shared row", TypesChecks::sharedRow, TypesChecks::checkSharedRow);
    fast("ring of nodes", TypesChecks::ring, TypesChecks::checkRing);
    fast("map that holds itself", TypesChecks::mapLoop, TypesChecks::checkMapLoop);
    fast("list in a record in the list", TypesChecks::recordLoop, TypesChecks::checkRecordLoop);
    fast("shared leaves", TypesChecks::shared, TypesChecks::checkShared);
    fast("equal, not the same", TypesChecks::twins, TypesChecks::checkTwins);
    fast("reference to itself", TypesChecks::referenceLoop, TypesChecks::checkReferenceLoop);
    fast("many nodes", TypesChecks::many, EQUAL);
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
    fast("class with fields", () -> new Samples.Derived("z").hidden(99), TypesChecks::checkDerived);
    fast("class that extends Number", new Samples.Money(5));
    fast(
        "record of a class and an enum",
        new Samples.Pair<>(new Samples.Money(1), Samples.Colour.BLUE));
    fast("inner class", () -> new Samples.Outer().new Inner(), by(i -> both(i)));
    fast("anonymous class", () -> new Samples.Outer().anonymous("x"), by(c -> called(c)));
  }

  private void slowUsers() {
    slow("Serializable over a plain base", () -> overBase(), by(TypesChecks::bases));
    slow("list of one's own", () -> ownList(), by(l -> l + ((Samples.OwnList<?>) l).label));
    slow("AbstractList of one's own", new Samples.LazyList(4));
    slow("writeObject and readObject", new CustomSamples.Custom("abc"));
    slow("putFields and readFields", new CustomSamples.PutFields("abc"));
    slow("Externalizable", new CustomSamples.External("abc"));
    slow("writeReplace", new CustomSamples.Replaced("abc"));
    slow("readResolve", () -> CustomSamples.Single.INSTANCE, SAME);
    slow(
        "record with readResolve",
        () -> new Samples.Resolving("a"),
        (value, copy) -> assertThat(copy).isEqualTo(new Samples.Resolving("a!")));
    slow("writeReplace within", List.of(new CustomSamples.Replaced("a"), 1));
    slow("lambda", () -> twice(21), TypesChecks::checkApplied);
    slow("method reference", () -> reference("abc"), TypesChecks::checkApplied);
    slow("constructor reference", TypesChecks::constructor, TypesChecks::checkApplied);
    slow("proxy", TypesChecks::proxy, (value, copy) -> checkProxy(copy));
    slow("exception", () -> failure(), (value, copy) -> checkFailure(value, copy));
    slow("Error", () -> new StackOverflowError("deep"), by(Object::toString));
    slow(
        "exception of the JDK",
        () -> new UncheckedIOException("x", new IOException("y")),
        by(e -> e + " " + ((Throwable) e).getCause()));
    slow("StackTraceElement", new StackTraceElement("a", "b", "c", 1));
  }
}
