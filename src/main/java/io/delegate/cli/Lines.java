package io.delegate.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Items from a stream of bytes: the lines, or what stands between NULs; UTF-8, empty ones left out.
 */
final class Lines {
  private Lines() {}

  /**
   * Reads a line when one is asked for, and no further than a buffer's worth ahead. Waits for input
   * on a daemon thread, so that neither a signal nor the end of the JVM waits for it.
   */
  static Flux<String> of(InputStream in) {
    return of(in, BufferedReader::readLine);
  }

  /** The same, of items that may hold ends of lines. */
  static Flux<String> betweenNuls(InputStream in) {
    return of(in, Lines::untilNul);
  }

  private interface Read {
    @Nullable String next(BufferedReader reader) throws IOException;
  }

  private static Flux<String> of(InputStream in, Read read) {
    return Flux.<String, BufferedReader>generate(
            () -> new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)),
            (reader, sink) -> {
              try {
                String line = next(reader, read);
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

  private static @Nullable String next(BufferedReader reader, Read read) throws IOException {
    String line = read.next(reader);
    while (line != null && line.isEmpty()) {
      line = read.next(reader);
    }
    return line;
  }

  private static @Nullable String untilNul(BufferedReader reader) throws IOException {
    StringBuilder item = new StringBuilder();
    int c = reader.read();
    for (; c > 0; c = reader.read()) {
      item.append((char) c);
    }
    return c < 0 && item.isEmpty() ? null : item.toString();
  }
}
