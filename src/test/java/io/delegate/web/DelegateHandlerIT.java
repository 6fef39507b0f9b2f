package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delegate.NothingLeft;
import io.delegate.ProcessScheduler;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** What a good client gets: curl, and a socket where curl cannot take turns. */
@ExtendWith({NothingLeft.class, NoLeak.class})
class DelegateHandlerIT {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String LINES = "Content-Type: application/x-ndjson";

  @Test
  void curlGetsOneOutcomePerLine() throws Exception {
    assumeTrue(Curl.isThere());
    ProcessScheduler children = WebServer.children().timeout(Duration.ofSeconds(3)).build();
    try (WebServer server = new WebServer(Works::mixed, o -> o, children, true)) {
      String out =
          Curl.run(
              "-H",
              LINES,
              "--data-binary",
              "\"one\"\r\n\n\"fail\"\n\"crash\"\n\"hang\"\n\"zwölf\"",
              "-D",
              "-",
              server.url());
      assertThat(out).contains("200 OK", "content-type: application/x-ndjson");
      TreeMap<Integer, JsonNode> outcomes = byPosition(out);
      assertThat(outcomes.keySet()).containsExactly(0, 1, 2, 3, 4);
      assertThat(outcomes.get(0).get("result").textValue()).isEqualTo("ONE");
      assertThat(outcomes.get(1).get("error").get("message").textValue())
          .isEqualTo("no luck with \"fail\"");
      assertThat(outcomes.get(2).get("death").get("exitCode").intValue()).isEqualTo(7);
      assertThat(outcomes.get(3).get("limitMillis").intValue()).isEqualTo(3000);
      assertThat(outcomes.get(4).get("result").textValue()).isEqualTo("ZWÖLF");
      assertThat(outcomes.values())
          .extracting(o -> o.get("outcome").textValue())
          .containsExactly("success", "failure", "aborted", "timedOut", "success");
    }
  }

  @Test
  void eventsComeWhereTheyAreAskedFor() throws Exception {
    assumeTrue(Curl.isThere());
    try (WebServer server = new WebServer(Works::mixed)) {
      String out =
          Curl.run(
              "-H",
              LINES,
              "-H",
              "Accept: text/event-stream",
              "-d",
              "\"a\"",
              "-D",
              "-",
              server.url());
      assertThat(out)
          .contains("content-type: text/event-stream", "event: success\nid: 0\ndata: {\"n\":0,")
          .endsWith("\"result\":\"A\"}\n\n");
    }
  }

  @Test
  void anOldClientGetsNoChunks() throws Exception {
    assumeTrue(Curl.isThere());
    try (WebServer server = new WebServer(Works::mixed)) {
      String out = Curl.run("--http1.0", "-H", LINES, "-d", "\"a\"", "-D", "-", server.url());
      assertThat(out).contains("connection: close", "\"result\":\"A\"}\n");
      assertThat(out).doesNotContainIgnoringCase("transfer-encoding");
    }
  }

  @Test
  void aWholeBodyIsOneItem() throws Exception {
    assumeTrue(Curl.isThere());
    try (WebServer server = new WebServer(Works::mixed)) {
      for (String type : List.of("application/json", "text/plain; charset=utf-8")) {
        assertThat(
                byPosition(
                    Curl.run(
                        "-H",
                        "Content-Type: " + type,
                        "--data-binary",
                        "\n\"a\\nb\"\n",
                        server.url())))
            .hasEntrySatisfying(0, o -> assertThat(o.get("result").textValue()).isEqualTo("A\nB"));
      }
      assertThat(Curl.run("-H", LINES, "-d", "", "-D", "-", server.url())).contains("200 OK");
    }
  }

  /** Large enough for curl to ask before it sends, and for the lines to be cut anywhere. */
  @Test
  void aLargeBodyComesThroughWhole(@TempDir Path tmp) throws Exception {
    assumeTrue(Curl.isThere());
    int items = 30_000;
    List<String> lines =
        IntStream.range(0, items).mapToObj(i -> "\"item " + i + "ß".repeat(i % 97) + "\"").toList();
    Path file = Files.write(tmp.resolve("items"), lines);
    try (WebServer server = new WebServer(Works::mixed)) {
      for (String header : List.of("Expect: 100-continue", "Transfer-Encoding: chunked")) {
        String out =
            Curl.run(
                "-H", LINES, "-H", header, "--data-binary", "@" + file, "-D", "-", server.url());
        assertThat(header.startsWith("Expect") ? out : "100 Continue").contains("100 Continue");
        BitSet seen = new BitSet();
        out.lines()
            .map(String::strip) // spaces show whether a client is there
            .filter(line -> line.startsWith("{"))
            .map(DelegateHandlerIT::json)
            .forEach(
                o -> {
                  int n = o.get("n").intValue();
                  seen.set(n);
                  assertThat(o.get("result").textValue())
                      .startsWith("ITEM " + n + (n % 97 == 0 ? "" : "SS"));
                });
        assertThat(seen.cardinality()).isEqualTo(items);
      }
    }
  }

  /** As a client that does not know its next item before it has seen the last outcome. */
  @Test
  void outcomesComeWhileTheRequestIsStillBeingSent() throws Exception {
    try (WebServer server = new WebServer(Works::mixed);
        WebClient client = server.connect().post("application/x-ndjson")) {
      for (int i = 0; i < 20; i++) {
        client.chunk("\"item ").chunk(i + "\"\n");
        assertThat(client.lineWith("\"n\":" + i + ",")).contains("\"result\":\"ITEM " + i + "\"");
      }
      client.chunk("\"last\"").lastChunk();
      assertThat(client.lineWith("\"n\":20,")).contains("LAST");
      client.lineWith("0"); // the end of the response
      client.line();
      client.post("application/jsonl", "\"again\"".getBytes(StandardCharsets.UTF_8));
      assertThat(client.lineWith("\"n\":0,")).contains("AGAIN");
    }
  }

  /** curl prints each outcome as it comes, and not all at the end. */
  @Test
  void curlSeesTheFirstOutcomeWhileAnotherItemRuns() throws Exception {
    assumeTrue(Curl.isThere());
    try (WebServer server = new WebServer(Works::mixed)) {
      Process curl =
          Curl.start("-H", LINES, "--data-binary", "\"hang\"\n\"quick\"\n", server.url());
      try (BufferedReader out = curl.inputReader(StandardCharsets.UTF_8)) {
        assertThat(out.readLine()).contains("\"n\":1,", "QUICK");
        curl.destroy();
        curl.waitFor();
      }
    }
  }

  @Test
  void itemsAndResultsMayBeOfTheUsersOwnClasses() throws Exception {
    assumeTrue(Curl.isThere());
    try (ProcessScheduler children = WebServer.children().build()) {
      DisposableServer server =
          HttpServer.create()
              .host("127.0.0.1")
              .port(0)
              .route(
                  routes ->
                      routes.post(
                          "/sum",
                          DelegateHandler.<Point, Integer>ndjson(
                              p -> p.x() + p.y(),
                              children,
                              ItemReader.json(Point.class),
                              ResultWriter.json())))
              .bindNow();
      try {
        String url = "http://127.0.0.1:" + server.port() + "/sum";
        assertThat(Curl.run("-H", LINES, "-d", "{\"x\":3,\"y\":4}", url)).contains("\"result\":7}");
        assertThat(Curl.run("-H", LINES, "-d", "{\"x\":3,\"z\":4}", url))
            .contains("bad-item", "\"line\":1", "\\\"z\\\"");
      } finally {
        server.disposeNow();
      }
    }
  }

  record Point(int x, int y) implements java.io.Serializable {}

  private static JsonNode json(String line) {
    try {
      return MAPPER.readTree(line);
    } catch (java.io.IOException e) {
      throw new AssertionError(line, e);
    }
  }

  private static TreeMap<Integer, JsonNode> byPosition(String out) {
    TreeMap<Integer, JsonNode> outcomes = new TreeMap<>();
    out.lines()
        .map(String::strip)
        .filter(line -> line.startsWith("{"))
        .map(DelegateHandlerIT::json)
        .forEach(o -> assertThat(outcomes.put(o.get("n").intValue(), o)).isNull());
    return outcomes;
  }
}
