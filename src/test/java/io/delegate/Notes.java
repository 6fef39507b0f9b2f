package io.delegate;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/** What a work in a child tells the test, past the channel: small files in a directory. */
public record Notes(File directory) implements Serializable {
  private static final Duration LONG = Duration.ofSeconds(30);

  public static Notes in(Path directory) {
    return new Notes(directory.toFile());
  }

  Path file(String name) {
    return directory.toPath().resolve(name);
  }

  /** One line more; lines of several processes do not mix. */
  void append(String name, Object line) {
    try {
      Files.write(
          file(name),
          (line + "\n").getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Counts the starts of an item. */
  void started(Object item) {
    append("starts", item);
  }

  List<String> starts() {
    return lines("starts");
  }

  List<String> lines(String name) {
    try {
      return Files.exists(file(name)) ? Files.readAllLines(file(name)) : List.of();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** There at once or not at all. */
  void say(String name, Object value) {
    try {
      Path draft = Files.createTempFile(directory.toPath(), "draft", "");
      Files.writeString(draft, String.valueOf(value));
      Files.move(draft, file(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean said(String name) {
    return Files.exists(file(name));
  }

  void sayPid(String name) {
    say(name, ProcessHandle.current().pid());
  }

  String heard(String name) {
    await(name).atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> said(name));
    try {
      return Files.readString(file(name)).strip();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  long awaitPid(String name) {
    return Long.parseLong(heard(name));
  }

  /** In a child: waits until the test has said it. */
  void waitFor(String name) throws InterruptedException {
    waitFor(name, Duration.ofDays(1));
  }

  /** In a child: waits until the test has said it, but no longer than that. */
  void waitFor(String name, Duration atMost) throws InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    while (!said(name) && System.nanoTime() - until < 0) {
      Thread.sleep(2);
    }
  }
}
