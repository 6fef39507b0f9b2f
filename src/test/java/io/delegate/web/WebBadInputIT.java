package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.NothingLeft;
import io.delegate.ProcessScheduler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.provider.Arguments;

/** Requests that are wrong get a clear answer, and cost nobody else anything. */
@ExtendWith({NothingLeft.class, NoLeak.class})
class WebBadInputIT {
  private static final String NDJSON = "application/x-ndjson";

  /** Method, type with other headers, body; what is answered, and what is in the answer. */
  static Stream<Arguments> requests() {
    return Stream.of(
        Arguments.of("GET", "", "", "405 Method Not Allowed", "allow: POST"),
        Arguments.of("PUT", NDJSON, "1", "405 Method Not Allowed", "method-not-allowed"),
        Arguments.of("POST", "", "1", "415 Unsupported", "accept-post: " + MediaTypes.ACCEPTED),
        Arguments.of("POST", "text/html", "1", "415 Unsupported", "Content-Type is text/html"),
        Arguments.of("POST", "text/plain; charset=latin1", "1", "415 Unsupported", "UTF-8"),
        Arguments.of("POST", "x\"y\\", "1", "415 Unsupported", "Content-Type is x\\\"y\\\\;"),
        Arguments.of("POST", NDJSON + "\r\nContent-Encoding: gzip", "1", "415 Uns", "gzip"),
        Arguments.of(
            "POST",
            NDJSON + "\r\nContent-Encoding: br",
            "1",
            "415 Uns",
            "accept-encoding: identity"),
        Arguments.of("POST", NDJSON + "\r\nAccept: text/html", "1", "406 Not Acc", "event-stream"),
        Arguments.of("POST", NDJSON, "1\n".repeat(60), "413 ", "\"limit\":100"),
        Arguments.of("POST", NDJSON, "\n".repeat(10) + "1".repeat(41), "413 ", "\"line\":11"),
        Arguments.of("POST", "application/json", "1".repeat(41), "413 ", "item-too-long"),
        Arguments.of("POST", NDJSON, "\n{\"a\":\"<script>\"", "400 Bad Request", "\"line\":2"),
        Arguments.of("POST", NDJSON, "\"a\" \"b\"\n", "400 Bad Request", "at column 5"),
        Arguments.of("POST", NDJSON, "null\n", "400 Bad Request", "it is null"),
        Arguments.of("POST", NDJSON, "\u00ff", "400 Bad Request", "not-utf-8"),
        Arguments.of("POST", "application/json", "", "400 Bad Request", "the body is not an item"));
  }

  @Test
  void whatIsWrongIsSaid() throws Exception {
    try (WebServer server =
        new WebServer(Works::mixed, o -> o.maxBodyBytes(100).maxItemBytes(40))) {
      for (Arguments request : requests().toList()) {
        Object[] a = request.get();
        for (boolean chunked : new boolean[] {false, true}) {
          String answer = ask(server, (String) a[0], (String) a[1], (String) a[2], chunked);
          assertThat(answer)
              .as("%s chunked: %s", request, chunked)
              .startsWith("HTTP/1.1 " + a[3])
              .contains("content-type: application/problem+json", "\"type\":\"urn:delegate:")
              .contains((String) a[4]);
        }
      }
    }
  }

  private static String ask(
      WebServer server, String method, String type, String body, boolean chunked) throws Exception {
    byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
    String head =
        WebClient.head(method)
            + (type.isEmpty() ? "" : "Content-Type: " + type + "\r\n")
            + (chunked
                ? "Transfer-Encoding: chunked\r\n\r\n"
                : "Content-Length: " + bytes.length + "\r\n\r\n");
    try (WebClient client = server.connect()) {
      client.send(head.getBytes(StandardCharsets.UTF_8));
      if (!chunked) {
        client.send(bytes);
      } else if (bytes.length > 0) {
        client.send((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.UTF_8));
        client.send(bytes).send("\r\n".getBytes(StandardCharsets.UTF_8)).lastChunk();
      } else {
        client.lastChunk();
      }
      return client.rest(); // so the connection is closed, too
    }
  }

  @Test
  void moreItemsThanAllowedAreTooMany() throws Exception {
    try (WebServer server = new WebServer(Works::mixed, o -> o.maxItems(2));
        WebClient client = server.connect().post(NDJSON, utf8("\"a\"\n\"b\"\n\"hang\"\n"))) {
      assertThat(client.rest()).contains("\"status\":413", "more than 2 items", "\"limit\":2");
    }
  }

  /** Whatever was told before stands; then comes the problem, and the end. */
  @Test
  void onceOutcomesWereSentTheProblemIsTheLastLine() throws Exception {
    try (WebServer server = new WebServer(Works::mixed, o -> o.maxItemBytes(40))) {
      for (String accept : new String[] {NDJSON, "text/event-stream"}) {
        for (String wrong : new String[] {"{\n", "\"" + "x".repeat(99) + "\"\n"}) {
          try (WebClient client = server.connect().post(NDJSON, "Accept: " + accept)) {
            client.chunk("\"one\"\n\"hang\"\n");
            assertThat(client.lineWith("\"n\":0,")).contains("ONE");
            client.chunk(wrong);
            String rest = client.rest();
            assertThat(rest).contains("{\"problem\":{\"type\":\"urn:delegate:", "\"line\":3");
            assertThat(rest).doesNotContain("\"n\":");
            assertThat(rest.contains("event: problem")).isEqualTo(!accept.equals(NDJSON));
            assertThat(rest).as("the end of the chunks").endsWith("0\n\n");
          }
        }
      }
    }
  }

  /** The answer is there before the rest of the request, which nobody waits for. */
  @Test
  void aBodyThatIsTooLargeIsRefusedBeforeItIsSent() throws Exception {
    try (WebServer server = new WebServer(Works::mixed, o -> o.maxBodyBytes(1000));
        WebClient client = server.connect()) {
      client.send(
          (WebClient.head("POST", "Content-Type: " + NDJSON, "Content-Length: 1001")
                  + "Expect: 100-continue\r\n\r\n")
              .getBytes(StandardCharsets.UTF_8));
      assertThat(client.line()).startsWith("HTTP/1.1 413 ");
      assertThat(client.rest()).contains("body-too-large").doesNotContain("100 Continue");
    }
  }

  /** Some clients read only when they have sent all: they must not be reset before. */
  @Test
  void aClientThatSendsOnGetsToReadItsAnswer() throws Exception {
    byte[] body = new byte[3_000_000];
    java.util.Arrays.fill(body, (byte) '\n');
    body[0] = '{';
    try (WebServer server = new WebServer(Works::mixed);
        WebClient client = server.connect().post(NDJSON, body)) {
      assertThat(client.rest()).startsWith("HTTP/1.1 400 ").contains("\"line\":1");
    }
  }

  @Test
  void soDoesOneThatTakesItsTime() throws Exception {
    try (WebServer server = new WebServer(Works::mixed)) {
      List<String> answers = new ArrayList<>();
      for (String host :
          new String[] {"localhost", "elsewhere"}) { // read, and not even begun to be
        try (WebClient client = server.connect()) {
          client.send(
              utf8(
                  "POST /work HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: " + NDJSON + "\r\n"));
          client.send(utf8("Transfer-Encoding: chunked\r\n\r\n")).chunk("{\n");
          for (int i = 0; i < 25; i++) {
            Thread.sleep(100); // not to wait for anything: it is what makes it slow
            client.chunk("\"more\"\n");
          }
          answers.add(client.lastChunk().rest());
        }
      }
      assertThat(answers.get(0)).startsWith("HTTP/1.1 400 ").contains("\"line\":1");
      assertThat(answers.get(1)).startsWith("HTTP/1.1 403 ");
    }
  }

  /** Sends that again and again until the server has had enough. */
  private static Thread drip(WebClient client, String chunk, long pauseMillis) {
    Thread drip =
        new Thread(
            () -> {
              try {
                while (true) {
                  client.chunk(chunk);
                  Thread.sleep(pauseMillis); // not to wait for anything: it is how fast it drips
                }
              } catch (IOException | InterruptedException over) {
                // as it should be
              }
            });
    drip.start();
    return drip;
  }

  /** It is not listened to for ever, and its answer has its end all the same. */
  @Test
  void oneThatNeverStopsIsToldTheEnd() throws Exception {
    try (WebServer server = new WebServer(Works::mixed);
        WebClient client = server.connect().post(NDJSON)) {
      client.chunk("\"one\"\n");
      client.lineWith("\"n\":0,");
      client.chunk("{\n");
      Thread drip = drip(client, "\"more\"\n", 100);
      String rest = client.rest();
      assertThat(rest).contains("{\"problem\":{", "\"line\":2").endsWith("0\n\n");
      drip.join();
    }
  }

  @Test
  void aBodyThatDoesNotComeIsNotWaitedForForEver() throws Exception {
    Duration soon = Duration.ofMillis(300);
    try (WebServer server = new WebServer(Works::mixed, o -> o.bodyTimeout(soon))) {
      try (WebClient nothing = server.connect().post(NDJSON)) {
        assertThat(nothing.rest()).startsWith("HTTP/1.1 408 ").contains("body-timeout", "PT0.3S");
      }
      try (WebClient part = server.connect().post(NDJSON).chunk("\"a\"\n\"b")) {
        part.lineWith("\"n\":0,");
        assertThat(part.rest()).contains("{\"problem\":{", "body-timeout");
      }
    }
  }

  /** A client may wait for its outcome before it sends on, however long that takes. */
  @Test
  void theClockDoesNotRunWhileAnItemRuns() throws Exception {
    try (WebServer server =
            new WebServer(
                item -> {
                  Thread.sleep(item.equals("slow") ? 1_500 : 0);
                  return item;
                },
                o -> o.bodyTimeout(Duration.ofMillis(700)));
        WebClient client = server.connect().post(NDJSON)) {
      client.chunk("\"first\"\n\"slow\"\n");
      client.lineWith("\"n\":1,");
      client.chunk("\"next\"\n").lastChunk();
      assertThat(client.lineWith("\"n\":2,")).contains("success");
    }
  }

  @Test
  void aBodyThatTricklesEndsWithTheTimeOfItsRequest() throws Exception {
    try (WebServer server = new WebServer(Works::mixed, o -> o.timeout(Duration.ofMillis(1_500)));
        WebClient client = server.connect().post(NDJSON)) {
      Thread drip = drip(client, "1", 20);
      assertThat(client.lineWith("HTTP/1.1")).contains("504");
      assertThat(client.lineWith("urn:")).contains("timeout", "PT1.5S");
      client.close();
      drip.join();
    }
  }

  @Test
  void childrenThatCannotStartAreSaidSo() throws Exception {
    for (boolean evidence : new boolean[] {true, false}) {
      ProcessScheduler broken = WebServer.children().jvmArgs("-XX:NoSuchFlag").build();
      try (WebServer server = new WebServer(Works::mixed, o -> o.evidence(evidence), broken, true);
          WebClient client = server.connect().post(NDJSON, utf8("\"a\"\n"))) {
        String answer = client.rest();
        assertThat(answer).startsWith("HTTP/1.1 500 ").contains("urn:delegate:start-failed");
        assertThat(answer.contains("NoSuchFlag")).isEqualTo(evidence);
      }
    }
  }

  @Test
  void aSchedulerThatIsGoneIsNoPlaceForItems() throws Exception {
    try (WebServer server = new WebServer(Works::mixed)) {
      server.children.close();
      for (String type : new String[] {NDJSON, "application/json"}) {
        try (WebClient client = server.connect().post(type, utf8("\"a\"\n"))) {
          assertThat(client.rest()).startsWith("HTTP/1.1 503 ").contains("retry-after: 1");
        }
      }
      try (WebClient client = server.connect().post(NDJSON)) {
        assertThat(client.line()).startsWith("HTTP/1.1 503 "); // before anything of its body
        client.chunk("\"a\"\n").lastChunk();
        assertThat(client.rest()).contains("retry-after: 1", "urn:delegate:busy");
      }
    }
  }

  /** The server itself answers this one, and ends the request without telling us much. */
  @Test
  void chunksThatAreNoneEndTheRequest() throws Exception {
    try (WebServer server = new WebServer(Works::mixed);
        WebClient client = server.connect().post(NDJSON).chunk("\"a\"\n\"hang\"\n\"half")) {
      client.lineWith("\"n\":0,");
      client.send(utf8("this is no chunk\r\n"));
      assertThat(client.rest()).doesNotContain("\"n\":2");
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> ProcessHandle.current().children().filter(WebBadInputIT::runs).count() < 2);
    }
  }

  private static boolean runs(ProcessHandle process) {
    return io.delegate.Pids.runs(process.pid());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
