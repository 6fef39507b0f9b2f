package io.delegate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The program as a user runs it, with real children. */
@Timeout(120)
@DisabledOnOs(OS.WINDOWS)
class CliIT {
  private static final String MIXED = "io.delegate.cli.Samples::mixed";
  private static final String STATS = "io.delegate.cli.Samples::stats";

  @Test
  void statsOfRealFilesAreThoseThatThisProcessCounts(@TempDir Path dir) throws Exception {
    Path small = Files.writeString(dir.resolve("grüße one.txt"), "two words\n");
    Path large = Files.write(dir.resolve("large"), new byte[3_000_000]);
    try (CliProcess cli = CliProcess.start("run", "--work", STATS, "--children", "2")) {
      cli.feed(List.of(small.toString(), large.toString(), dir.resolve("none").toString()));
      assertThat(cli.status()).isEqualTo(1);
      assertThat(cli.lines()).hasSize(3);
      for (Path file : List.of(small, large)) {
        assertThat(cli.lines())
            .anySatisfy(
                line ->
                    assertThat(line)
                        .contains("\"item\":" + ValueJson.of(file))
                        .endsWith("\"result\":" + ValueJson.of(Samples.stats(file)) + "}"));
      }
      assertThat(cli.lines())
          .anySatisfy(
              line -> assertThat(line).contains("\"type\":\"java.nio.file.NoSuchFileException\""));
    }
  }

  /** The dump of what hangs may be missing on a busy machine, but not again and again. */
  @Test
  void oneCommandShowsAllFourOutcomes() throws Exception {
    boolean dumped = false;
    for (int i = 0; i < 3 && !dumped; i++) {
      dumped = showsAllFourOutcomes();
    }
    assertThat(dumped).isTrue();
  }

  /** Whether what hangs is seen hanging, too. */
  private static boolean showsAllFourOutcomes() throws Exception {
    try (CliProcess cli =
        CliProcess.start(
            ("run --work " + MIXED + " --timeout 5s --ordered one two fail crash hang three")
                .split(" "))) {
      assertThat(cli.status()).isEqualTo(1);
      List<String> lines = cli.lines();
      assertThat(lines).hasSize(6);
      assertThat(lines.get(0)).contains("\"item\":\"one\"", "\"success\"", "\"result\":3");
      assertThat(lines.get(2))
          .contains("\"failure\"", "java.lang.IllegalStateException", "no luck with fail");
      assertThat(lines.get(3)).contains("\"aborted\"", "\"exitCode\":137", "about to crash");
      assertThat(lines.get(4)).contains("\"timedOut\"", "\"limitMillis\":5000");
      assertThat(lines.get(5)).contains("\"item\":\"three\"", "\"result\":5");
      assertThat(cli.stderr())
          .contains("6 items: 3 success, 1 failure, 1 aborted, 1 timed out", "children: 6");
      return lines.get(4).contains("Samples.hang(");
    }
  }

  @Test
  void aFullHeapCostsOneItem() throws Exception {
    try (CliProcess cli =
        CliProcess.start(
            ("run --work " + MIXED + " --heap 32m --children 1 one eat two").split(" "))) {
      assertThat(cli.status()).isEqualTo(1);
      assertThat(cli.lines()).hasSize(3);
      assertThat(cli.lines())
          .anySatisfy(line -> assertThat(line).contains("\"eat\"", "OUT_OF_MEMORY"));
    }
  }

  @Test
  void theStatusIsZeroWhenAllSucceedAndTwoWhenNothingIsStarted() throws Exception {
    try (CliProcess good = CliProcess.start("run", "--work", MIXED, "one");
        CliProcess bad = CliProcess.start("run", "--work", MIXED + "x", "one")) {
      assertThat(good.status()).isZero();
      assertThat(bad.status()).isEqualTo(2);
      assertThat(bad.lines()).isEmpty();
      assertThat(bad.stderr()).contains("--work", "mixed(String)");
    }
  }

  @Test
  void tenThousandItemsOnStdinGiveOneLineEach() throws Exception {
    List<String> items = IntStream.range(0, 10_000).mapToObj(i -> "item" + i).toList();
    try (CliProcess cli =
        CliProcess.start("run", "--work", MIXED, "--children", "2", "--ordered")) {
      cli.feed(items);
      assertThat(cli.status()).isZero();
      List<String> lines = cli.lines();
      assertThat(lines).hasSize(10_000);
      for (int i = 0; i < 10_000; i++) {
        assertThat(lines.get(i)).startsWith("{\"item\":\"item" + i + "\"");
      }
    }
  }

  @Test
  void theClassPathGivenReachesTheChildrenAndTheirOutputNeverStdout(@TempDir Path dir)
      throws Exception {
    Path source = dir.resolve("Theirs.java");
    Files.writeString(
        source,
        """
        public class Theirs {
          record Plain(String text, Object self) {} // not serializable, not public
          public static Object work(String item) {
            System.out.println("printed by " + item);
            return new Plain(item, new Object() { public String toString() { return "me"; } });
          }
        }
        """);
    String out = dir.toString();
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", out, source.toString()))
        .isZero();
    try (CliProcess cli =
        CliProcess.start("run", "--work", "Theirs::work", "--classpath", out, "a")) {
      assertThat(cli.status()).as(cli.stderr()).isZero();
      assertThat(cli.lines()).hasSize(1);
      assertThat(cli.lines().get(0)).endsWith("\"result\":{\"text\":\"a\",\"self\":\"me\"}}");
    }
  }

  @Test
  void stdinIsReadAsItComes() throws Exception {
    try (CliProcess cli = CliProcess.start("run", "--work", MIXED, "--children", "1")) {
      OutputStream to = cli.stdin();
      to.write("one\n".getBytes(StandardCharsets.UTF_8));
      to.flush();
      assertThat(cli.awaitLines(1).get(0)).contains("\"item\":\"one\"");
      to.write("three\n".getBytes(StandardCharsets.UTF_8));
      to.flush();
      assertThat(cli.awaitLines(2).get(1)).contains("\"item\":\"three\"");
      to.close();
      assertThat(cli.status()).isZero();
    }
  }

  @Test
  void stdinIsReadNoFurtherThanTheChildrenNeed() throws Exception {
    AtomicLong written = new AtomicLong();
    byte[] hang = "one\nhang\n".getBytes(StandardCharsets.UTF_8);
    byte[] more = ("x".repeat(1000) + "\n").repeat(100).getBytes(StandardCharsets.UTF_8);
    try (CliProcess cli = CliProcess.start("run", "--work", MIXED, "--children", "1")) {
      OutputStream to = cli.stdin(); // closed with the process: its buffer would block a close
      CompletableFuture.runAsync(
          () -> {
            try {
              to.write(hang);
              to.flush();
              while (true) {
                to.write(more);
                to.flush();
                written.addAndGet(more.length);
              }
            } catch (IOException e) {
              // the process is gone
            }
          });
      cli.awaitLines(1);
      AtomicLong before = new AtomicLong(-1);
      await()
          .atMost(Duration.ofSeconds(40))
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> before.getAndSet(written.get()) == written.get());
      assertThat(written.get()).isLessThan(8L << 20);
    }
  }

  @Test
  void aReaderThatGoesAwayEndsItQuietlyWithItsChildren() throws Exception {
    try (CliProcess cli = CliProcess.start("run", "--work", MIXED, "--children", "2")) {
      CompletableFuture.runAsync(
          () -> {
            try (OutputStream to = cli.stdin()) {
              while (true) {
                to.write("one\ntwo\n".getBytes(StandardCharsets.UTF_8));
              }
            } catch (IOException e) {
              // the process is gone
            }
          });
      cli.awaitLines(1);
      cli.awaitFamily(1);
      cli.closeStdout();
      assertThat(cli.status()).isEqualTo(141);
      cli.assertFamilyGone();
      assertThat(cli.stderr()).doesNotContain("Exception", "items");
    }
  }

  @Test
  void headTakesItsLineAndTheRestIsOver() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process shell =
        new ProcessBuilder(
                "sh",
                "-c",
                "yes one | \"$0\" -cp \"$1\" io.delegate.cli.Main run --work "
                    + MIXED
                    + " | head -1",
                java,
                CliProcess.classPath())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(printed.lines()).hasSize(1);
      assertThat(shell.waitFor()).isZero();
    } finally {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      shell.destroyForcibly();
    }
  }

  @Test
  void ctrlCEndsTheChildrenFirst() throws Exception {
    endsBySignal("INT", 130);
  }

  @Test
  void sigtermEndsTheChildrenFirst() throws Exception {
    endsBySignal("TERM", 143);
  }

  @Test
  void aRunThatWasKilledIsGoneOnWithAndLosesNothing(@TempDir Path dir) throws Exception {
    String journal = dir.resolve("journal").toString();
    String run = "run --work " + MIXED + " --children 2 --journal " + journal;
    List<String> items = IntStream.range(0, 40).mapToObj(i -> "item" + i).toList();
    List<String> printed;
    try (CliProcess cli =
        CliProcess.start((run + " " + String.join(" ", items) + " hang hang").split(" "))) {
      cli.awaitFamily(2);
      cli.awaitLines(40);
      cli.signal("KILL");
      cli.status();
      await().atMost(Duration.ofSeconds(20)).untilAsserted(cli::assertFamilyGone);
      printed = cli.lines();
    }
    try (CliProcess cli =
        CliProcess.start(
            (run + " --resume --stats --report json " + String.join(" ", items) + " crash")
                .split(" "))) {
      assertThat(cli.status()).isEqualTo(1);
      List<String> all = Stream.concat(printed.stream(), cli.lines().stream()).toList();
      for (String item : items) {
        assertThat(all).anyMatch(line -> line.contains("\"item\":\"" + item + "\""));
      }
      assertThat(cli.lines()).anyMatch(line -> line.contains("\"aborted\""));
      assertThat(cli.stderr())
          .contains("left out, as the journal says", "\"event\":\"exit\"", "items     ");
    }
  }

  private static void endsBySignal(String signal, int status) throws Exception {
    try (CliProcess cli =
        CliProcess.start(("run --work " + MIXED + " --children 2 one hang hang hang").split(" "))) {
      cli.awaitLines(1);
      cli.awaitFamily(2);
      cli.signal(signal);
      assertThat(cli.status()).isEqualTo(status);
      cli.assertFamilyGone();
      assertThat(cli.lines()).as("no outcome after a cancel").hasSize(1);
      assertThat(cli.stderr()).contains("stopped after 1 item:");
    }
  }

  @Test
  void thereIsOneSummaryWhateverReports() throws Exception {
    for (String report : List.of("none", "terminal")) {
      try (CliProcess cli =
          CliProcess.start(
              ("run --work " + MIXED + " --children 1 --report " + report + " one two")
                  .split(" "))) {
        assertThat(cli.status()).isZero();
        assertThat(cli.stderr().lines().filter(line -> line.contains("2 success,"))).hasSize(1);
        assertThat(cli.stderr()).contains("delegate: 2 items: 2 success");
      }
    }
  }
}
