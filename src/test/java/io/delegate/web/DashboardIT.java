package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.delegate.Delegate;
import io.delegate.Event;
import io.delegate.NothingLeft;
import io.delegate.Outcome;
import io.delegate.Output;
import io.delegate.ProcessScheduler;
import io.delegate.RemoteError;
import io.delegate.web.DashboardClient.Told;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** What the dashboard tells over HTTP, and to whom. */
@ExtendWith({NothingLeft.class, NoLeak.class})
class DashboardIT {
  private static final Duration LONG = Duration.ofSeconds(40);
  private static final Duration MILLI = Duration.ofMillis(1);

  @Test
  void realChildrenAreSeen() throws Exception {
    Dashboard dashboard = Dashboard.builder().title("letters").build();
    try (DashboardServer server = new DashboardServer(dashboard);
        ProcessScheduler two =
            ProcessScheduler.builder()
                .children(2)
                .output(Output.DISCARD)
                .reporter(dashboard.reporter())
                .build();
        DashboardClient viewer = DashboardClient.watch(server.port())) {
      Told first = viewer.next();
      assertThat(first.name()).isEqualTo("snapshot");
      assertThat(first.data().get("title").asText()).isEqualTo("letters");
      Flux.just("one", "fail", "two", "crash", "three")
          .transform(Delegate.<String, String>parallel(Works::mixed, two))
          .blockLast(LONG);
      JsonNode last = viewer.until(data -> sum(data) == 5 && data.get("lost").asLong() > 0).data();
      assertThat(last.get("counts")).extracting(JsonNode::asInt).containsExactly(3, 1, 1, 0);
      JsonNode all = snapshot(server.port());
      assertThat(all.at("/deaths/0/item").asText()).isEqualTo("crash");
      assertThat(all.at("/deaths/0/exitCode").asInt()).isEqualTo(7);
      int runs = 0;
      for (JsonNode piece : all.get("segments")) {
        runs += piece.get(6).asInt() + piece.get(7).asInt() + piece.get(8).asInt();
      }
      assertThat(runs).isEqualTo(5);
    }
  }

  @Test
  void twoViewersAreToldTheSame() throws Exception {
    try (DashboardServer server = new DashboardServer(Dashboard.create());
        DashboardClient one = DashboardClient.watch(server.port());
        DashboardClient other = DashboardClient.watch(server.port())) {
      assertThat(one.next().name()).isEqualTo("snapshot");
      assertThat(other.next().name()).isEqualTo("snapshot");
      spawn(server, 11);
      succeed(server, 11, "item");
      for (DashboardClient viewer : List.of(one, other)) {
        Told told = viewer.until(data -> sum(data) == 1);
        assertThat(told.name()).isEqualTo("news");
        assertThat(told.data().at("/segments/0/10").asText()).isEqualTo("item");
      }
    }
  }

  @Test
  void whoComesBackIsToldAllAgain() throws Exception {
    try (DashboardServer server = new DashboardServer(Dashboard.create())) {
      spawn(server, 11);
      succeed(server, 11, "item");
      for (int i = 0; i < 3; i++) {
        try (DashboardClient viewer = DashboardClient.watch(server.port())) {
          Told told = viewer.next();
          assertThat(told.name()).isEqualTo("snapshot");
          assertThat(told.data().get("segments")).hasSize(1);
        }
      }
    }
  }

  /** All it holds is what the network has not taken of one frame. */
  @Test
  void aViewerThatDoesNotReadHoldsOneFrame() throws Exception {
    try (DashboardServer server = new DashboardServer(Dashboard.create());
        DashboardClient slow = DashboardClient.watch(server.port(), 64 << 10);
        DashboardClient good = DashboardClient.watch(server.port())) {
      for (int pid = 1; pid <= 128; pid++) {
        spawn(server, pid);
      }
      slow.next();
      good.next();
      int rounds = 24;
      for (int i = 1; i <= rounds; i++) { // each makes a frame of some 60 kB
        for (int pid = 1; pid <= 128; pid++) {
          fail(server, pid, "x".repeat(200), Duration.ofSeconds(9));
        }
        int done = i * 128;
        good.until(data -> sum(data) == done);
      }
      int frames = 0;
      long longest = 0;
      long before = Long.MAX_VALUE;
      JsonNode last;
      do {
        last = slow.next().data();
        longest = Math.max(longest, last.get("now").asLong() - before);
        before = last.get("now").asLong();
        frames++;
      } while (sum(last) < rounds * 128);
      assertThat(frames).isLessThan(rounds / 2);
      assertThat(longest).as("ms between two frames").isGreaterThan(1_500);
    }
  }

  @Test
  void whoHangsUpIsGoneAndThenNothingRuns() throws Exception {
    try (DashboardServer server = new DashboardServer(Dashboard.create())) {
      Audience audience = server.dashboard.audience();
      DashboardClient one = DashboardClient.watch(server.port());
      DashboardClient other = DashboardClient.watch(server.port());
      one.next();
      other.next();
      assertThat(audience.count()).isEqualTo(2);
      one.cut();
      await().atMost(Duration.ofSeconds(2)).until(() -> audience.count() == 1);
      assertThat(audience.isAwake()).isTrue();
      other.close();
      await().atMost(Duration.ofSeconds(2)).until(() -> audience.count() == 0);
      assertThat(audience.isAwake()).isFalse();
      try (DashboardClient next = DashboardClient.watch(server.port())) {
        assertThat(next.next().name()).isEqualTo("snapshot");
      }
    }
  }

  @Test
  void thereIsRoomForSoManyAndNoMore() throws Exception {
    try (DashboardServer server = new DashboardServer(Dashboard.create())) {
      List<DashboardClient> viewers = new ArrayList<>();
      for (int i = 0; i < Audience.MAX_VIEWERS; i++) {
        viewers.add(DashboardClient.watch(server.port()));
        viewers.get(i).next();
      }
      assertThat(get(server, "/delegate/events", "localhost", "urn:"))
          .startsWith("HTTP/1.1 503 ")
          .contains("retry-after: 1", "32 are looking already");
      for (DashboardClient viewer : viewers) {
        viewer.close();
      }
    }
  }

  @Test
  void closeEndsTheConnectionsAndLeavesTheServer() throws Exception {
    try (DashboardServer server = new DashboardServer(Dashboard.create());
        WebClient viewer =
            new WebClient(server.port())
                .send(DashboardClient.request("/delegate/events", "localhost"))) {
      viewer.lineWith("event: snapshot");
      server.dashboard.close();
      server.dashboard.close();
      String last = "";
      for (String line = viewer.line(); line != null && !line.equals("0"); line = viewer.line()) {
        last = line;
      }
      assertThat(last).isEmpty();
      assertThat(get(server, "/delegate/events", "localhost", "urn:"))
          .startsWith("HTTP/1.1 503 ")
          .contains("the dashboard is closed");
      spawn(server, 11);
      assertThat(get(server, "/delegate/", "localhost", "</html>")).startsWith("HTTP/1.1 200 ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/delegate/", "/delegate/events", "/delegate/dashboard-page.js", "/ops/children/"})
  void allIsFencedIn(String path) throws Exception {
    try (DashboardServer server = new DashboardServer(Dashboard.create())) {
      String last =
          path.endsWith("/") ? "</html>" : path.endsWith("events") ? "data: " : "connect();";
      assertThat(get(server, path, "localhost", last).toLowerCase(Locale.ROOT))
          .startsWith("http/1.1 200 ")
          .contains(
              "content-security-policy: default-src 'none'; script-src 'self'",
              "frame-ancestors 'none'",
              "x-content-type-options: nosniff",
              "referrer-policy: no-referrer",
              "cross-origin-resource-policy: same-origin",
              "cache-control: no-store")
          .doesNotContain("access-control-allow");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/delegate/", "/delegate/events", "/delegate"})
  void aForeignNameIsNotServed(String path) throws Exception {
    try (DashboardServer server = new DashboardServer(Dashboard.create())) {
      assertThat(get(server, path, "evil.example:80", "urn:"))
          .startsWith("HTTP/1.1 403 ")
          .contains("application/problem+json", "urn:delegate:foreign-host", "allowedHosts");
    }
    Dashboard named = Dashboard.builder().allowedHosts("app.example").build();
    try (DashboardServer server = new DashboardServer(named)) {
      assertThat(get(server, path, "app.example", "cache-control")).doesNotContain(" 403 ");
    }
  }

  @Test
  void thePathLeadsToThePageAndNothingElseIsThere() throws Exception {
    try (DashboardServer server = new DashboardServer(Dashboard.create())) {
      assertThat(get(server, "/delegate?x=1", "localhost", "content-length"))
          .startsWith("HTTP/1.1 307 ")
          .contains("location: delegate/\n");
      assertThat(get(server, "/ops/children", "localhost", "content-length"))
          .contains("location: children/\n");
      assertThat(get(server, "/delegate/?x=1", "localhost", "</html>"))
          .startsWith("HTTP/1.1 200 ")
          .contains("text/html; charset=utf-8");
      for (String path :
          List.of(
              "/",
              "/delegates",
              "/delegate/x",
              "/delegate/../Dashboard.class",
              "/delegate/Dashboard.class",
              "/delegate//dashboard.html",
              "/delegate/events/")) {
        assertThat(get(server, path, "localhost", "content-length"))
            .as(path)
            .startsWith("HTTP/1.1 404 ");
      }
      try (WebClient client = new WebClient(server.port())) {
        String post =
            "POST /delegate/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
        client.send(post.getBytes(StandardCharsets.UTF_8));
        assertThat(client.line()).startsWith("HTTP/1.1 404 ");
      }
    }
  }

  private static String get(DashboardServer server, String path, String host, String last)
      throws Exception {
    return DashboardClient.get(server.port(), path, host, last);
  }

  private static JsonNode snapshot(int port) throws Exception {
    try (DashboardClient viewer = DashboardClient.watch(port)) {
      return viewer.next().data();
    }
  }

  private static long sum(JsonNode data) {
    long sum = 0;
    for (JsonNode count : data.get("counts")) {
      sum += count.asLong();
    }
    return sum;
  }

  private static void spawn(DashboardServer server, long pid) {
    server.dashboard.reporter().event(new Event.Spawn(pid, MILLI));
  }

  private static void succeed(DashboardServer server, long pid, Object item) {
    tell(server, new Outcome.Success<>(item, pid, MILLI, 1, "r"));
  }

  private static void fail(DashboardServer server, long pid, Object item, Duration took) {
    RemoteError error = new RemoteError("java.io.IOException", "y".repeat(200), "");
    tell(server, new Outcome.Failure<>(item, pid, took, 1, error));
  }

  private static void tell(DashboardServer server, Outcome<?, ?> outcome) {
    server.dashboard.reporter().event(new Event.Finished(outcome, Duration.ZERO));
  }

  /** There are not many places: one that reads nothing does not keep its own for ever. */
  @Test
  void aViewerThatTakesNothingIsGivenUp() throws Exception {
    Dashboard dashboard = Dashboard.impatient(Duration.ofSeconds(1));
    try (DashboardServer server = new DashboardServer(dashboard);
        DashboardClient slow = DashboardClient.watch(server.port(), 4 << 10)) {
      slow.next();
      for (int pid = 1; pid <= 128; pid++) {
        spawn(server, pid);
      }
      await()
          .atMost(Duration.ofSeconds(50))
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                for (int pid = 1; pid <= 128; pid++) {
                  fail(server, pid, "x".repeat(200), Duration.ofSeconds(9));
                }
                return dashboard.audience().count() == 0;
              });
    }
  }

  @Test
  void headIsAnsweredLikeGetWithoutABody() throws Exception {
    try (DashboardServer server = new DashboardServer(Dashboard.create());
        WebClient client = new WebClient(server.port())) {
      String head = " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      for (String path : List.of("/delegate/", "/delegate/events", "/delegate/dashboard.css")) {
        client.send(("HEAD " + path + head).getBytes(StandardCharsets.UTF_8));
        assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
        client.lineWith("content-type: text/");
        for (String line = client.line(); !line.isEmpty(); line = client.line()) {
          assertThat(line).isNotEqualTo("content-length: 0");
        }
      }
    }
  }

  @Test
  void pagesOfOtherSitesTakeNoPlaces() throws Exception {
    try (DashboardServer server = new DashboardServer(Dashboard.create());
        WebClient client = new WebClient(server.port())) {
      client.send(
          ("GET /delegate/events HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\n\r\n")
              .getBytes(StandardCharsets.UTF_8));
      assertThat(client.rest()).startsWith("HTTP/1.1 403 ").contains("foreign-origin");
    }
  }
}
