package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delegate.Death;
import io.delegate.Outcome;
import io.delegate.RemoteError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutcomeTextTest {
  private static final Duration TOOK = Duration.ofNanos(1_500_999);
  private static final OutcomeText<Object> TEXT = new OutcomeText<>(ResultWriter.json(), true);

  record Point(int x, List<String> names) {}

  /** Two of them that hold each other have no end. */
  static final class Ring {
    Ring next = this;

    public Ring getNext() {
      return next;
    }
  }

  private static String line(Outcome<String, Object> outcome) {
    String line = TEXT.of(outcome, 7, Format.LINES);
    assertThat(line).endsWith("\n");
    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    return line.strip();
  }

  private static Outcome<String, Object> success(Object result) {
    return new Outcome.Success<>("item", 4711, TOOK, 1, result);
  }

  @Test
  void theFieldsAreThoseOfTheCommandLine() {
    assertThat(line(success(new Point(3, List.of("a\nb", "</script>")))))
        .isEqualTo(
            "{\"n\":7,\"outcome\":\"success\",\"pid\":4711,\"tookMillis\":1.5,\"attempt\":1,"
                + "\"result\":{\"x\":3,\"names\":[\"a\\nb\",\"</script>\"]}}");
    assertThat(line(success(null))).endsWith("\"result\":null}");
    assertThat(
            line(
                new Outcome.Failure<>(
                    "item", 1, Duration.ZERO, 1, new RemoteError("t", "m", "at x\n"))))
        .isEqualTo(
            "{\"n\":7,\"outcome\":\"failure\",\"pid\":1,\"tookMillis\":0,\"attempt\":1,"
                + "\"error\":{\"type\":\"t\",\"message\":\"m\",\"stackTrace\":\"at x\\n\"}}");
    Death death = new Death(137, Optional.of("SIGKILL"), Death.Cause.SIGNAL, "last\nwords");
    assertThat(line(new Outcome.Aborted<>("item", 2, Duration.ofSeconds(100), 1, death)))
        .contains(
            "\"aborted\"",
            "\"tookMillis\":100000,",
            "\"death\":{\"exitCode\":137,\"signal\":\"SIGKILL\",\"cause\":\"SIGNAL\",\"crash\":null,"
                + "\"stderrTail\":\"last\\nwords\",\"peakMemory\":0,\"ageMillis\":0,\"served\":0,"
                + "\"escaped\":[]}");
    assertThat(line(new Outcome.TimedOut<>("item", 0, Duration.ZERO, 0, Duration.ofMillis(9), "")))
        .endsWith("\"limitMillis\":9,\"limit\":\"queueTimeout\",\"threadDump\":\"\"}");
  }

  @Test
  void withoutEvidenceTheFieldsAreEmpty() throws Exception {
    OutcomeText<Object> text = new OutcomeText<>(ResultWriter.json(), false);
    Death death = new Death(1, Optional.empty(), Death.Cause.EXIT, "secret");
    List<Outcome<String, Object>> all =
        List.of(
            new Outcome.Failure<>("i", 1, TOOK, 1, new RemoteError("t", "m", "secret")),
            new Outcome.Aborted<>("i", 1, TOOK, 1, death),
            new Outcome.TimedOut<>("i", 1, TOOK, 1, TOOK, "secret"));
    for (Outcome<String, Object> outcome : all) {
      String line = text.of(outcome, 0, Format.LINES);
      assertThat(line).doesNotContain("secret");
      assertThat(new ObjectMapper().readTree(line).get("n").intValue()).isZero();
    }
  }

  @Test
  void aResultThatCannotBeWrittenIsAFailure() throws Exception {
    for (Object bad : List.of(new Ring(), new Object(), Map.of("half", new Ring()))) {
      JsonNode json = new ObjectMapper().readTree(line(success(bad)));
      assertThat(json.get("outcome").textValue()).isEqualTo("failure");
      assertThat(json.get("error").get("message").textValue())
          .startsWith("the result cannot be written as JSON: ");
      assertThat(json.has("result")).isFalse();
    }
  }

  @Test
  void anEventBearsTheNameAndThePosition() {
    String event = TEXT.of(success("a\u2028b\r\n"), 3, Format.EVENTS);
    assertThat(event)
        .startsWith("event: success\nid: 3\ndata: {\"n\":3,")
        .endsWith("\"result\":\"a\u2028b\\r\\n\"}\n\n");
    assertThat(event.lines()).hasSize(4);
  }

  @Test
  void jsonFromTheChildIsCopiedOntoOneLine() {
    OutcomeText<String> raw = new OutcomeText<>(ResultWriter.raw(), true);
    Outcome<String, String> outcome =
        new Outcome.Success<>("i", 1, TOOK, 1, "{\n  \"a\": \"\\n\"\r\n}");
    assertThat(raw.of(outcome, 0, Format.LINES)).endsWith("\"result\":{   \"a\": \"\\n\"  }}\n");
  }
}
