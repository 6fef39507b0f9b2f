package io.delegate.benchmarks.peers;

import io.delegate.ProcessScheduler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** JVMs without Delegate. */
final class BareJvm {
  /** For a small program: what starts fast and needs little. */
  static final List<String> FLAGS = List.of("-XX:+UseSerialGC", "-Xshare:auto", "-XX:-UsePerfData");

  /** For one that does next to nothing. */
  static final List<String> SHORT_LIVED =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:-UsePerfData");

  private BareJvm() {}

  static Process start(List<String> flags, Class<?> main, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  static String firstLine(Process process) throws IOException {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      return out.readLine();
    }
  }

  /** The flags that Delegate gives its children, without those that name files of its own. */
  static List<String> flagsOfDelegate(int children) {
    AtomicReference<List<String>> seen = new AtomicReference<>(List.of());
    try (ProcessScheduler scheduler =
        ProcessScheduler.builder()
            .children(children)
            .launcher(
                command -> {
                  seen.set(command);
                  return command;
                })
            .build()) {
      scheduler.spawn(1).block();
    }
    List<String> command = seen.get();
    return command.subList(1, command.indexOf("-jar")).stream()
        .filter(flag -> !flag.contains("/"))
        .toList();
  }
}
