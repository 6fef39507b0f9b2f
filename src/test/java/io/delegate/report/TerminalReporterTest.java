package io.delegate.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delegate.Death;
import io.delegate.Event;
import io.delegate.NothingLeft;
import io.delegate.Outcome;
import io.delegate.RemoteError;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NothingLeft.class)
final class TerminalReporterTest {
  private static final Death ASKED = new Death(0, Optional.empty(), Death.Cause.EXIT, "");
  private static final RemoteError ERROR = new RemoteError("E", "m", "E: m");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final AtomicLong clock = new AtomicLong();

  private long silence = 1;
  private TerminalReporter reporter;

  @AfterEach
  void close() {
    if (reporter != null) {
      reporter.close();
    }
  }

  private TerminalReporter reporter(Size size, Map<String, String> environment) {
    reporter =
        new TerminalReporter(
            new ViewSettings(
                new Caption("thumbnails", 4, Duration.ofSeconds(5)),
                out,
                size,
                Duration.ofSeconds(5),
                environment,
                clock::get),
            silence);
    return reporter;
  }

  private void pass(double seconds) {
    clock.addAndGet((long) (seconds * 1e9));
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  private void run(TerminalReporter reporter) {
    reporter.init(2);
    reporter.spawn(41);
    reporter.spawn(42);
    reporter.begin(41, "a.png");
    reporter.begin(42, "b.png");
    pass(2);
    reporter.success(41, "a.png", "r");
    reporter.fail(42, "b.png", ERROR);
    reporter.begin(41, "c.png");
    reporter.begin(42, "d.png");
    pass(4);
    reporter.abort(41, "c.png", States.CRASH);
    reporter.exit(41, States.CRASH);
    pass(2);
    reporter.timeout(42, "d.png", Duration.ofSeconds(6));
    reporter.exit(42, ASKED);
    reporter.cleanup();
  }

  @Test
  void whereThereIsNoTerminalARunIsAFewLines() {
    run(reporter(null, Map.of("TERM", "xterm")));
    assertThat(text())
        .isEqualTo(
            """
            thumbnails: aborted: c.png: killed by SIGSEGV: bad header (child 41)
            thumbnails: 3 of 4 items: 1 success, 1 failure, 1 aborted, 0 timed out; 0.5 items/s, 6 s, 2 s left
            thumbnails: timed out: d.png: ran longer than 6 s (child 42)
            thumbnails: 4 items: 1 success, 1 failure, 1 aborted, 1 timed out
              took 8.0 s, 0.5 items/s, 2 children started
              aborted: killed by SIGSEGV (1)
              timed out: ran too long (1)
              slowest: d.png, 6.0 s
            """);
  }

  @Test
  void noColorMeansNoCodes() {
    run(reporter(new Size(80, 24), Map.of("TERM", "xterm", "NO_COLOR", "1")));
    assertThat(text()).startsWith("thumbnails: aborted: c.png").doesNotContain("\u001b");
  }

  @Test
  void anEmptyNoColorMeansNothing() {
    run(reporter(new Size(80, 24), Map.of("NO_COLOR", "")));
    assertThat(text()).endsWith("slowest: d.png, 6.0 s\r\n");
  }

  @Test
  void aViewShowsTheRunWhileItGoesOn() {
    reporter(new Size(80, 24), Map.of());
    reporter.spawn(41);
    reporter.begin(41, "a.png");
    pass(2);
    await()
        .untilAsserted(() -> assertThat(text()).contains("41", "running", "a.png", "2.0 s of 5 s"));
    reporter.close();
    assertThat(text()).endsWith("1 child started\r\n");
  }

  @Test
  void eachRunHasASummaryOfItsOwn() {
    run(reporter(null, Map.of()));
    bytes.reset();
    run(reporter);
    assertThat(text())
        .contains("thumbnails: 4 items: 1 success")
        .endsWith("slowest: d.png, 6.0 s\n");
    bytes.reset();
    reporter.close();
    reporter.close();
    assertThat(text()).isEmpty();
  }

  @Test
  void aClosedReporterSaysNothing() {
    reporter(null, Map.of());
    reporter.close();
    run(reporter);
    assertThat(text()).isEmpty();
  }

  @Test
  void closeTellsOfARunThatStillGoesOn() {
    reporter(null, Map.of());
    reporter.spawn(41);
    reporter.success(41, "a.png", null);
    reporter.close();
    assertThat(text()).startsWith("thumbnails: 1 of 4 items: 1 success");
    reporter.exit(41, ASKED);
    reporter.cleanup();
    assertThat(text().lines().filter(line -> line.contains("success"))).hasSize(1);
  }

  @Test
  void closeWaitsForNewsThatAreOnTheirWay() throws InterruptedException {
    silence = 30_000;
    reporter(null, Map.of());
    reporter.spawn(41);
    Thread closing = new Thread(reporter::close);
    closing.start();
    await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
    reporter.success(41, "a.png", null);
    reporter.exit(41, ASKED);
    reporter.cleanup();
    closing.join();
    assertThat(text()).contains("1 success").containsOnlyOnce("took");
  }

  @Test
  void childrenOfAnotherSchedulerKeepTheView() {
    reporter(null, Map.of());
    reporter.spawn(41);
    reporter.spawn(51);
    reporter.exit(41, ASKED);
    reporter.cleanup();
    assertThat(text()).isEmpty();
    reporter.exit(51, ASKED);
    reporter.cleanup();
    assertThat(text()).contains("2 children started");
  }

  @Test
  void itemsThatNeverGotToAChildAreCounted() {
    reporter(null, Map.of());
    reporter.fail(0, "a.png", ERROR);
    reporter.timeout(0, "b.png", Duration.ofSeconds(1));
    reporter.close();
    assertThat(text()).contains("2 of 4 items", "1 failure", "timed out: waited too long (1)");
  }

  @Test
  void anItemWhoseTextCannotBeHadDisturbsNobody() {
    reporter(new Size(80, 24), Map.of());
    reporter.spawn(41);
    Object item =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException();
          }
        };
    reporter.begin(41, item);
    await().untilAsserted(() -> assertThat(text()).contains("TerminalReporterTest$"));
    reporter.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          total    | total = 0: give at least 1, or leave it out where nobody knows
          limit    | limit = PT0S: give the timeout of the scheduler, or leave it out
          interval | interval = PT0.01S: give 100 ms or more, such as 5 s
          title    | title = " ": give a word, or leave it out
          ansi     | ansi = 80 x 0: give the columns and the rows of the terminal, such as 80 and 24
          """)
  void aValueThatCannotBeIsRefused(String option, String message) {
    TerminalReporter.Builder builder = TerminalReporter.builder();
    assertThatThrownBy(
            () -> {
              switch (option) {
                case "total" -> builder.total(0);
                case "limit" -> builder.limit(Duration.ZERO);
                case "interval" -> builder.interval(Duration.ofMillis(10));
                case "title" -> builder.title(" ");
                default -> builder.ansi(80, 0);
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withoutJLineThereAreLines(boolean asked) throws Exception {
    URL[] others =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("jline"))
            .map(TerminalReporterTest::url)
            .toArray(URL[]::new);
    try (URLClassLoader loader = new URLClassLoader(others, ClassLoader.getPlatformClassLoader())) {
      loader
          .loadClass(WithoutJLine.class.getName())
          .getMethod("run", PrintStream.class, boolean.class)
          .invoke(null, out, asked);
    }
    assertThat(text()).contains("1 child started").doesNotContain("\u001b");
  }

  private static URL url(String entry) {
    try {
      return Path.of(entry).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Loaded once more, where there is no JLine. */
  public static final class WithoutJLine {
    private WithoutJLine() {}

    public static void run(PrintStream out, boolean asked) {
      TerminalReporter.Builder builder = TerminalReporter.builder().output(out);
      TerminalReporter reporter = (asked ? builder.ansi(80, 24) : builder).build();
      reporter.spawn(41);
      reporter.close();
    }
  }

  @Test
  void aProgramWithASummaryOfItsOwnGetsNone() {
    TerminalReporter none =
        TerminalReporter.builder().output(out).title("thumbnails").summary(false).build();
    run(none);
    none.close();
    assertThat(text())
        .contains("aborted: c.png")
        .doesNotContain("1 success, 1 failure, 1 aborted, 1");
    bytes.reset();
    TerminalReporter drawn =
        TerminalReporter.builder().output(out).ansi(80, 24).summary(false).build();
    run(drawn);
    drawn.close();
    assertThat(text()).doesNotContain("took ");
  }

  @Test
  void childrenThatDoNotComeUpAreToldWithTheReason() {
    Death threw =
        new Death(
            70,
            Optional.empty(),
            Death.Cause.START_FAILED,
            "Delegate: the initializer threw\njava.lang.IllegalStateException: no licence\n\tat x.Y");
    reporter(null, Map.of()).init(2);
    reporter.startFailed(threw);
    reporter.startFailed(new Death(1, Optional.empty(), Death.Cause.START_FAILED, ""));
    reporter.cleanup();
    assertThat(text())
        .startsWith(
            "thumbnails: a child did not come up: the initializer threw"
                + " java.lang.IllegalStateException: no licence\n"
                + "thumbnails: a child did not come up: exit code 1\n")
        .contains(
            "  did not come up: the initializer threw java.lang.IllegalStateException: no licence"
                + " (1), exit code 1 (1)");
  }

  @Test
  void whatWasLeftOutIsSaidToBe() {
    reporter(null, Map.of()).spawn(41);
    reporter.event(new Event.Dropped(1_200));
    reporter.event(new Event.Dropped(34));
    reporter.cleanup();
    reporter.exit(41, ASKED);
    reporter.cleanup();
    assertThat(text())
        .contains("not all is in these numbers: 1,234 events came too fast to be shown");
  }

  @Test
  void whichLimitItWasIsSaid() {
    reporter(null, Map.of()).spawn(41);
    reporter.timeout(41, "a", Duration.ofSeconds(6), Outcome.Limit.START);
    reporter.timeout(41, "b", Duration.ofSeconds(6), Outcome.Limit.ITEM);
    assertThat(text())
        .contains("timed out: a: loaded longer than 6 s", "timed out: b: ran longer than 6 s");
  }
}
