package io.delegate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.delegate.Pids;
import io.delegate.Sigint;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The program in a JVM of its own, as a user has it. */
final class CliProcess implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(40);

  private final Process process;
  private final List<String> stdout = Collections.synchronizedList(new ArrayList<>());
  private final StringBuffer stderr = new StringBuffer();
  private final List<Thread> readers;
  private final Set<ProcessHandle> family = new LinkedHashSet<>();

  private CliProcess(Process process) {
    this.process = process;
    this.readers =
        List.of(
            reader(process.getInputStream(), stdout::add),
            reader(process.getErrorStream(), line -> stderr.append(line).append('\n')));
  }

  static CliProcess start(String... args) throws IOException {
    List<String> command = new ArrayList<>(Sigint.heard());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath(), Main.class.getName()));
    command.addAll(List.of(args));
    return new CliProcess(new ProcessBuilder(command).start());
  }

  /** Without Logback, which a user of the command line does not have, and which says a lot. */
  static String classPath() {
    return String.join(
        File.pathSeparator,
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("logback"))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }

  private static Thread reader(InputStream from, Consumer<String> to) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  to.accept(line);
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

  OutputStream stdin() {
    return process.getOutputStream();
  }

  CliProcess feed(Iterable<String> items) {
    try (OutputStream to = stdin()) {
      to.write((String.join("\n", items) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** All lines so far, each of them one whole object of JSON. */
  List<String> lines() {
    List<String> copy = List.copyOf(stdout);
    copy.forEach(CliProcess::checkJson);
    return copy;
  }

  List<String> awaitLines(int count) {
    await().atMost(LONG).until(() -> stdout.size() >= count);
    return lines();
  }

  String stderr() {
    return stderr.toString();
  }

  /** Waits until it has that many processes below it, and remembers them. */
  void awaitFamily(int atLeast) {
    await()
        .atMost(LONG)
        .until(
            () -> {
              List<ProcessHandle> now = process.descendants().toList(); // once: more may come
              family.addAll(now);
              return now.size() >= atLeast;
            });
  }

  void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start().waitFor();
  }

  /** Its exit status, once it is gone and all it wrote is read. */
  int status() throws InterruptedException {
    assertThat(process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).as("it ended").isTrue();
    for (Thread reader : readers) {
      reader.join(LONG.toMillis());
    }
    return process.exitValue();
  }

  /** At this very moment, not soon: the program may end only after its children. */
  void assertFamilyGone() {
    assertThat(family).isNotEmpty().noneMatch(p -> p.isAlive() && Pids.runs(p.pid()));
  }

  /** Lets the reader of its stdout go away. */
  void closeStdout() throws IOException {
    process.getInputStream().close();
  }

  private static void checkJson(String line) {
    try (JsonParser parser = new JsonFactory().createParser(line)) {
      assertThat(parser.nextToken()).as(line).isNotNull();
      parser.skipChildren();
      assertThat(parser.nextToken()).as(line).isNull();
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
