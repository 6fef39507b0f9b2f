package io.delegate.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** After a class: no child process and no private directory of this JVM is left. */
public final class NothingLeft implements AfterAllCallback {
  @Override
  public void afterAll(ExtensionContext context) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              assertThat(children()).isEmpty();
              assertThat(directories()).isEmpty();
            });
  }

  public static List<Long> children() {
    return ProcessHandle.current().descendants().map(ProcessHandle::pid).toList();
  }

  private static List<Path> directories() throws IOException {
    return directories(
        ProcessHandle.current().pid(), Path.of(System.getProperty("java.io.tmpdir")));
  }

  public static List<Path> directories(long pid, Path in) throws IOException {
    try (Stream<Path> files = Files.list(in)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith("delegate-" + pid + "-"))
          .toList();
    }
  }
}
