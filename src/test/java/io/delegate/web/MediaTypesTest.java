package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MediaTypesTest {
  @Test
  void theResponseIsWhatIsLikedBest() {
    assertThat(response()).isEqualTo(MediaTypes.NDJSON);
    assertThat(response("*/*")).isEqualTo(MediaTypes.NDJSON);
    assertThat(response("application/json, text/plain, */*")).isEqualTo(MediaTypes.NDJSON);
    assertThat(response("text/event-stream")).isEqualTo(MediaTypes.EVENTS);
    assertThat(response("Text/*")).isEqualTo(MediaTypes.EVENTS);
    assertThat(response("application/jsonl")).isEqualTo("application/jsonl");
    assertThat(response("application/*;q=0.5", "text/event-stream; q=0.9"))
        .isEqualTo(MediaTypes.EVENTS);
    assertThat(response("text/event-stream;q=0, */*;q=0.1")).isEqualTo(MediaTypes.NDJSON);
    assertThat(response("*/*, application/x-ndjson;q=0")).isEqualTo("application/ndjson");
  }

  @Test
  void whatThereIsNotIsNotGiven() {
    assertThat(response("application/json")).isNull();
    assertThat(response("*/*;q=0")).isNull();
    assertThat(response("text/event-stream;q=x")).isNull();
    assertThat(response(",;,/")).isNull();
  }

  @Test
  void textIsUtf8OrSaidToBeElsewhere() {
    assertThat(MediaTypes.of("Application/JSON; charset=\"UTF-8\"")).isEqualTo("application/json");
    assertThat(MediaTypes.of("text/plain;charset=utf8;format=flowed")).isEqualTo("text/plain");
    assertThat(MediaTypes.of("text/plain; charset=iso-8859-1")).isNull();
    assertThat(MediaTypes.of(null)).isNull();
    assertThat(MediaTypes.of(";")).isNotIn(MediaTypes.WHOLE);
  }

  private static String response(String... accept) {
    return MediaTypes.response(List.of(accept));
  }

  @Test
  void whatIsNamedIsLikedMoreThanWhatIsOnlyNotExcluded() {
    assertThat(response("text/event-stream, */*")).isEqualTo(MediaTypes.EVENTS);
    assertThat(response("*/*, text/*")).isEqualTo(MediaTypes.EVENTS);
    assertThat(response("text/event-stream;q=0.9, */*")).isEqualTo(MediaTypes.NDJSON);
    assertThat(response("text/event-stream;q=1.7, */*;q=0.2")).isEqualTo(MediaTypes.NDJSON);
  }

  @Test
  void anEmptyHeaderExcludesNothing() {
    assertThat(response("")).isEqualTo(MediaTypes.NDJSON);
    assertThat(response(" ", "")).isEqualTo(MediaTypes.NDJSON);
  }
}
