package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delegate.DelegateException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class ProblemTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Test
  void itIsAsTheRfcSays() {
    assertThat(Problem.of(ProblemKind.NOT_UTF_8, "line 3 is not \"UTF-8\"").with("line", 3).json())
        .isEqualTo(
            "{\"type\":\"urn:delegate:not-utf-8\",\"title\":\"The text is not UTF-8\","
                + "\"status\":400,\"detail\":\"line 3 is not \\\"UTF-8\\\"\",\"line\":3}");
  }

  @Test
  void asTheLastLineItIsToldFromAnOutcome() throws Exception {
    Problem problem = Problem.of(ProblemKind.TIMEOUT, "slow\n</script>");
    JsonNode json = MAPPER.readTree(problem.lastLine());
    assertThat(json.get("problem").get("status").intValue()).isEqualTo(504);
    assertThat(json.has("n")).isFalse();
    assertThat(Format.LINES.problem(problem).lines()).hasSize(1);
    assertThat(Format.EVENTS.problem(problem)).startsWith("event: problem\ndata: {\"problem\":");
  }

  @Test
  void aBadItemSaysWhereAndWhy() throws Exception {
    ItemReader<Integer> reader = ItemReader.json(Integer.class);
    Line line = new Line(4, "12 x");
    try {
      reader.read(line.text());
    } catch (Exception e) {
      assertThat(Problems.badItem(line, e).json())
          .contains("\"line\":4", "line 4 is not an item: Unrecognized token 'x'", "at column 4");
      return;
    }
    throw new AssertionError("what follows the value was not noticed");
  }

  @Test
  void whatTheSchedulerRefusesIsForLater() {
    Problem busy = Problems.of(new RejectedExecutionException("9 items wait"), true);
    assertThat(busy.kind()).isEqualTo(ProblemKind.BUSY);
    assertThat(busy.json()).contains("9 items wait");
    assertThat(busy.headers()).containsEntry("retry-after", "1");
    Problem refused =
        Problems.of(new RequestLimit.Refused("full", Duration.ofMillis(2_001)), false);
    assertThat(refused.headers()).containsEntry("retry-after", "3");
    assertThat(refused.json()).contains("full");
  }

  @Test
  void strangersAreNotToldTheInsides() {
    Throwable insides = new DelegateException.StartFailed("/opt/jdk/bin/java -cp secret.jar");
    assertThat(Problems.of(insides, false).json())
        .doesNotContain("secret")
        .contains("\"status\":500");
    assertThat(Problems.of(insides, true).json()).contains("start-failed", "secret.jar");
    assertThat(Problems.of(new IllegalStateException("secret"), false).json())
        .doesNotContain("secret")
        .contains("urn:delegate:internal");
  }
}
