package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.delegate.Event;
import io.delegate.NothingLeft;
import io.delegate.Pids;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients do to the children: by going, by not reading, by being many. */
@ExtendWith({NothingLeft.class, NoLeak.class})
class WebClientsIT {
  private static final String NDJSON = "application/x-ndjson";
  private static final Duration LONG = Duration.ofSeconds(40);
  private static final Duration ONE_SECOND = Duration.ofSeconds(1);
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper MAPPER = new ObjectMapper();
  @TempDir Path tmp;

  private enum End {
    RESET,
    CLOSE,
    /** Half a connection is none: the client has no other way to say that it goes. */
    HALF_CLOSE,
    /** By curl, killed. */
    CURL_KILLED
  }

  private enum Sent {
    ALL,
    PART,
    MUCH
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void aClientThatGoesTakesItsChildAndNoOther(End end) throws Exception {
    goes(end, Sent.ALL, true);
  }

  /**
   * Nobody reads on, since no more items are asked for. What is sent shows that nobody is there.
   */
  @ParameterizedTest
  @EnumSource(
      value = End.class,
      names = {"RESET", "CLOSE"})
  void soItIsWhereMuchOfItsRequestWasNotReadYet(End end) throws Exception {
    goes(end, Sent.MUCH, true);
  }

  @ParameterizedTest
  @EnumSource(
      value = End.class,
      names = {"RESET", "CLOSE"})
  void soItIsInTheMiddleOfItsRequest(End end) throws Exception {
    goes(end, Sent.PART, true);
  }

  @ParameterizedTest
  @EnumSource
  void soItIsWithoutNettysOwnTransport(Sent sent) throws Exception {
    goes(End.CLOSE, sent, false);
  }

  /** The signs by which a client that is gone is found are nothing to one that is there. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatShowsWhetherAClientIsThereIsNoOutcome(boolean events) throws Exception {
    int more = 200;
    String body = "\"slow\"\n" + ("\"" + "x".repeat(10_000) + "\"\n").repeat(more);
    try (WebServer server = new WebServer(Works::mixed, o -> o.ahead(1))) {
      var request =
          HttpRequest.newBuilder(URI.create(server.url()))
              .timeout(LONG)
              .header("Content-Type", NDJSON)
              .header("Accept", events ? "text/event-stream" : NDJSON)
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      List<String> lines = HTTP.send(request, HttpResponse.BodyHandlers.ofLines()).body().toList();
      if (events) {
        assertThat(lines.get(0)).isEqualTo(":");
        assertThat(lines).filteredOn(line -> line.startsWith("data: ")).hasSize(1 + more);
      } else {
        assertThat(lines.get(0)).startsWith("  ");
        assertThat(lines).hasSize(1 + more);
        for (String line : lines) {
          assertThat(MAPPER.readTree(line).get("outcome").asText()).isEqualTo("success");
        }
      }
    }
  }

  /** Those signs do not take the place of the lines that were asked for. */
  @Test
  void aHeartbeatIsHeardWhileTheBodyWaits() throws Exception {
    String body = "\"slow\"\n" + ("\"" + "x".repeat(10_000) + "\"\n").repeat(200);
    Duration period = Duration.ofMillis(400);
    try (WebServer server = new WebServer(Works::mixed, o -> o.ahead(1).heartbeat(period))) {
      var request =
          HttpRequest.newBuilder(URI.create(server.url()))
              .timeout(LONG)
              .header("Content-Type", NDJSON)
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      List<String> lines = HTTP.send(request, HttpResponse.BodyHandlers.ofLines()).body().toList();
      assertThat(lines.get(0)).isBlank();
      assertThat(lines).filteredOn(line -> !line.isBlank()).hasSize(201);
    }
  }

  /** It has become more once, and does not any more. */
  private static final class Still implements Callable<Boolean> {
    private final AtomicInteger count;
    private int last;

    Still(AtomicInteger count) {
      this.count = count;
    }

    @Override
    public Boolean call() {
      int now = count.get();
      boolean still = now > 0 && now == last;
      last = now;
      return still;
    }
  }

  private void goes(End end, Sent sent, boolean natives) throws Exception {
    Work<String, String> work = Works.tellingIn(tmp);
    ProcessScheduler two = WebServer.children().build();
    try (WebServer server =
            new WebServer(work, o -> sent == Sent.MUCH ? o.ahead(1) : o, two, natives);
        WebClient other = server.connect().post(NDJSON, utf8("\"hang other\"\n"));
        WebClient client = server.connect()) {
      long others = pid("hang other");
      Process curl = null;
      if (end == End.CURL_KILLED) {
        curl = Curl.start("-H", "Content-Type: " + NDJSON, "-d", "\"hang\"", server.url());
      } else {
        switch (sent) {
          case ALL -> client.post(NDJSON, utf8("\"hang\"\n"));
          case PART -> client.post(NDJSON).chunk("\"hang\"\n\"ha");
          case MUCH -> client.post(NDJSON, utf8("\"hang\"\n" + "\"next\"\n".repeat(100_000)));
        }
      }
      long child = pid("hang");
      long cut = System.nanoTime();
      switch (end) {
        case RESET -> client.cut();
        case CLOSE -> client.close();
        case HALF_CLOSE -> client.closeOutput();
        case CURL_KILLED -> curl.destroyForcibly();
      }
      await()
          .atMost(LONG)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> !Pids.runs(child));
      assertThat(Duration.ofNanos(System.nanoTime() - cut)).isLessThan(ONE_SECOND);
      assertThat(Pids.runs(others)).isTrue();
      try (WebClient next = server.connect().post(NDJSON, utf8("\"next\""))) {
        next.lineWith("NEXT");
      }
      assertThat(Pids.runs(others)).isTrue();
    }
  }

  @Test
  void theTimeOfARequestIsUpForItsChildToo() throws Exception {
    Duration limit = Duration.ofSeconds(4);
    try (WebServer server = new WebServer(Works.tellingIn(tmp), o -> o.timeout(limit));
        WebClient client = server.connect()) {
      server.children.spawn(2).block(LONG); // their start is not to count
      client.post(NDJSON, utf8("\"one\"\n\"hang\"\n"));
      client.lineWith("ONE");
      long child = pid("hang");
      assertThat(client.lineWith("problem")).contains("urn:delegate:timeout", "\"status\":504");
      await().atMost(LONG).until(() -> !Pids.runs(child));
    }
  }

  /** All it costs is what the network and the handler hold; the children have nothing to do. */
  @Test
  void aClientThatDoesNotReadMakesItsChildrenIdle() throws Exception {
    int items = 4_000;
    AtomicInteger done = new AtomicInteger();
    try (WebServer server = new WebServer(Works::long10k, o -> o.ahead(64))) {
      server
          .children
          .events()
          .filter(Event.Finished.class::isInstance)
          .subscribe(e -> done.incrementAndGet());
      StringBuilder body = new StringBuilder();
      for (int i = 0; i < items; i++) {
        body.append("\"").append(i).append("\"\n");
      }
      try (WebClient client = new WebClient(server.port(), 64 << 10)) {
        client.post(NDJSON, utf8(body.toString()));
        await().atMost(LONG).during(Duration.ofSeconds(2)).until(new Still(done));
        assertThat(done.get()).isLessThan(items / 4);
        try (WebClient other = server.connect().post(NDJSON, utf8("\"other\""))) {
          other.lineWith("otherxxx"); // so they are idle, and not stuck
        }
        int lines = 0;
        while (lines < items) {
          client.lineWith("\"success\"");
          lines++;
        }
        assertThat(client.line()).isEmpty();
      }
    }
  }

  @Test
  void twoHundredAtOnceGoThroughFourPlaces() throws Exception {
    RequestLimit limit = RequestLimit.builder().maxConcurrent(4).maxPending(200).build();
    try (WebServer server = new WebServer(Works::mixed, o -> o.limit(limit))) {
      List<WebClient> clients = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        clients.add(server.connect());
      }
      for (int i = 0; i < 200; i++) {
        clients.get(i).post(NDJSON, utf8("\"item " + i + "\""));
      }
      int most = 0;
      for (int i = 0; i < 200; i++) {
        most = Math.max(most, limit.running());
        assertThat(clients.get(i).lineWith("HTTP/1.1")).contains(" 200 ");
        clients.get(i).lineWith("\"result\":\"ITEM " + i + "\"");
        clients.get(i).close();
      }
      assertThat(most).isBetween(1, 4);
      await().atMost(LONG).until(() -> limit.running() == 0);
      assertThat(limit.waiting()).isZero();
    }
  }

  @Test
  void whoFindsNoPlaceIsToldToComeAgain() throws Exception {
    RequestLimit limit =
        RequestLimit.builder()
            .maxConcurrent(1)
            .maxPending(1)
            .queueTimeout(Duration.ofSeconds(3))
            .retryAfter(Duration.ofSeconds(5))
            .build();
    try (WebServer server = new WebServer(Works.tellingIn(tmp), o -> o.limit(limit));
        WebClient first = server.connect().post(NDJSON, utf8("\"hang first\""));
        WebClient second = server.connect()) {
      pid("hang first");
      second.post(NDJSON, utf8("\"second\""));
      await().atMost(LONG).until(() -> limit.waiting() == 1);
      try (WebClient third = server.connect().post(NDJSON, utf8("\"third\""))) {
        assertThat(third.rest())
            .startsWith("HTTP/1.1 503 ")
            .contains("retry-after: 5", "urn:delegate:busy", "1 wait already");
      }
      assertThat(second.rest()).startsWith("HTTP/1.1 503 ").contains("waited for PT3S");
      try (WebClient leaves = server.connect().post(NDJSON, utf8("\"leaves\""))) {
        await().atMost(LONG).until(() -> limit.waiting() == 1);
      }
      await().atMost(LONG).until(() -> limit.waiting() == 0);
      try (WebClient halfSent = server.connect().post(NDJSON).chunk("\"half")) {
        await().atMost(LONG).until(() -> limit.waiting() == 1);
      }
      await().atMost(LONG).until(() -> limit.waiting() == 0);
      first.close();
      await().atMost(LONG).until(() -> limit.running() == 0);
      assertThat(tmp.resolve("leaves")).doesNotExist();
    }
  }

  /** The scheduler has limits of its own; a stream is not refused, but a single item is. */
  @Test
  void whatTheSchedulerRefusesIsToldSoToo() throws Exception {
    ProcessScheduler one =
        WebServer.children().children(1).maxPending(1).queueTimeout(Duration.ofSeconds(2)).build();
    try (WebServer server = new WebServer(Works.tellingIn(tmp), o -> o, one, true);
        WebClient first = server.connect()) {
      one.spawn(1).block(LONG); // its start is not to count
      first.post(NDJSON, utf8("\"hang first\""));
      pid("hang first");
      try (WebClient waits = server.connect().post("application/json", utf8("\"waits\"\n"));
          WebClient stream = server.connect().post(NDJSON, utf8("\"stream\"\n"))) {
        assertThat(waits.rest())
            .startsWith("HTTP/1.1 503 ")
            .contains("retry-after: 1", "no child was free within PT2S");
        assertThat(stream.lineWith("\"n\":0,"))
            .contains("\"timedOut\"", "\"limit\":\"queueTimeout\"");
      }
      try (WebClient fills = server.connect().post("application/json", utf8("\"fills\""));
          WebClient fillsToo = server.connect().post("application/json", utf8("\"fills too\""));
          WebClient full = server.connect().post("application/json", utf8("\"full\""))) {
        List<String> answers = List.of(fills.rest(), fillsToo.rest(), full.rest());
        assertThat(answers).allSatisfy(a -> assertThat(a).startsWith("HTTP/1.1 503 "));
        assertThat(answers).anySatisfy(a -> assertThat(a).contains("option maxPending"));
      }
    }
  }

  private long pid(String item) throws IOException {
    Path file = tmp.resolve(item);
    await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> Files.exists(file));
    return Long.parseLong(Files.readString(file));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
