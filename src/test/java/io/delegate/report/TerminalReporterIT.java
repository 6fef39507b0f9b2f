package io.delegate.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.delegate.NothingLeft;
import io.delegate.Sigint;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a person sees in front of a terminal. {@code -Dscreens.update} keeps the screens of the
 * first test in {@code src/docs/images}.
 */
@ExtendWith(NothingLeft.class)
@Timeout(180)
final class TerminalReporterIT {
  private static final String ESCAPE = "\u001b";
  private static final List<String> PICTURES =
      List.of("ant.png", "bee.png", "cat.png", "crash.png", "dog.png", "broken.png", "日本語.png");

  @TempDir Path tmp;
  private Path gates;
  private Tmux terminal;

  @BeforeAll
  static void needsTmux() {
    assumeTrue(Tmux.isThere(), "there is no tmux");
  }

  @BeforeEach
  void open() throws IOException {
    gates = Files.createDirectory(tmp.resolve("gates"));
    terminal = new Tmux(tmp.resolve("tmux"), 80, 24);
    terminal.type("cd " + tmp + " && clear");
    terminal.shows(screen -> screen.get(0).equals("$"), "a clear screen");
  }

  @AfterEach
  void close() {
    if (terminal != null) {
      terminal.close();
    }
  }

  private static long running(List<String> screen) {
    return screen.stream().filter(row -> row.matches(".* running .* s of 1 min.*")).count();
  }

  @Test
  void aRunIsSeenFromItsStartToItsEnd() throws IOException {
    start("", "end", "");
    terminal.shows("\\d+  running    cat.png +[1-9]\\.\\d s of 1 min");
    List<String> screen = await().until(terminal::screen, rows -> running(rows) == 3);
    assertThat(screen.get(0)).contains("program.sh");
    assertThat(screen.subList(18, 22))
        .satisfiesExactly(
            row -> assertThat(row).matches("── thumbnails ─{52} 3 children ──"),
            row -> assertThat(row).contains("running", "s of 1 min"),
            row -> assertThat(row).contains("running", "s of 1 min"),
            row -> assertThat(row).contains("running", "s of 1 min"));
    assertThat(screen.get(22)).startsWith("0 of 7 items").contains("┄┄┄", "0 %");
    assertThat(screen.get(23)).startsWith("0 success   0 failure   0 aborted   0 timed out");
    keep("start", screen);

    pass("ant.png", "bee.png");
    screen = terminal.shows("2 success .*");
    assertThat(screen.get(22)).startsWith("2 of 7 items").contains("━━━", "28 %");
    keep("middle", terminal.shows("\\d+  running    dog.png +[1-9]\\.\\d s of 1 min"));
    assertThat(terminal.screen()).contains("program: ant.png Success told");

    pass("crash.png");
    screen = terminal.shows("\\d+  aborted    crash.png  exit code 137: libpicture: bad header.*");
    assertThat(screen.get(23)).startsWith("2 success   0 failure   1 aborted   0 timed out");
    keep("crash", terminal.shows("\\d+  running    broken.png +[1-9]\\.\\d s of 1 min"));

    pass("all");
    terminal.shows("program: ends");
    keep("end", terminal.prompts());
    terminal.type("echo it is $((6 * 7))");
    screen = terminal.shows("it is 42");
    assertThat(String.join("\n", screen))
        .contains("thumbnails: 7 items: 5 success, 1 failure, 1 aborted, 0 timed out\n  took ")
        .contains("items/s, 4 children started\n  aborted: exit code 137 (1)\n  slowest: ")
        .doesNotContain("running", "───", "━━━");
    assertWhole();
  }

  @Test
  void theViewFitsItselfToTheWindow() throws IOException {
    start("", "end", "");
    terminal.shows("\\d+  running    cat.png .*");
    pass("ant.png", "bee.png");
    terminal.shows("2 success .*");

    terminal.resize(40, 12);
    List<String> screen = terminal.shows(ends("2 success .*items/s .*"), "40 columns");
    assertThat(screen.get(6)).isEqualTo("── thumbnails ──────────── 3 children ──");
    terminal.resize(20, 6);
    screen = terminal.shows(ends("2 success"), "20 columns, 6 rows");
    assertThat(screen.get(2)).isEqualTo("─".repeat(20));
    assertThat(screen.get(4)).isEqualTo("2 of 7 items    28 %");
    terminal.resize(20, 2);
    terminal.shows(rows -> !String.join("", rows).contains("2 success"), "no view");
    terminal.resize(100, 30);
    screen = terminal.shows(ends("2 success .*items/s .*"), "100 columns");
    assertThat(screen.get(24)).matches("── thumbnails ─{72} 3 children ──");
    assertThat(String.join("\n", screen)).containsOnlyOnce("thumbnails").containsOnlyOnce("2 of 7");

    pass("all");
    terminal.shows("program: ends");
    assertThat(String.join("\n", terminal.all()))
        .contains("thumbnails: 7 items: 5 success")
        .doesNotContain("running", "───");
    assertWhole();
  }

  @Test
  void aWindowThatGetsMuchNarrowerAtOnceCostsNoLineOfTheProgram() throws IOException {
    start("", "end", "");
    terminal.shows("\\d+  running    cat.png .*");
    pass("ant.png", "bee.png");
    terminal.shows("2 success .*");
    terminal.resize(10, 24);
    terminal.shows(ends("2 success"), "10 columns");
    pass("dog.png");
    terminal.shows(ends("3 success"), "10 columns");
    terminal.resize(80, 24);
    terminal.shows(ends("3 success .*items/s .*"), "80 columns");
    pass("all");
    terminal.shows("program: ends");
    assertWhole();
  }

  @Test
  void aProgramThatExitsGivesTheTerminalBack() throws IOException {
    start("", "exit", "");
    pass("all");
    terminal.printed("program: has all");
    terminal.prompts();
    terminal.type("echo it is $((6 * 7))");
    List<String> screen = terminal.shows("it is 42");
    assertThat(screen.indexOf("it is 42"))
        .isGreaterThan(screen.indexOf("program: has all"))
        .isLessThan(23);
    assertThat(String.join("\n", screen)).contains("thumbnails: 7 items").doesNotContain("───");
  }

  @Test
  void ctrlCGivesTheTerminalBack() throws IOException {
    start("", "end", "");
    terminal.shows("\\d+  running    cat.png .*");
    terminal.press("C-c");
    terminal.printed("thumbnails: .* of 7 items: .*");
    terminal.promptsOnEnter();
    assertThat(String.join("\n", terminal.all())).doesNotContain("did not come up", "3 in a row");
    terminal.type("echo it is $((6 * 7))");
    terminal.shows("it is 42");
    assertThat(String.join("\n", terminal.screen())).doesNotContain("running", "───");
  }

  @Test
  void aPersonWhoWantsNoColourGetsNoCodes() throws IOException {
    Path copy = tmp.resolve("copy");
    terminal.copyTo(copy.toString());
    start("NO_COLOR=1", "end", "");
    pass("all");
    terminal.shows("program: ends");
    await()
        .until(() -> Files.readString(copy).contains("program: ends")); // by a process of its own
    assertThat(Files.readString(copy))
        .contains("thumbnails: aborted: crash.png: exit code 137")
        .contains("thumbnails: 7 items: 5 success, 1 failure, 1 aborted, 0 timed out")
        .doesNotContain(ESCAPE);
  }

  @Test
  void aFileGetsNoCodes() throws IOException {
    Path file = tmp.resolve("stderr");
    start("", "end", "2> " + file);
    pass("all");
    terminal.shows("program: ends");
    assertThat(Files.readString(file))
        .contains("thumbnails: aborted: crash.png: exit code 137", "  slowest: ")
        .doesNotContain(ESCAPE);
  }

  @Test
  void stdinIsTheProgramsOwn() throws IOException {
    start("echo a line |", "read", "");
    pass("all");
    terminal.shows("program: read a line");
    assertThat(String.join("\n", terminal.all())).contains("  took ");
    assertWhole();
  }

  /** Each line that the program and its children printed is there, in one piece and once. */
  private void assertWhole() {
    List<String> all = terminal.all();
    assertThat(all).contains("program: begins", "program: has all");
    assertThat(all).contains("libpicture: bad header in crash.png");
    for (String picture : PICTURES) {
      assertThat(all).containsOnlyOnce(TerminalProgram.line(picture));
      assertThat(all.stream().filter(line -> line.matches("program: " + picture + " \\w+ told")))
          .as("%s in\n%s", picture, String.join("\n", all))
          .hasSize(1);
    }
  }

  private static Predicate<List<String>> ends(String row) {
    return screen -> screen.get(screen.size() - 1).matches(row);
  }

  private void pass(String... pictures) throws IOException {
    for (String picture : pictures) {
      Files.createFile(gates.resolve(picture));
    }
  }

  private void start(String before, String end, String after) throws IOException {
    List<String> command = new ArrayList<>(Sigint.heard());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--sun-misc-unsafe"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("-Djava.io.tmpdir=" + tmp, TerminalProgram.class.getName()));
    command.addAll(List.of(gates.toString(), end, "60"));
    command.addAll(PICTURES);
    Path script = tmp.resolve("program.sh");
    Stream<String> words = command.stream().map(word -> "'" + word + "'");
    Files.writeString(script, "exec " + String.join(" ", words.toList()) + "\n");
    terminal.type((before + " sh program.sh " + after).strip());
  }

  private static void keep(String name, List<String> screen) throws IOException {
    if (System.getProperty("screens.update") != null) {
      Path images = Path.of(System.getProperty("basedir", ""), "src", "docs", "images");
      Files.createDirectories(images);
      String text = String.join("\n", screen).replace("sh program.sh", "java Thumbnails");
      Files.writeString(images.resolve("terminal-" + name + ".txt"), text.stripTrailing() + "\n");
    }
  }
}
