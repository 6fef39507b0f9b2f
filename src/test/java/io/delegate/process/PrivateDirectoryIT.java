package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
class PrivateDirectoryIT {
  private static final String DAEMON = "setsid sh -c 'sleep 300 & echo pid $!'; echo ready";

  @RegisterExtension final Children children = new Children();
  @TempDir Path tmp;

  /** Not by Launcher: its own cookie would let the outer tree kill what is to be swept. */
  private Process startOwner(String end) throws Exception {
    return startOwner(DAEMON, end);
  }

  private Process startOwner(String script, String end) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.io.tmpdir=" + tmp,
            "-cp",
            System.getProperty("java.class.path"),
            Kid.class.getName(),
            "own",
            script,
            end);
    return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static long valueOf(List<String> lines, String name) {
    return Long.parseLong(textOf(lines, name));
  }

  private static String textOf(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .findFirst()
        .orElseThrow()
        .substring(name.length());
  }

  private static List<String> linesUntilReady(Process owner) throws Exception {
    List<String> lines = new java.util.ArrayList<>();
    var reader = owner.inputReader();
    while (!(lines.contains("ready")
        && List.of("child ", "pid ").stream()
            .allMatch(name -> lines.stream().anyMatch(l -> l.startsWith(name))))) {
      String line = reader.readLine();
      assertThat(line).isNotNull();
      lines.add(line);
    }
    return lines;
  }

  @Test
  void whatAKilledOwnerLeftIsSweptAtTheNextStart() throws Exception {
    Process owner = startOwner("wait");
    List<String> lines = linesUntilReady(owner);
    long daemon = valueOf(lines, "pid ");
    long child = valueOf(lines, "child ");
    try (PrivateDirectory whileItLives = PrivateDirectory.createIn(tmp.toString(), List.of())) {
      assertThat(tmp.toFile().list()).hasSize(2);
      assertThat(Children.runs(daemon)).isTrue();
      assertThat(whileItLives.path()).exists();
    }
    owner.destroyForcibly().waitFor();
    await().until(() -> !Children.runs(child)); // its stdin closed
    assertThat(Children.runs(daemon)).isTrue();
    assertThat(tmp.toFile().list()).hasSize(1);
    assertThat(tmp.resolve(tmp.toFile().list()[0]).resolve("scratch-1")).isDirectory();

    // two sweepers at once, and both are fine
    var first = CompletableFuture.supplyAsync(() -> PrivateDirectory.createIn(tmp + "", List.of()));
    var second =
        CompletableFuture.supplyAsync(() -> PrivateDirectory.createIn(tmp + "", List.of()));
    try (PrivateDirectory a = first.get();
        PrivateDirectory b = second.get()) {
      assertThat(Children.runs(daemon)).isFalse();
      assertThat(tmp.toFile().list()).containsExactlyInAnyOrder(a.name(), b.name());
    }
    assertThat(tmp).isEmptyDirectory();
  }

  /** It left no trace but the control group it was born in. */
  @Test
  void whatIsInAGroupOfAKilledOwnerIsSweptToo() throws Exception {
    Process owner =
        startOwner(
            "env -i setsid sh -c '(sleep 300 >/dev/null 2>&1 & echo pid $!) &'; echo ready",
            "wait");
    List<String> lines = linesUntilReady(owner);
    long child = valueOf(lines, "child ");
    ProcessHandle daemon = children.stranger(valueOf(lines, "pid "));
    Path directory = Path.of(textOf(lines, "directory "));
    owner.destroyForcibly().waitFor();
    await().until(() -> !Children.runs(child));
    assertThat(Children.runs(daemon.pid())).isTrue();
    String group = directory.getFileName().toString();
    assumeTrue(Proc.SYSTEM.inGroup(group).contains(daemon.pid()), "no groups here");
    try (PrivateDirectory next = PrivateDirectory.createIn(tmp.toString(), List.of())) {
      assertThat(Children.runs(daemon.pid())).isFalse();
      assertThat(tmp.toFile().list()).containsExactly(next.name());
      assertThat(ControlGroup.of(Proc.SYSTEM, group)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"exit", "throw"})
  void theEndOfTheJvmLeavesNothing(String end) throws Exception {
    Process owner = startOwner(end);
    List<String> lines = linesUntilReady(owner);
    long daemon = valueOf(lines, "pid ");
    assertThat(Children.runs(daemon)).isTrue();
    assertThat(tmp).isNotEmptyDirectory();
    owner.getOutputStream().write('\n');
    owner.getOutputStream().flush();
    assertThat(owner.waitFor()).isEqualTo(end.equals("exit") ? 0 : 1);
    assertThat(Children.runs(daemon)).isFalse();
    assertThat(Children.runs(valueOf(lines, "child "))).isFalse();
    assertThat(tmp).isEmptyDirectory();
  }
}
