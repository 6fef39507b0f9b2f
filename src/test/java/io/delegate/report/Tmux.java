package io.delegate.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A terminal that a test can look at and type into: a tmux of its own with a shell in it. */
final class Tmux implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final String PANE = "screen";

  private final Path socket;

  /** The socket is its name: no other tmux has it. */
  Tmux(Path socket, int columns, int rows) {
    this.socket = socket;
    call(
        "-f",
        "/dev/null",
        "new-session",
        "-d",
        "-s",
        PANE,
        "-x",
        Integer.toString(columns),
        "-y",
        Integer.toString(rows),
        "exec env LC_ALL=C.UTF-8 PS1='$ ' ENV= sh");
    prompts();
  }

  static boolean isThere() {
    try {
      return new ProcessBuilder("tmux", "-V").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A line for the shell. */
  void type(String line) {
    call("send-keys", "-t", PANE, "-l", line);
    press("Enter");
  }

  void press(String key) {
    call("send-keys", "-t", PANE, key);
  }

  void resize(int columns, int rows) {
    call(
        "resize-window", "-t", PANE, "-x", Integer.toString(columns), "-y", Integer.toString(rows));
  }

  /** What comes from now on, codes and all. */
  void copyTo(String file) {
    call("pipe-pane", "-t", PANE, "cat > " + file);
  }

  /** The rows on the screen. */
  List<String> screen() {
    return lines(call("capture-pane", "-p", "-t", PANE));
  }

  /** All there ever was, with lines that were broken at the edge in one piece. */
  List<String> all() {
    return lines(call("capture-pane", "-p", "-J", "-S", "-", "-t", PANE));
  }

  /** Waits for such a line, on the screen or above it. */
  void printed(String line) {
    await(line)
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> all().stream().anyMatch(l -> l.matches(line)));
  }

  /** Waits until the shell asks for a line. */
  List<String> prompts() {
    return shows(Tmux::isPrompt, "a prompt");
  }

  /**
   * The same, where a program may have ended in the middle of a line of its own: so the key is
   * pressed until there is one. What is typed before the shell has the terminal may be lost.
   */
  void promptsOnEnter() {
    await("a prompt")
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              press("Enter");
              return isPrompt(screen());
            });
  }

  private static boolean isPrompt(List<String> screen) {
    return screen.stream().filter(row -> !row.isEmpty()).reduce("", (a, b) -> b).equals("$");
  }

  /** Waits for a row that is of this form from its start to its end, but for blanks. */
  List<String> shows(String row) {
    Pattern form = Pattern.compile("\\s*" + row + "\\s*");
    return shows(screen -> screen.stream().anyMatch(line -> form.matcher(line).matches()), row);
  }

  List<String> shows(Predicate<List<String>> what, String name) {
    List<String> screen = new ArrayList<>();
    await(name)
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              screen.clear();
              screen.addAll(screen());
              assertThat(what.test(screen))
                  .as("%s on a screen of\n%s", name, String.join("\n", screen))
                  .isTrue();
            });
    return screen;
  }

  private static List<String> lines(String text) {
    return Arrays.stream(text.split("\n", -1)).map(String::stripTrailing).toList();
  }

  private String call(String... arguments) {
    List<String> command = new ArrayList<>(List.of("tmux", "-S", socket.toString(), "-u"));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s: %s", command, text).isZero();
      return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    call("kill-server");
  }
}
