package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Proves that a test left nothing of ours behind: no process, no directory, no mapping, no socket,
 * no thread. The two thread pools that are kept for a second without work are looked at after the
 * whole class, so that not every test takes that second.
 */
public final class NothingLeft implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String OURS = "delegate-" + ProcessHandle.current().pid() + "-";

  /** Threads that another class has left: parts are tested in the same JVM, without their whole. */
  private static final Set<Thread> BEFORE = Collections.newSetFromMap(new WeakHashMap<>());

  @Override
  public void beforeAll(ExtensionContext context) {
    BEFORE.clear();
    BEFORE.addAll(Thread.getAllStackTraces().keySet());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    check(false);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    check(true);
  }

  private static void check(boolean pools) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(left(pools)).as("what is left").isEmpty());
  }

  /** All that is ours, each with its kind. */
  static List<String> left(boolean pools) {
    List<String> left = new ArrayList<>();
    ProcessHandle.current()
        .descendants()
        .filter(process -> Pids.runs(process.pid()))
        .forEach(process -> left.add("process " + process.pid() + " " + process.info()));
    bearingTheCookie().forEach(pid -> left.add("process with our cookie " + pid));
    directories().forEach(path -> left.add("directory " + path));
    lines("/proc/self/maps", OURS).forEach(line -> left.add("mapping " + line));
    lines("/proc/net/unix", OURS).forEach(line -> left.add("socket " + line));
    Thread.getAllStackTraces()
        .forEach(
            (thread, stack) -> {
              String name = thread.getName();
              if (name.startsWith("delegate-")
                  && !BEFORE.contains(thread)
                  && (pools || !name.matches("delegate-(starter|timer)-.*"))) {
                left.add("thread " + name + " in " + Arrays.asList(stack));
              }
            });
    return left;
  }

  private static List<Long> bearingTheCookie() {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> name.matches("\\d+"))
          .map(Long::valueOf)
          .filter(pid -> pid != ProcessHandle.current().pid() && bears(pid))
          .toList();
    } catch (IOException e) {
      return List.of(); // no such system
    }
  }

  private static boolean bears(long pid) {
    try {
      byte[] environment = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "environ"));
      return Stream.of(new String(environment, StandardCharsets.ISO_8859_1).split("\0"))
          .anyMatch(entry -> entry.startsWith("DELEGATE_CHILD=") && entry.contains(OURS));
    } catch (IOException e) {
      return false; // gone, or not ours
    }
  }

  private static List<Path> directories() {
    return directories(Path.of(System.getProperty("java.io.tmpdir")), OURS);
  }

  static List<Path> directories(Path base, String start) {
    try (Stream<Path> all = Files.list(base)) {
      return all.filter(path -> path.getFileName().toString().startsWith(start)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(String file, String part) {
    try {
      return Files.readAllLines(Path.of(file), StandardCharsets.ISO_8859_1).stream()
          .filter(line -> line.contains(part))
          .toList();
    } catch (IOException e) {
      return List.of(); // no such system
    }
  }
}
