package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the README shows of the command line is run by a shell, with the jar that the build has
 * made.
 */
@ExtendWith(NothingLeft.class)
@Timeout(180)
@DisabledOnOs(OS.WINDOWS)
class ReadmeShellIT {
  private static final Path BASE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  private static final Duration LONG = Duration.ofSeconds(150);
  private static final Pattern SHELL =
      Pattern.compile("^```sh\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern OUTCOME =
      Pattern.compile("^\\{\"(item|n)\":([^,]*),\"outcome\":\"(\\w+)\"", Pattern.MULTILINE);

  @TempDir Path tmp;

  @Test
  void theFirstRun() throws Exception {
    String command = block("run --children 6");
    assertThat(command).startsWith("mvn ").contains("&& java");
    Process run = start(command.substring(command.indexOf("java -jar")));
    assertThat(status(run)).as(err()).isZero();
    assertThat(out().lines()).isNotEmpty().allMatch(line -> line.contains("\"success\""));
  }

  @Test
  void allFourOutcomesInOneRun() throws Exception {
    String command = block("one two fail crash hang");
    assertThat(status(start(command))).as(err()).isEqualTo(1);
    assertThat(outcomes(out())).containsExactlyInAnyOrderElementsOf(shownAfter(command));
  }

  @Test
  void aWorkBehindHttp() throws Exception {
    String[] commands = block("serve --work").split("\n");
    assertThat(commands).hasSize(2);
    Process server = start("exec " + commands[0] + " --listen 127.0.0.1:0");
    try {
      Matcher url = Pattern.compile("(http://[0-9.:]+/)").matcher("");
      await().atMost(LONG).until(() -> url.reset(err()).find());
      String curl = commands[1].replace("http://127.0.0.1:8080/", url.group(1));
      Process client = start(curl, "client");
      assertThat(status(client)).as(read("client.err")).isZero();
      assertThat(outcomes(read("client.out")))
          .containsExactlyInAnyOrderElementsOf(shownAfter(block("serve --work")));
    } finally {
      server.destroy();
      status(server);
    }
  }

  @Test
  void aRunOnANode() throws Exception {
    String[] commands = block("delegate-cli.jar node").split("\n");
    assertThat(commands).hasSize(2);
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Process node = start("exec " + commands[0] + " --bind 127.0.0.1:" + port, "node");
    try {
      await().atMost(LONG).until(() -> read("node.err").contains("takes items"));
      Process run = start(commands[1].replace("7800", Integer.toString(port)));
      assertThat(status(run)).as(err()).isZero();
      assertThat(out().lines()).isNotEmpty().allMatch(line -> line.contains("\"success\""));
    } finally {
      node.destroy();
      assertThat(status(node)).as(read("node.err")).isEqualTo(143);
    }
  }

  private static String block(String part) throws IOException {
    return SHELL
        .matcher(Files.readString(BASE.resolve("README.md")))
        .results()
        .map(block -> block.group(1).strip())
        .filter(block -> block.contains(part))
        .findFirst()
        .orElseThrow();
  }

  /** What the README says comes of it: the outcomes in the block that follows. */
  private static List<String> shownAfter(String command) throws IOException {
    String readme = Files.readString(BASE.resolve("README.md"));
    String rest = readme.substring(readme.indexOf(command) + command.length() + "\n```".length());
    String block = rest.substring(rest.indexOf("```\n") + 4);
    return outcomes(block.substring(0, block.indexOf("\n```")));
  }

  private static List<String> outcomes(String lines) {
    return OUTCOME.matcher(lines).results().map(ReadmeShellIT::outcome).toList();
  }

  private static String outcome(MatchResult line) {
    return line.group(2) + " " + line.group(3);
  }

  private Process start(String command) throws IOException {
    return start(command, "shell");
  }

  private Process start(String command, String name) throws IOException {
    assertThat(BASE.resolve("target/delegate-cli.jar")).as("mvn package makes it").exists();
    ProcessBuilder shell =
        new ProcessBuilder("bash", "-c", command)
            .directory(BASE.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(tmp.resolve(name + ".out").toFile())
            .redirectError(tmp.resolve(name + ".err").toFile());
    Path java = Path.of(System.getProperty("java.home"), "bin"); // the one these tests run on
    shell.environment().merge("PATH", java + ":", (path, first) -> first + path);
    return shell.start();
  }

  private static int status(Process process) throws InterruptedException {
    boolean ended = process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).as("it ended").isTrue();
    return process.exitValue();
  }

  private String out() throws IOException {
    return read("shell.out");
  }

  private String err() throws IOException {
    return read("shell.err");
  }

  private String read(String name) throws IOException {
    return Files.readString(tmp.resolve(name));
  }
}
