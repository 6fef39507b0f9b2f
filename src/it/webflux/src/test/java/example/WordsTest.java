package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.ProcessScheduler;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Over HTTP, with a client that knows nothing of Spring. */
@Timeout(120)
class WordsTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private ConfigurableApplicationContext context;
  private String url;

  @BeforeEach
  void start() {
    context =
        SpringApplication.run(
            WordsApplication.class, "--server.port=0", "--server.address=127.0.0.1");
    url = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
  }

  @AfterEach
  void stop() {
    context.close();
    assertThat(ProcessHandle.current().children()).as("children left").isEmpty();
  }

  private HttpRequest lines(String... texts) {
    String body =
        String.join("", List.of(texts).stream().map(t -> "{\"text\":\"" + t + "\"}\n").toList());
    return HttpRequest.newBuilder(URI.create(url + "/words"))
        .header("Content-Type", "application/x-ndjson")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  @Test
  void eachLineHasItsOutcome() throws Exception {
    HttpResponse<String> answer =
        client.send(lines("one", "two words", "crash", " ", "and three words"), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body().lines())
        .hasSize(5)
        .anySatisfy(line -> assertThat(line).contains("\"one\"", "Success", "\"words\":1"))
        .anySatisfy(line -> assertThat(line).contains("\"two words\"", "Success", "\"words\":2"))
        .anySatisfy(line -> assertThat(line).contains("\"crash\"", "Aborted", "exit code 3"))
        .anySatisfy(line -> assertThat(line).contains("\" \"", "Failure", "nothing to count"))
        .anySatisfy(line -> assertThat(line).contains("\"words\":3"));
  }

  @Test
  void oneItemByItself() throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(url + "/words?text=four%20words%20in%20all")).build(),
            BodyHandlers.ofString());
    assertThat(answer.body()).contains("\"words\":4");
  }

  @Test
  void aClientThatHangsUpKillsWhatRunsForIt(@TempDir Path dir) throws Exception {
    context.getBean(ProcessScheduler.class).spawn(2).block();
    Path said = dir.resolve("pid");
    CompletableFuture<HttpResponse<String>> hanging =
        client.sendAsync(lines("hang:" + said), BodyHandlers.ofString());
    await().until(() -> Files.exists(said) && Files.size(said) > 0);
    ProcessHandle child = ProcessHandle.of(Long.parseLong(Files.readString(said))).orElseThrow();
    hanging.cancel(true);
    child.onExit().get(4, TimeUnit.SECONDS); // before its own time limit would
    HttpResponse<String> next = client.send(lines("one"), BodyHandlers.ofString());
    assertThat(next.body()).contains("\"words\":1");
  }

  @Test
  void whatHangsIsEndedByItsLimit(@TempDir Path dir) throws Exception {
    HttpResponse<String> answer =
        client.send(lines("hang:" + dir.resolve("pid"), "one"), BodyHandlers.ofString());
    assertThat(answer.body()).contains("TimedOut", "\"words\":1");
    await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(dir.resolve("pid")));
  }
}
