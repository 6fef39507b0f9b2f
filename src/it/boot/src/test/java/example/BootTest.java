package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.ProcessScheduler;
import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Over HTTP, with a client that knows nothing of Spring. */
@Timeout(180)
class BootTest {
  private static final String[] ARGS = {"--server.port=0", "--server.address=127.0.0.1"};
  private static final Pattern PORT = Pattern.compile("Netty started on port (\\d+)");

  private final HttpClient client = HttpClient.newHttpClient();
  @TempDir Path dir;

  /** The machine may be busy; what is waited for are events, not times. */
  @BeforeAll
  static void bePatient() {
    org.awaitility.Awaitility.setDefaultTimeout(Duration.ofSeconds(120));
  }

  private static HttpRequest get(String port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
  }

  private String body(String port, String path) throws Exception {
    return client.send(get(port, path), BodyHandlers.ofString()).body();
  }

  @Test
  void itemsHealthAndMetersAsThePropertiesSay() throws Exception {
    try (ConfigurableApplicationContext context =
        SpringApplication.run(BootApplication.class, ARGS)) {
      String port = context.getEnvironment().getProperty("local.server.port");
      assertThat(context.getBean(ProcessScheduler.class).name()).isEqualTo("words");
      assertThat(ProcessHandle.current().children()).as("none before the first item").isEmpty();

      assertThat(body(port, "/words?text=one%20two")).isEqualTo("2 words");
      assertThat(body(port, "/words?text=crash")).contains("Aborted", "exit code 3");
      await()
          .untilAsserted(
              () ->
                  assertThat(body(port, "/actuator/health/delegate"))
                      .contains("\"status\":\"UP\"", "\"lastLoss\":\"", "EXIT (exit code 3)"));
      String runs = "/actuator/metrics/delegate.item.runs?tag=scheduler:words&tag=outcome:";
      await()
          .untilAsserted(
              () -> {
                assertThat(body(port, runs + "success")).contains("\"COUNT\",\"value\":1.0");
                assertThat(body(port, runs + "aborted")).contains("\"COUNT\",\"value\":1.0");
              });
      assertThat(body(port, "/actuator/metrics/delegate.item")).contains("\"COUNT\",\"value\":2.0");
    }
    assertThat(ProcessHandle.current().children()).as("children left").isEmpty();
  }

  /** The JVM's hooks run side by side: Delegate's must wait for Spring's. */
  @Test
  void aRequestUnderWayIsServedWhenTheProgramIsToEnd() throws Exception {
    Path log = dir.resolve("log");
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                BootApplication.class.getName(),
                ARGS[0],
                ARGS[1])
            .redirectErrorStream(true)
            .redirectOutput(new File(log.toString()))
            .start();
    try {
      await().until(() -> PORT.matcher(Files.readString(log)).find());
      Matcher port = PORT.matcher(Files.readString(log));
      assertThat(port.find()).isTrue();
      CompletableFuture<HttpResponse<String>> answer =
          client.sendAsync(get(port.group(1), "/twice?dir=" + dir), BodyHandlers.ofString());
      await().until(() -> Files.exists(dir.resolve("begun")));
      List<ProcessHandle> family = program.descendants().toList();
      assertThat(family).isNotEmpty();

      program.destroy(); // SIGTERM
      await().until(() -> Files.readString(log).contains("Commencing graceful shutdown"));
      assertThat(family).anyMatch(ProcessHandle::isAlive);
      Files.createFile(dir.resolve("go"));

      assertThat(answer.get(120, TimeUnit.SECONDS).body()).isEqualTo("3 words");
      assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(program.exitValue()).isEqualTo(143);
      await().until(() -> family.stream().noneMatch(ProcessHandle::isAlive));
    } finally {
      program.descendants().forEach(ProcessHandle::destroyForcibly);
      program.destroyForcibly();
    }
  }
}
