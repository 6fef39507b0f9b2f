package io.delegate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The command {@code serve} as a user runs it, with a client that is not ours. */
@Timeout(120)
@DisabledOnOs(OS.WINDOWS)
class ServeIT {
  private static final Duration LONG = Duration.ofSeconds(40);
  private static final String MIXED = "io.delegate.cli.Samples::mixed";
  private static final Pattern URL = Pattern.compile("(http://\\S+/)");

  private final HttpClient client = HttpClient.newHttpClient();

  private static CliProcess serve(String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of("serve", "--work", MIXED));
    all.addAll(Arrays.asList(options));
    if (!all.contains("--listen")) {
      all.addAll(List.of("--listen", "0"));
    }
    return CliProcess.start(all.toArray(String[]::new));
  }

  private static URI url(CliProcess cli) {
    Matcher url = URL.matcher("");
    await().atMost(LONG).until(() -> url.reset(cli.stderr()).find());
    return URI.create(url.group(1));
  }

  private HttpResponse<String> post(URI to, String type, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(to).header("Content-Type", type).POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private CompletableFuture<HttpResponse<String>> hang(URI url) {
    return client.sendAsync(
        HttpRequest.newBuilder(url)
            .header("Content-Type", "text/plain")
            .POST(BodyPublishers.ofString("hang"))
            .build(),
        BodyHandlers.ofString());
  }

  private static void awaitHang(CliProcess cli) {
    await()
        .atMost(LONG)
        .until(
            () ->
                cli.stderr()
                    .lines()
                    .anyMatch(
                        line ->
                            line.contains("\"event\":\"begin\"")
                                && line.contains("\"item\":\"hang\"")));
  }

  @Test
  void allFourOutcomesOverHttpAndAPageToWatchThem() throws Exception {
    try (CliProcess cli = serve("--children", "2", "--timeout", "5s")) {
      URI url = url(cli);
      HttpResponse<String> answer =
          post(url, "application/x-ndjson", "one\nfail\ncrash\nhang\nthree\n");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body().lines())
          .hasSize(5)
          .anySatisfy(line -> assertThat(line).contains("\"n\":0", "\"success\"", "\"result\":3"))
          .anySatisfy(line -> assertThat(line).contains("\"n\":1", "no luck with fail"))
          .anySatisfy(line -> assertThat(line).contains("\"n\":2", "\"exitCode\":137"))
          .anySatisfy(line -> assertThat(line).contains("\"n\":3", "\"timedOut\""))
          .anySatisfy(line -> assertThat(line).contains("\"n\":4", "\"result\":5"));
      HttpResponse<String> page =
          HttpClient.newBuilder()
              .followRedirects(HttpClient.Redirect.ALWAYS)
              .build()
              .send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.headers().firstValue("Content-Type"))
          .get()
          .asString()
          .startsWith("text/html");
      assertThat(page.body()).contains("<h2 id=\"deaths-h\">Deaths</h2>");
      assertThat(cli.lines()).as("stdout").isEmpty();
    }
  }

  @Test
  void oneTextIsOneItemAndJsonIsReadWhereItIsAskedFor() throws Exception {
    try (CliProcess text = serve("--children", "1");
        CliProcess json = serve("--children", "1", "--items", "json")) {
      assertThat(post(url(text), "text/plain", "a\nb").body()).contains("\"result\":3");
      assertThat(post(url(json), "application/x-ndjson", "\"a\\nb\"\n").body())
          .contains("\"result\":3");
      assertThat(post(url(json), "application/x-ndjson", "nonsense\n").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void pagesOfOtherSitesRunNothing() throws Exception {
    try (CliProcess cli = serve("--children", "1")) {
      HttpResponse<String> refused =
          post(url(cli), "text/plain", "one", "Origin", "https://evil.example");
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
      assertThat(refused.body()).contains("evil.example", "\"status\":403");
    }
  }

  @Test
  void onSigtermWhatIsUnderWayEndsAndThenTheChildren() throws Exception {
    try (CliProcess cli =
        serve("--children", "2", "--timeout", "3s", "--grace", "30s", "--report", "json")) {
      URI url = url(cli);
      assertThat(post(url, "text/plain", "one").body()).contains("\"result\":3");
      CompletableFuture<HttpResponse<String>> slow = hang(url);
      awaitHang(cli);
      cli.awaitFamily(1);
      cli.signal("TERM");
      assertThat(slow.get().body()).contains("\"timedOut\"");
      assertThat(cli.status()).isEqualTo(143);
      cli.assertFamilyGone();
    }
  }

  /** To watch is a request that does not end by itself. */
  @Test
  void whoWatchesDoesNotHoldUpTheEnd() throws Exception {
    try (CliProcess cli = serve("--children", "1", "--grace", "10m")) {
      URI events = url(cli).resolve("/delegate/events");
      var watching =
          client.send(HttpRequest.newBuilder(events).build(), BodyHandlers.ofInputStream());
      assertThat(watching.statusCode()).isEqualTo(200);
      assertThat(watching.body().read()).isPositive();
      cli.signal("TERM");
      assertThat(cli.status()).isEqualTo(143);
    }
  }

  @Test
  void aHostThatIsNotHereIsToldWithTheRemedy() throws Exception {
    try (CliProcess cli = serve("--listen", "no-such-host.invalid:8080")) {
      assertThat(cli.status()).isEqualTo(2);
      assertThat(cli.stderr())
          .contains("--listen", "no-such-host.invalid:8080", "give a host of this machine")
          .doesNotContain("null");
    }
  }

  @Test
  void graceIsNotForEver() throws Exception {
    try (CliProcess cli = serve("--children", "1", "--grace", "500ms", "--report", "json")) {
      URI url = url(cli);
      assertThat(post(url, "text/plain", "one").body()).contains("\"result\":3");
      CompletableFuture<HttpResponse<String>> endless = hang(url);
      awaitHang(cli);
      cli.awaitFamily(1);
      cli.signal("INT");
      assertThat(cli.status()).isEqualTo(130);
      cli.assertFamilyGone();
      assertThat(endless).failsWithin(LONG);
    }
  }

  @Test
  void aPortInUseIsToldWithTheRemedy() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        CliProcess cli = serve("--listen", Integer.toString(taken.getLocalPort()))) {
      assertThat(cli.status()).isEqualTo(2);
      assertThat(cli.stderr())
          .contains("--listen", "127.0.0.1:" + taken.getLocalPort(), "another port");
    }
  }

  @Test
  void aRunCanBeWatchedWhileItLasts() throws Exception {
    try (CliProcess cli =
        CliProcess.start("run", "--work", MIXED, "--children", "1", "--dashboard", "0")) {
      URI url = url(cli);
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(url.resolve("/delegate/")).build(), BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(post(url, "text/plain", "one").statusCode()).as("it runs nothing").isEqualTo(404);
      cli.feed(List.of("one"));
      assertThat(cli.status()).isZero();
      assertThat(cli.lines()).hasSize(1);
    }
  }
}
