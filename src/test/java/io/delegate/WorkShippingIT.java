package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import io.delegate.conformance.Cargo;
import io.delegate.conformance.Cargo.Pair;
import io.delegate.conformance.Cargo.Point;
import io.delegate.conformance.Cargo.Wrapped;
import io.delegate.conformance.Census;
import io.delegate.conformance.Jobs;
import io.delegate.conformance.NothingLeft;
import java.io.File;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@ExtendWith(NothingLeft.class)
class WorkShippingIT {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int MEGABYTE = 1 << 20;

  private static ProcessScheduler jdk;
  private static ProcessScheduler fst;

  @BeforeAll
  static void start() {
    jdk = with(new JdkCodec());
    fst = with(new FstCodec());
  }

  private static ProcessScheduler with(Codec codec) {
    return ProcessScheduler.builder()
        .children(1)
        .codec(codec)
        .maxFrame(MEGABYTE)
        .output(Output.DISCARD)
        .build();
  }

  @AfterAll
  static void stop() {
    jdk.close();
    fst.close();
  }

  /** Names, since JUnit would close schedulers after a test. */
  static Stream<String> both() {
    return Stream.of("jdk", "fst");
  }

  private static ProcessScheduler by(String codec) {
    return codec.equals("jdk") ? jdk : fst;
  }

  private static <I> void gives(Object expected, Work<? super I, ?> work, I item) {
    assertThat(fst.<I, Object>submit(work, item).block(LONG).orElseThrow()).isEqualTo(expected);
  }

  private static <I, R> RemoteError failure(Outcome<I, R> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failure.class);
    return ((Outcome.Failure<I, R>) outcome).error();
  }

  // ---- kinds of work

  @Test
  void lambdasAndMethodReferencesOfAllKindsRun() {
    String captured = "-captured";
    Point record = new Point(3, 4);
    List<Integer> list = List.of(5, 6);
    Work<Integer, Integer> inner = i -> i + list.get(0);
    Wrapped bound = new Wrapped("bound");
    gives(2, i -> i + 1, 1);
    gives(6, Jobs::triple, 2);
    gives("abab", Wrapped::twice, new Wrapped("ab"));
    gives("bound+", bound::with, "+");
    gives(new Wrapped("made"), Wrapped::new, "made");
    gives(4, String::length, "four");
    gives(12, Integer::parseInt, "12");
    gives("a-captured", s -> s + captured, "a");
    gives(5, i -> i + record.y(), 1);
    gives(12, i -> inner.apply(i) + list.get(1), 1);
    gives(new Pair<>("a", 2), new Cargo.Generic<String>(), List.of("a", "b"));
    gives(2, Cargo.Shift.UP, 1);
    gives(0, Cargo.Shift.DOWN, 1);
    gives(new int[3], int[]::new, 3);
  }

  @Test
  void anIntersectionIsAWork() {
    java.util.function.Function<Integer, Integer> function =
        (java.util.function.Function<Integer, Integer> & java.io.Serializable) i -> i * 5;
    gives(25, function::apply, 5);
  }

  @Test
  void aWorkIsSentOncePerChild() {
    try (ProcessScheduler own = ProcessScheduler.create(1)) {
      for (int i = 0; i < 3; i++) {
        // made anew each time, but the same bytes
        StepVerifier.create(
                Flux.range(0, 30)
                    .transform(Delegate.parallel(new Cargo.Counted(1), own))
                    .map(Outcome::orElseThrow)
                    .distinct())
            .expectNext(1)
            .expectComplete()
            .verify(LONG);
      }
      assertThat(own.submit(new Cargo.Counted(1), 0).block(LONG).orElseThrow()).isEqualTo(1);
      assertThat(own.submit(new Cargo.Counted(2), 0).block(LONG).orElseThrow()).isEqualTo(2);
    }
  }

  @Test
  void threeHundredWorksShareAScheduler() {
    try (ProcessScheduler own = ProcessScheduler.create(2)) {
      for (int round = 0; round < 2; round++) {
        StepVerifier.create(
                Flux.range(0, 300)
                    .flatMap(
                        n -> {
                          Work<Integer, Integer> work = i -> i + 1000 * n;
                          return own.submit(work, n).map(o -> o.orElseThrow() - 1001 * n);
                        },
                        50)
                    .distinct())
            .expectNext(0)
            .expectComplete()
            .verify(LONG);
      }
    }
  }

  @Test
  void aWorkThatCannotBeSentIsAnErrorAtOnceAndStartsNothing() {
    Census census = new Census();
    try (ProcessScheduler own = ProcessScheduler.builder().reporter(census).build()) {
      Cargo.Outer outer = new Cargo.Outer();
      Work<Integer, Integer> work = i -> outer.hashCode();
      for (Flux<?> flux :
          List.of(
              Flux.range(0, 3).transform(Delegate.parallel(work, own)),
              Flux.range(0, 3).transform(Delegate.parallelOrdered(work, own)),
              Flux.range(0, 3).transform(Delegate.parallel(work, 2)),
              own.submit(work, 1).flux(),
              Delegate.parallelize(work, List.of(1)).flux())) {
        StepVerifier.create(flux, 0)
            .expectErrorSatisfies(
                e ->
                    assertThat(e)
                        .isInstanceOf(DelegateException.NotShippable.class)
                        .hasMessageContaining("io.delegate.conformance.Cargo$Socket")
                        .hasMessageContaining(".inner.parts[1]"))
            .verify(LONG);
      }
    }
    assertThat(census.inits).hasValue(0);
  }

  /** Whatever keeps a work from being written, it is told in one way. */
  @Test
  void aWorkWhoseWriteObjectThrowsIsNotShippable() {
    Throwable thrown = catchThrowable(() -> fst.submit(new Rude(), 1).block(LONG));
    assertThat(thrown)
        .isInstanceOf(DelegateException.NotShippable.class)
        .hasMessageContaining("rude");
    Deep deep = null;
    for (int i = 0; i < 200_000; i++) {
      deep = new Deep(deep);
    }
    Deep deepest = deep;
    assertThat(catchThrowable(() -> fst.submit(deepest, 1).block(LONG)))
        .isInstanceOf(DelegateException.NotShippable.class);
    gives(3, Jobs::triple, 1);
  }

  static final class Rude implements Work<Integer, Integer> {
    private static final long serialVersionUID = 1L;

    private void writeObject(ObjectOutputStream out) {
      throw new IllegalStateException("rude");
    }

    @Override
    public Integer apply(Integer i) {
      return i;
    }
  }

  record Deep(Deep below) implements Work<Integer, Integer> {
    @Override
    public Integer apply(Integer i) {
      return i;
    }
  }

  @Test
  void aWorkThatCannotBeReadInTheChildFailsItsItems() {
    Cargo.Explosive explosive = new Cargo.Explosive(ProcessHandle.current().pid());
    Work<Integer, Integer> work = i -> explosive.hashCode();
    StepVerifier.create(Flux.range(0, 3).transform(Delegate.parallel(work, fst)))
        .expectNextMatches(o -> failure(o).message().contains("it exploded on arrival"))
        .expectNextMatches(o -> failure(o).message().contains("it exploded on arrival"))
        .expectNextMatches(o -> failure(o).message().contains("it exploded on arrival"))
        .expectComplete()
        .verify(LONG);
  }

  // ---- items and results that cannot travel

  @ParameterizedTest
  @MethodSource("both")
  void anItemThatCannotBeSentIsAFailureAndHarmsNoChild(String codec) {
    ProcessScheduler scheduler = by(codec);
    long pid = scheduler.submit(Jobs::triple, 1).block(LONG).pid();
    Work<Object, String> work = String::valueOf;
    Outcome<Object, String> outcome =
        scheduler.submit(work, (Object) new Cargo.Outer()).block(LONG);
    assertThat(failure(outcome).message())
        .contains("io.delegate.conformance.Cargo$Socket", "Outer.inner.parts[1]");
    assertThat(outcome.pid()).isZero();
    assertThat(outcome.attempt()).isZero();
    assertThat(outcome.took()).isZero();
    assertThat(scheduler.submit(Jobs::triple, 1).block(LONG).pid()).isEqualTo(pid);
  }

  @Test
  void anItemThatCannotBeSentStartsNoChild() {
    Census census = new Census();
    try (ProcessScheduler own = ProcessScheduler.builder().reporter(census).build()) {
      Work<Object, String> work = String::valueOf;
      failure(own.submit(work, new Cargo.Outer()).block(LONG));
    }
    assertThat(census.born).hasValue(0);
  }

  @ParameterizedTest
  @MethodSource("both")
  void aResultThatCannotBeSentIsAFailureAndHarmsNoChild(String codec) {
    ProcessScheduler scheduler = by(codec);
    long pid = scheduler.submit(Jobs::triple, 1).block(LONG).pid();
    Work<Integer, Object> work = i -> new Cargo.Outer();
    Outcome<Integer, Object> outcome = scheduler.submit(work, 1).block(LONG);
    assertThat(failure(outcome).message())
        .contains("io.delegate.conformance.Cargo$Socket", "Outer.inner.parts[1]");
    assertThat(outcome.pid()).isEqualTo(pid);
    assertThat(scheduler.submit(Jobs::triple, 1).block(LONG).pid()).isEqualTo(pid);
  }

  @ParameterizedTest
  @MethodSource("both")
  void whatIsTooLargeIsAFailureThatNamesTheLimit(String codec) {
    ProcessScheduler scheduler = by(codec);
    long pid = scheduler.submit(Jobs::triple, 1).block(LONG).pid();
    Work<Integer, Object> bytes = byte[]::new;
    Work<Integer, Object> text = "x"::repeat;
    Work<Integer, Object> list = i -> new ArrayList<>(IntStream.range(0, i).boxed().toList());
    for (Work<Integer, Object> work : List.of(bytes, text, list)) {
      Outcome<Integer, Object> outcome = scheduler.submit(work, MEGABYTE).block(LONG);
      assertThat(failure(outcome).message()).contains("the result", "maxFrame");
      assertThat(outcome.pid()).isEqualTo(pid);
    }
    Work<Object, String> back = o -> "there";
    for (Object item :
        List.of(
            new byte[MEGABYTE],
            "y".repeat(MEGABYTE),
            new ArrayList<>(IntStream.range(0, MEGABYTE).boxed().toList()))) {
      Outcome<Object, String> outcome = scheduler.submit(back, item).block(LONG);
      assertThat(failure(outcome).message()).contains("the item", "maxFrame", "1,048,");
      assertThat(outcome.pid()).isZero();
    }
    assertThat(scheduler.submit(Jobs::triple, 1).block(LONG).pid()).isEqualTo(pid);
  }

  @ParameterizedTest
  @MethodSource("both")
  void whatJustFitsTravels(String codec) {
    ProcessScheduler scheduler = by(codec);
    Work<byte[], byte[]> echo = b -> b;
    for (int less : new int[] {64, 100, 1000}) {
      byte[] item = new byte[MEGABYTE - less];
      Arrays.fill(item, (byte) 7);
      Outcome<byte[], byte[]> outcome = scheduler.submit(echo, item).block(LONG);
      assertThat(outcome.orElseThrow()).isEqualTo(item);
    }
    // every size around the limit: a Success or a Failure, never a dead child
    long pid = scheduler.submit(Jobs::triple, 1).block(LONG).pid();
    for (int less = 0; less < 64; less++) {
      Outcome<byte[], byte[]> outcome =
          scheduler.submit(echo, new byte[MEGABYTE - less]).block(LONG);
      assertThat(outcome.pid()).isIn(0L, pid);
      if (!outcome.isSuccess()) {
        assertThat(failure(outcome).message()).contains("maxFrame");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("both")
  void aHugeExceptionIsCutAndHarmsNoChild(String codec) {
    ProcessScheduler scheduler = by(codec);
    Work<Integer, Integer> work =
        i -> {
          throw new IllegalStateException("z".repeat(i));
        };
    Outcome<Integer, Integer> outcome = scheduler.submit(work, 3 * MEGABYTE).block(LONG);
    assertThat(failure(outcome).message()).startsWith("zzzz").hasSizeLessThan(MEGABYTE);
  }

  @ParameterizedTest
  @MethodSource("both")
  void anItemThatExplodesInTheChildIsAFailure(String codec) {
    ProcessScheduler scheduler = by(codec);
    Work<Object, String> work = String::valueOf;
    Object item = new Cargo.Explosive(ProcessHandle.current().pid());
    Outcome<Object, String> outcome = scheduler.submit(work, item).block(LONG);
    assertThat(failure(outcome).toString()).contains("it exploded on arrival");
    assertThat(outcome.pid()).isPositive();
    assertThat(scheduler.submit(Jobs::triple, 1).block(LONG).pid()).isEqualTo(outcome.pid());
  }

  @ParameterizedTest
  @MethodSource("both")
  void aResultThatExplodesInTheParentIsAFailure(String codec) {
    ProcessScheduler scheduler = by(codec);
    Work<Integer, Object> work = i -> new Cargo.Explosive(ProcessHandle.current().pid());
    Outcome<Integer, Object> outcome = scheduler.submit(work, 1).block(LONG);
    assertThat(failure(outcome).message())
        .contains("the result cannot be read", "it exploded on arrival");
    assertThat(outcome.pid()).isPositive();
    assertThat(scheduler.submit(Jobs::triple, 1).block(LONG).pid()).isEqualTo(outcome.pid());
  }

  @Test
  void aNullResultIsASuccess() {
    Work<Integer, String> work = i -> null;
    Outcome<Integer, String> outcome = fst.submit(work, 1).block(LONG);
    assertThat(outcome.isSuccess()).isTrue();
    assertThat(outcome.orElse("other")).isNull();
    Task<String> task = () -> null;
    StepVerifier.create(Delegate.call(task)).expectComplete().verify(LONG);
  }

  // ---- values

  private static Object sample(String name) {
    Map<TimeUnit, List<Point>> byUnit = new EnumMap<>(TimeUnit.class);
    byUnit.put(TimeUnit.DAYS, List.of(new Point(1, 2)));
    Map<String, Object> nested = new LinkedHashMap<>();
    nested.put("list", new ArrayList<>(Arrays.asList(1, null, "two", List.of(Set.of(3)))));
    nested.put("map", new TreeMap<>(Map.of("a", Map.of("b", new HashMap<>(Map.of(1, 2))))));
    nested.put("deque", new ArrayList<>(new ArrayDeque<>(List.of(1, 2))));
    nested.put("none", null);
    BitSet bits = new BitSet();
    bits.set(70);
    return Map.ofEntries(
            Map.entry("record", new Point(1, -1)),
            Map.entry("record of records", new Pair<>(new Point(1, 2), List.of(new Point(3, 4)))),
            Map.entry("record with null", new Pair<>(null, "x")),
            Map.entry("enum", TimeUnit.DAYS),
            Map.entry("enum with a body", Cargo.Shift.DOWN),
            Map.entry("enum map", byUnit),
            Map.entry("enum set", EnumSet.of(TimeUnit.DAYS, TimeUnit.HOURS)),
            Map.entry("instant", Instant.ofEpochSecond(1, 2)),
            Map.entry("duration", Duration.ofNanos(-5)),
            Map.entry("date", LocalDate.of(2026, 2, 28)),
            Map.entry("offset", OffsetDateTime.parse("2026-01-01T00:00:00+02:00")),
            Map.entry("zoned", ZonedDateTime.of(2026, 6, 1, 1, 1, 1, 1, ZoneId.of("Europe/Rome"))),
            Map.entry("path", Path.of("/tmp/größe/a b")),
            Map.entry("relative path", Path.of("a/../b")),
            Map.entry("paths", List.of(Path.of(""), Path.of("/"))),
            Map.entry("file", new File("/a")),
            Map.entry("nested", nested),
            Map.entry("immutable", List.of(Map.of(1, Set.of(2)))),
            Map.entry("big", List.of(new BigDecimal("1.50"), BigInteger.TEN.pow(50))),
            Map.entry("uuid", new UUID(1, 2)),
            Map.entry("locale", Locale.GERMANY),
            Map.entry("bits", bits),
            Map.entry("class", Point.class),
            Map.entry("long text", "ä".repeat(5_000)),
            Map.entry("strings", new ArrayList<>(List.of("a", "ß", "日本", "\uD83D\uDE00"))))
        .get(name);
  }

  static Stream<Arguments> values() {
    return Stream.of(
            "record",
            "record of records",
            "record with null",
            "enum",
            "enum with a body",
            "enum map",
            "enum set",
            "instant",
            "duration",
            "date",
            "offset",
            "zoned",
            "path",
            "relative path",
            "paths",
            "file",
            "nested",
            "immutable",
            "big",
            "uuid",
            "locale",
            "bits",
            "class",
            "long text",
            "strings")
        .flatMap(name -> Stream.of(arguments(name, "jdk"), arguments(name, "fst")));
  }

  @ParameterizedTest(name = "{0} by {1}")
  @MethodSource("values")
  void valuesTravelBothWays(String name, String codec) {
    ProcessScheduler scheduler = by(codec);
    Object value = sample(name);
    Work<Object, Object> work =
        item -> {
          Object here = sample(name);
          return here.equals(item) ? item : "it was " + item + ", not " + here;
        };
    Outcome<Object, Object> outcome = scheduler.submit(work, value).block(LONG);
    assertThat(outcome.orElseThrow()).isEqualTo(value);
    assertThat(outcome.item()).isSameAs(value);
  }

  @ParameterizedTest
  @MethodSource("both")
  void arraysTravelBothWays(String codec) {
    ProcessScheduler scheduler = by(codec);
    Work<Object, Object> echo = o -> o;
    for (Object array :
        List.of(
            new int[] {1, -1},
            new long[0],
            new double[] {Double.NaN, -0.0},
            new boolean[] {true, false},
            new char[] {'\uD800'},
            new String[] {"a", null},
            new Point[] {new Point(1, 2)},
            new int[][] {{1}, {}, null},
            new Object[] {1, "a", new Object[] {null}})) {
      Object back = scheduler.submit(echo, array).block(LONG).orElseThrow();
      assertThat(back).isEqualTo(array).hasSameClassAs(array);
    }
  }

  // ---- exceptions

  private static Integer deepBelow(int i) {
    if (i > 0) {
      return deepBelow(i - 1);
    }
    throw new IllegalStateException("outer", new IOException("inner", new Error("innermost")));
  }

  @ParameterizedTest
  @MethodSource("both")
  void exceptionsShowTheirTypeMessageAndStack(String codec) {
    ProcessScheduler scheduler = by(codec);
    Work<Integer, Integer> work = i -> deepBelow(i);
    Outcome<Integer, Integer> outcome = scheduler.submit(work, 2).block(LONG);
    RemoteError error = failure(outcome);
    assertThat(error.type()).isEqualTo("java.lang.IllegalStateException");
    assertThat(error.message()).isEqualTo("outer");
    assertThat(error.stackTrace())
        .contains(
            "WorkShippingIT.deepBelow",
            "Caused by: java.io.IOException: inner",
            "Caused by: java.lang.Error: innermost");
    Throwable thrown = catchThrowable(outcome::orElseThrow);
    assertThat(thrown)
        .isInstanceOf(DelegateException.Failed.class)
        .hasMessage("item 2 failed: java.lang.IllegalStateException: outer");
    assertThat(thrown.getCause().getStackTrace())
        .extracting(StackTraceElement::getMethodName)
        .startsWith("deepBelow", "deepBelow", "deepBelow");
    assertThat(thrown.getCause().getStackTrace()[0].getClassName())
        .isEqualTo(WorkShippingIT.class.getName());
    assertThat(thrown.getCause().getStackTrace()[0].getLineNumber()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("both")
  void exceptionsOfAllKindsAreFailures(String codec) {
    ProcessScheduler scheduler = by(codec);
    Work<String, String> work =
        kind ->
            switch (kind) {
              case "checked" -> throw new IOException("checked");
              case "error" -> throw new AssertionError("error");
              case "mute" -> throw new Cargo.Mute();
              case "overflow" -> overflow(0);
              case "interrupted" -> {
                Thread.currentThread().interrupt();
                throw new InterruptedException("interrupted");
              }
              case "message" -> throw new Cargo.Unspoken();
              case "loop" -> {
                Exception one = new Exception("one");
                Exception two = new Exception("two", one);
                one.initCause(two);
                throw one;
              }
              case "class" -> {
                Class.forName("no.such.Type");
                yield "";
              }
              default -> throw new IllegalArgumentException();
            };
    assertThat(
            Stream.of(
                    "checked",
                    "error",
                    "mute",
                    "overflow",
                    "interrupted",
                    "message",
                    "loop",
                    "class",
                    "empty")
                .map(kind -> failure(scheduler.submit(work, kind).block(LONG)).type()))
        .satisfiesExactly(
            t -> assertThat(t).isEqualTo("java.io.IOException"),
            t -> assertThat(t).isEqualTo("java.lang.AssertionError"),
            t -> assertThat(t).isEqualTo("io.delegate.conformance.Cargo$Mute"),
            t -> assertThat(t).isEqualTo("java.lang.StackOverflowError"),
            t -> assertThat(t).isEqualTo("java.lang.InterruptedException"),
            t -> assertThat(t).isEqualTo("io.delegate.conformance.Cargo$Unspoken"),
            t -> assertThat(t).isEqualTo("java.lang.Exception"),
            t -> assertThat(t).isEqualTo("java.lang.ClassNotFoundException"),
            t -> assertThat(t).isEqualTo("java.lang.IllegalArgumentException"));
    assertThat(scheduler.submit(Jobs::triple, 1).block(LONG).isSuccess()).isTrue();
  }

  private static String overflow(int i) {
    return i < 0 ? "" : overflow(i + 1) + i;
  }
}
