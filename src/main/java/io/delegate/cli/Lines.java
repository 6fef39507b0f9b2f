package io.delegate.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Items from a stream of bytes: the lines, UTF-8, empty ones left out. */
final class Lines {
  private Lines() {}

  /**
   * Reads a line when one is asked for, and no further than a buffer's worth ahead. Waits for input
   * on a daemon thread, so that neither a signal nor the end of the JVM waits for it.
   */
  static Flux<String> of(InputStream in) {
    return Flux.<String, BufferedReader>generate(
            () -> new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)),
            (reader, sink) -> {
              try {
                String line = next(reader);
                if (line == null) {
                  sink.complete();
                } else {
                  sink.next(line);
                }
              } catch (IOException e) {
                sink.error(new IOException("stdin cannot be read: " + e.getMessage(), e));
              }
              return reader;
            })
        .subscribeOn(Schedulers.boundedElastic());
  }

  private static @Nullable String next(BufferedReader reader) throws IOException {
    String line = reader.readLine();
    while (line != null && line.isEmpty()) {
      line = reader.readLine();
    }
    return line;
  }
}
