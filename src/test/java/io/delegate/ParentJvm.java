package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A program that uses Delegate, in a JVM of its own. */
final class ParentJvm implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(45);

  private final Process process;
  private final Queue<String> out = new ConcurrentLinkedQueue<>();
  private final Queue<String> err = new ConcurrentLinkedQueue<>();
  private final List<Thread> readers = new ArrayList<>();

  private ParentJvm(Process process) {
    this.process = process;
    readers.add(read(process.getInputStream(), out));
    readers.add(read(process.getErrorStream(), err));
  }

  /** Its private directories go below {@code tmp}. */
  static ParentJvm start(Path tmp, List<String> flags, Class<?> main, Object... args) {
    List<String> command = new ArrayList<>(Sigint.heard());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-Djava.io.tmpdir=" + tmp);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    for (Object arg : args) {
      command.add(arg.toString());
    }
    return start(command);
  }

  /** Any program. */
  static ParentJvm start(List<String> command) {
    try {
      return new ParentJvm(new ProcessBuilder(command).directory(new File(".")).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Thread read(InputStream from, Queue<String> to) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  to.add(line);
                }
              } catch (IOException e) {
                // the test closed it
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  long pid() {
    return process.pid();
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** One line on its stdin. */
  void tell(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What follows that word in the first line that starts with it. */
  String heard(String word) {
    await(word)
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> line(word) != null || !process.isAlive());
    if (!process.isAlive()) {
      joinReaders(); // what it said last may not have been read
    }
    String line = line(word);
    assertThat(line).as("a line \"%s…\"; there were %s", word, this).isNotNull();
    return line.substring(word.length()).strip();
  }

  private String line(String word) {
    return out.stream().filter(line -> line.startsWith(word)).findFirst().orElse(null);
  }

  /** Its exit status, once all it wrote is read. */
  int status() throws InterruptedException {
    return status(LONG);
  }

  int status(Duration atMost) throws InterruptedException {
    assertThat(process.waitFor(atMost.toSeconds(), TimeUnit.SECONDS)).as("it ended").isTrue();
    joinReaders();
    return process.exitValue();
  }

  private void joinReaders() {
    try {
      for (Thread reader : readers) {
        reader.join(LONG.toMillis());
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** All it wrote. */
  @Override
  public String toString() {
    return "stdout " + String.join("\n", out) + "\nstderr " + String.join("\n", err);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}
