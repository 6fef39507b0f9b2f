package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.NothingLeft;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client that never reads holds its place for so long, and not for ever. */
@ExtendWith({NothingLeft.class, NoLeak.class})
class WriteTimeoutIT {
  private static final String NDJSON = "application/x-ndjson";
  private static final Duration LONG = Duration.ofSeconds(40);
  private static final Duration SHORT = Duration.ofMillis(500);

  private final RequestLimit places = RequestLimit.builder().maxConcurrent(2).build();

  private static byte[] items(int count) {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < count; i++) {
      body.append('"').append(i).append("\"\n");
    }
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whoTakesNothingIsGivenUpAndItsPlaceIsFree() throws Exception {
    try (WebServer server =
            new WebServer(Works::long10k, o -> o.limit(places).ahead(64).writeTimeout(SHORT));
        WebClient stalled = new WebClient(server.port(), 64 << 10)) {
      stalled.post(NDJSON, items(4_000));
      stalled.lineWith("\"success\""); // it has begun
      await().atMost(LONG).until(() -> places.running() == 0);
      try (WebClient other = server.connect().post(NDJSON, items(1))) {
        other.lineWith("\"n\":0,");
      }
    }
  }

  /** Slower than its pieces come, but it reads. */
  @Test
  void whoReadsSlowlyIsNot() throws Exception {
    int items = 300;
    try (WebServer server =
            new WebServer(Works::long10k, o -> o.limit(places).ahead(64).writeTimeout(SHORT));
        WebClient slow = new WebClient(server.port(), 64 << 10)) {
      slow.post(NDJSON, items(items));
      long pause = 4 * SHORT.toMillis() / items;
      for (int i = 0; i < items; i++) {
        slow.lineWith("\"success\"");
        Thread.sleep(pause); // not to wait for anything: it is what makes it slow
      }
      assertThat(slow.line()).isEmpty();
    }
  }

  /** While an item runs there is nothing to be taken. */
  @Test
  void whoWaitsForAnItemIsNot() throws Exception {
    try (WebServer server =
            new WebServer(
                item -> {
                  Thread.sleep(item.equals("0") ? 4 * SHORT.toMillis() : 0);
                  return item;
                },
                o -> o.writeTimeout(SHORT));
        WebClient client = server.connect()) {
      server.children.spawn(2).block(Duration.ofSeconds(50)); // one for each item
      client.post(NDJSON, items(2));
      client.lineWith("\"n\":1,");
      client.lineWith("\"n\":0,");
    }
  }
}
