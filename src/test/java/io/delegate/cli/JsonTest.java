package io.delegate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.ChildId;
import io.delegate.Death;
import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.Outcome;
import io.delegate.Progress;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class JsonTest {
  private record Point(int x, Optional<String> name) {}

  private record Sour(int x) {
    @Override
    public int x() {
      throw new UnsupportedOperationException("sour");
    }
  }

  /** Has a new one of itself inside, for ever. */
  private record Doll() implements Iterable<Doll> {
    @Override
    public Iterator<Doll> iterator() {
      return Collections.singleton(new Doll()).iterator();
    }
  }

  private static String line(Outcome<String, String> outcome) throws IOException {
    return new String(OutcomeJson.line(outcome, null), StandardCharsets.UTF_8);
  }

  @Test
  void scalarsAreScalars() {
    assertThat(ValueJson.of(null)).isEqualTo("null");
    assertThat(ValueJson.of(true)).isEqualTo("true");
    assertThat(ValueJson.of(Long.MIN_VALUE)).isEqualTo("-9223372036854775808");
    assertThat(ValueJson.of(1.5)).isEqualTo("1.5");
    assertThat(ValueJson.of(0.1f)).isEqualTo("0.1");
    assertThat(ValueJson.of(new BigInteger("9".repeat(30)))).isEqualTo("9".repeat(30));
    assertThat(ValueJson.of(new BigDecimal("1.10"))).isEqualTo("1.10");
    assertThat(ValueJson.of("a\n\"b\"\u0001ü")).isEqualTo("\"a\\n\\\"b\\\"\\u0001ü\"");
  }

  @Test
  void numbersThatJsonLacksAreStrings() {
    assertThat(ValueJson.of(List.of(Double.NaN, Double.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY)))
        .isEqualTo("[\"NaN\",\"-Infinity\",\"Infinity\"]");
  }

  @Test
  void containersAreContainers() {
    assertThat(ValueJson.of(new int[][] {{1}, {}})).isEqualTo("[[1],[]]");
    assertThat(ValueJson.of(new Object[] {null, 'c'})).isEqualTo("[null,\"c\"]");
    assertThat(ValueJson.of(new byte[] {1, 2})).isEqualTo("\"AQI=\"");
    assertThat(ValueJson.of(Map.of(1, List.of("x")))).isEqualTo("{\"1\":[\"x\"]}");
    assertThat(ValueJson.of(new Point(3, Optional.of("p")))).isEqualTo("{\"x\":3,\"name\":\"p\"}");
    assertThat(ValueJson.of(new Point(3, Optional.empty()))).isEqualTo("{\"x\":3,\"name\":null}");
  }

  @Test
  void allElseIsItsText() {
    assertThat(ValueJson.of(Duration.ofSeconds(5))).isEqualTo("\"PT5S\"");
    assertThat(ValueJson.of(Path.of("a"))).isEqualTo("\"a\"");
    assertThat(ValueJson.of(Thread.State.NEW)).isEqualTo("\"NEW\"");
  }

  @Test
  void theSameValueTwiceIsNoCycle() {
    List<Integer> one = List.of(1);
    assertThat(ValueJson.of(List.of(one, one))).isEqualTo("[[1],[1]]");
  }

  @Test
  void cyclesEnd() {
    List<Object> list = new ArrayList<>();
    Map<String, Object> map = new HashMap<>();
    list.add(map);
    map.put("list", list);
    assertThat(ValueJson.of(list)).isEqualTo("[{\"list\":\"(cycle)\"}]");
  }

  @Test
  void depthWithoutEndEnds() {
    int n = ValueJson.DEEPEST;
    assertThat(ValueJson.of(new Doll()))
        .isEqualTo("[".repeat(n) + "\"(too deep)\"" + "]".repeat(n));
  }

  @Test
  void whatAValueThrowsIsThrown() {
    assertThatThrownBy(() -> ValueJson.of(new Sour(1))).hasRootCauseMessage("sour");
  }

  @Test
  void aSuccessIsOneLine() throws IOException {
    assertThat(line(FakeChildren.outcome("\u2028two\nlines")))
        .isEqualTo(
            "{\"item\":\"\u2028two\\nlines\",\"outcome\":\"success\",\"pid\":7,"
                + "\"tookMillis\":1.234,\"attempt\":1,\"result\":10}\n");
  }

  @Test
  void theOtherThreeSayWhatHappened() throws IOException {
    assertThat(line(FakeChildren.outcome("fail")))
        .endsWith(
            "\"error\":{\"type\":\"x.Oops\",\"message\":\"bad \\\"luck\\\"\",\"stackTrace\":\"at"
                + " x\"}}\n");
    assertThat(line(FakeChildren.outcome("crash")))
        .endsWith(
            "\"death\":{\"exitCode\":137,\"signal\":\"SIGKILL\",\"cause\":\"SIGNAL\","
                + "\"crash\":null,\"stderrTail\":\"last\\nwords\",\"peakMemory\":0,"
                + "\"ageMillis\":0,\"served\":0,\"escaped\":[]}}\n");
    assertThat(line(FakeChildren.outcome("exit"))).contains("\"signal\":null");
    assertThat(line(crashed("SIGSEGV (0xb) at pc=0x01\nC  [libx.so+0x1]  f+0x1")))
        .contains("\"crash\":\"SIGSEGV (0xb) at pc=0x01\\nC  [libx.so+0x1]  f+0x1\",");
    assertThat(line(FakeChildren.outcome("hang")))
        .contains("\"outcome\":\"timedOut\"", "\"limitMillis\":1500,", "\"limit\":\"timeout\",")
        .contains("\\\"main\\\" RUNNABLE");
  }

  private static Outcome<String, String> crashed(String words) {
    Death death =
        new Death(
            134,
            Optional.of("SIGABRT"),
            Death.Cause.NATIVE_CRASH,
            "",
            words,
            Optional.empty(),
            0,
            Duration.ZERO,
            0,
            List.of());
    return new Outcome.Aborted<>("segv", 7, FakeChildren.TOOK, 1, death);
  }

  @Test
  void halfASurrogatePairDoesNotSpoilTheLine() throws IOException {
    String half = ValueJson.of("\ud83d");
    Outcome<String, String> outcome =
        new Outcome.Success<>("\ude00", 1, FakeChildren.TOOK, 1, half);
    assertThat(line(outcome)).contains("\"item\":\"?\"", "\"result\":\"?\"");
  }

  @Test
  void howFarAnItemIsIsALineOfEvents() {
    assertThat(EventJson.line(event(OptionalDouble.of(.25), "page 7")))
        .isEqualTo(
            "{\"event\":\"progress\",\"pid\":7,\"item\":\"a\",\"fraction\":0.25,\"note\":\"page 7\"}");
    assertThat(EventJson.line(event(OptionalDouble.empty(), "")))
        .isEqualTo("{\"event\":\"progress\",\"pid\":7,\"item\":\"a\",\"note\":\"\"}");
  }

  private static Event event(OptionalDouble fraction, String note) {
    return new Event.Progress(7, "a", new Progress(fraction, note));
  }

  @Test
  void millisecondsArePlain() {
    List<Duration> times =
        Arrays.asList(
            Duration.ZERO, Duration.ofMillis(100), Duration.ofDays(365), Duration.ofNanos(999));
    assertThat(times.stream().map(t -> OutcomeJson.millis(t).toPlainString()))
        .containsExactly("0", "100", "31536000000", "0");
  }

  /** stderr is in the encoding of the system, which may be ASCII. */
  @Test
  void eventsAreAsciiAndSayWhyAChildIsGone() {
    assertThat(EventJson.line(new Event.Begin(ChildId.of(2, 7), "a")))
        .isEqualTo("{\"event\":\"begin\",\"pid\":7,\"node\":2,\"item\":\"a\"}");
    assertThat(EventJson.line(new Event.Node(2, "n2", 6, "")))
        .isEqualTo("{\"event\":\"node\",\"node\":2,\"name\":\"n2\",\"children\":6,\"why\":\"\"}");
    assertThat(EventJson.line(new Event.Begin(7, "zwölf\u001b\u2028\n")))
        .isEqualTo("{\"event\":\"begin\",\"pid\":7,\"item\":\"zw\\u00F6lf\\u001B\\u2028\\n\"}");
    Death death = new Death(0, Optional.empty(), Death.Cause.EXIT, "");
    Event exit = new Event.Exit(7, death, Duration.ZERO, 1, Duration.ZERO, ExitReason.RECYCLED);
    assertThat(EventJson.line(exit)).contains("\"reason\":\"RECYCLED\",\"lost\":false");
  }
}
