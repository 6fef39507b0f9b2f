package io.delegate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  private static final String MIXED = "io.delegate.cli.Samples::mixed";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final StringWriter err = new StringWriter();
  private final List<Setup> setups = new ArrayList<>();
  private final FakeChildren children = new FakeChildren();
  private String stdin = "";

  private int delegate(String... args) {
    ByteArrayInputStream in = new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8));
    return Main.execute(
        args,
        in,
        out,
        new PrintWriter(err, true),
        setup -> {
          setups.add(setup);
          return children;
        });
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private void refused(int status, String... said) {
    assertThat(status).isEqualTo(2);
    assertThat(err.toString()).contains(said);
    assertThat(out.size()).isZero();
    assertThat(setups).as("nothing was started").isEmpty();
  }

  @Test
  void itemsFromArgumentsGiveOneLineEach() {
    assertThat(delegate("run", "--work", MIXED, "one", "three")).isZero();
    assertThat(lines()).hasSize(2);
    assertThat(lines().get(1)).contains("\"item\":\"three\"", "\"result\":5");
    assertThat(err.toString()).contains("2 items: 2 success, 0 failure", "children: 6");
    assertThat(children.closed).hasValue(1);
  }

  @Test
  void withoutArgumentsEachLineOfStdinThatIsNotEmptyIsAnItem() {
    stdin = "grüße\n\n two \r\n";
    assertThat(delegate("run", "--work", MIXED)).isZero();
    assertThat(lines()).hasSize(2);
    assertThat(lines().get(0)).contains("\"item\":\"grüße\"");
    assertThat(lines().get(1)).contains("\"item\":\" two \"");
  }

  @Test
  void itemsBetweenNulsMayHoldLines() {
    stdin = "one\ntwo\0\0 three\0four";
    assertThat(delegate("run", "--work", MIXED, "--null")).isZero();
    assertThat(lines()).hasSize(3);
    assertThat(lines().get(0)).contains("\"item\":\"one\\ntwo\"");
    assertThat(lines().get(2)).contains("\"item\":\"four\"");
  }

  @Test
  void aDryRunChecksAndCountsAndStartsNothing(@TempDir Path tmp) {
    stdin = "one\ntwo\n";
    Path journal = tmp.resolve("journal");
    assertThat(delegate("run", "--work", MIXED, "--journal", journal.toString(), "--dry-run"))
        .isZero();
    assertThat(err.toString())
        .contains("2 items would run through " + MIXED + " in at most 6 children; 0 left out");
    assertThat(out.size()).isZero();
    assertThat(setups).isEmpty();
    assertThat(journal).doesNotExist();
    refused(delegate("run", "--work", "no.Such::work", "--dry-run", "one"), "no.Such");
  }

  @Test
  void aLaterRunDoesWhatTheJournalLeavesToDo(@TempDir Path tmp) throws Exception {
    String journal = tmp.resolve("journal").toString();
    String[] first = {"run", "--work", MIXED, "--journal", journal, "one", "fail", "two"};
    assertThat(delegate(first)).isEqualTo(1);
    assertThat(lines()).hasSize(3);
    out.reset();
    String[] second = {
      "run", "--work", MIXED, "--journal", journal, "--resume", "two", "three", "fail", "one"
    };
    assertThat(delegate(second)).isEqualTo(1);
    assertThat(lines()).hasSize(2);
    assertThat(lines().get(0)).contains("\"three\"");
    assertThat(lines().get(1)).contains("\"fail\"");
    assertThat(err.toString()).contains("2 left out, as the journal says");
    out.reset();
    String[] third = {
      "run", "--work", MIXED, "--journal", journal, "--retry-failed", "four", "fail", "one"
    };
    assertThat(delegate(third)).isEqualTo(1);
    assertThat(lines()).singleElement().asString().contains("\"fail\"");
    out.reset();
    setups.clear();
    refused(delegate(first), "--journal", "it exists; add --resume");
  }

  @Test
  void goingOnNeedsAJournal() {
    refused(delegate("run", "--work", MIXED, "--resume", "one"), "--resume", "add --journal FILE");
    refused(
        delegate("run", "--work", MIXED, "--retry-failed", "one"),
        "--retry-failed",
        "add --journal FILE");
  }

  @Test
  void resultsGoIntoFilesThatTheLinesName(@TempDir Path tmp) throws Exception {
    Path results = tmp.resolve("deep").resolve("results");
    assertThat(
            delegate("run", "--work", MIXED, "--results", results.toString(), "one", "fail", "two"))
        .isEqualTo(1);
    Path file = results.resolve(Key.of("one") + ".json");
    assertThat(file).hasContent("3");
    assertThat(lines().get(0)).contains("\"file\":\"" + file + "\"").doesNotContain("result\"");
    assertThat(lines().get(1)).contains("bad \\\"luck\\\"");
    assertThat(results.toFile().list()).hasSize(2);
    Files.writeString(tmp.resolve("file"), "");
    out.reset();
    setups.clear();
    refused(
        delegate("run", "--work", MIXED, "--results", tmp.resolve("file").toString(), "one"),
        "--results",
        "it cannot be made");
  }

  @Test
  void reportersAreChosenByName() {
    assertThat(delegate("run", "--work", MIXED, "--report", "json", "--stats", "one")).isZero();
    assertThat(setups.get(0).reporters()).hasSize(2);
    setups.clear();
    out.reset();
    refused(delegate("run", "--work", MIXED, "--report", "tv", "one"), "--report", "tv", "LOG");
  }

  @Test
  void aShellCanCompleteTheOptions() {
    assertThat(delegate("generate-completion")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("--retry-failed", "complete");
  }

  @Test
  void noItemsAtAllIsASuccess() {
    assertThat(delegate("run", "--work", MIXED)).isZero();
    assertThat(lines()).isEmpty();
    assertThat(err.toString()).contains("0 items");
  }

  @Test
  void itemsMayStartWithADashOrAnAt() {
    assertThat(delegate("run", "--work", MIXED, "@" + Path.of("pom.xml"), "--", "-x")).isZero();
    assertThat(lines()).hasSize(2);
    assertThat(lines().get(1)).contains("\"item\":\"-x\"");
  }

  @Test
  void oneThatDoesNotSucceedMakesTheStatusOne() {
    assertThat(delegate("run", "--work", MIXED, "one", "fail", "crash", "hang")).isEqualTo(1);
    assertThat(lines()).hasSize(4);
    assertThat(err.toString()).contains("4 items: 1 success, 1 failure, 1 aborted, 1 timed out");
  }

  @Test
  void theOptionsReachTheChildren(@TempDir Path dir) throws Exception {
    Path jar = Files.createFile(dir.resolve("a.jar"));
    Path home = Path.of(System.getProperty("java.home"));
    String classPath = dir + File.pathSeparator + dir + "/*";
    delegate(
        ("run --children 3 --timeout 500ms --ordered --heap 64m --window 9 --java-home " + home)
            .concat(" --classpath " + classPath + " --work " + MIXED + " x")
            .split(" "));
    assertThat(setups).hasSize(1);
    Setup setup = setups.get(0);
    assertThat(setup.children()).isEqualTo(3);
    assertThat(setup.timeout()).isEqualTo(Duration.ofMillis(500));
    assertThat(setup.ordered()).isTrue();
    assertThat(setup.heap()).isEqualTo("64m");
    assertThat(setup.window()).isEqualTo(9);
    assertThat(setup.javaHome()).isEqualTo(home);
    assertThat(setup.classPath()).containsExactly(dir.toAbsolutePath(), jar.toAbsolutePath());
    assertThat(setup.work()).hasToString(MIXED + "(java.lang.String)");
  }

  @ParameterizedTest
  @CsvSource({"5s,5000", "500ms,500", "2m,120000", "1h,3600000", "PT5S,5000", "PT0.25S,250"})
  void timesAreReadInTheirForms(String text, long millis) {
    delegate("run", "--work", MIXED, "--timeout", text, "x");
    assertThat(setups.get(0).timeout()).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"5", "5x", "0s", "-1s", "PT0S", "PT-5S", "s", "99999999999999999999h", "9999999h"})
  void timesThatAreNoneAreRefused(String text) {
    refused(
        delegate("run", "--work", MIXED, "--timeout=" + text, "x"),
        "--timeout",
        "'" + text + "'",
        "5s, 500ms, 2m, 1h or PT5S");
  }

  @ParameterizedTest
  @CsvSource({
    "--children,0",
    "--children,-1",
    "--children,many",
    "--window,0",
    "--heap,lots",
    "--heap,64mb",
    "--java-home,/nowhere/at/all",
    "--classpath,/nowhere/at/all.jar",
    "--classpath,/nowhere/at/all/*"
  })
  void valuesThatCannotBeAreRefusedByOptionAndValue(String option, String value) {
    refused(delegate("run", "--work", MIXED, option + "=" + value, "x"), option, value);
  }

  @Test
  void whatTheSchedulerRefusesIsBadUsageToo() {
    int status =
        Main.execute(
            new String[] {"run", "--work", MIXED, "x"},
            new ByteArrayInputStream(new byte[0]),
            out,
            new PrintWriter(err, true),
            setup -> {
              throw new IllegalArgumentException("window: at most 1024");
            });
    refused(status, "window: at most 1024");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "run", "walk", "run --work", "run --wrok x", "--nothing"})
  void badUsageIsToldOnStderr(String args) {
    refused(delegate(args.isEmpty() ? new String[0] : args.split(" ")), "--help'");
  }

  @Test
  void helpAndVersionGoToStdout() {
    assertThat(delegate("run", "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("CLASS::METHOD", "--java-home");
    out.reset();
    assertThat(delegate("--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("run");
    out.reset();
    assertThat(delegate("--version")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("delegate ");
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "--listen, nowhere, write it as 8080",
        "--listen, 70000, write it as 8080",
        "--children, 0, give at least 1",
        "--max-item, 3g, give less than 2g",
        "--max-item, much, write it as 65536",
        "--max-requests, 0, give at least 1",
        "--max-waiting, -1, give at least 0",
        "--items, xml, JSON",
        "--grace, soon, 5s",
        "--work, no.Such::work, there is no class"
      })
  void whatServeCannotDoIsRefusedBeforeItListens(String option, String value, String said) {
    String[] args =
        option.equals("--work")
            ? new String[] {"serve", option, value}
            : new String[] {"serve", "--work", MIXED, option, value};
    refused(delegate(args), option, value, said);
  }

  @Test
  void anAddressForThePageIsCheckedBeforeTheRun() {
    refused(
        delegate("run", "--work", MIXED, "--dashboard", "here", "one"),
        "--dashboard",
        "'here' is no address");
  }

  @Test
  void resultsHaveTheRightsThatAnyNewFileHas(@TempDir Path tmp) throws Exception {
    Path results = tmp.resolve("results");
    delegate("run", "--work", MIXED, "--results", results.toString(), "one");
    Path any = Files.createFile(tmp.resolve("any"));
    assumeTrue(any.getFileSystem().supportedFileAttributeViews().contains("posix"));
    assertThat(Files.getPosixFilePermissions(results.resolve(Key.of("one") + ".json")))
        .isEqualTo(Files.getPosixFilePermissions(any));
  }

  @Test
  void aDryRunOfInputThatCannotBeReadSaysSo() {
    InputStream gone =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("Bad file descriptor");
          }
        };
    int status =
        Main.execute(
            new String[] {"run", "--work", MIXED, "--dry-run"},
            gone,
            out,
            new PrintWriter(err, true),
            setup -> children);
    assertThat(status).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("delegate run: stdin cannot be read: Bad file descriptor");
  }
}
