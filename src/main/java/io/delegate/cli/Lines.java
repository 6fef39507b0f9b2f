package io.delegate.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Items from a stream of bytes: the lines, or what stands between NULs; UTF-8, empty ones left out.
 * Lines end with LF or CRLF. A byte order mark at the start is none of the first item's characters.
 */
final class Lines {
  /** More than that no child takes: a frame has 64 MiB. */
  static final int LONGEST = 64 << 20;

  private static final String MARK = "\ufeff";

  private Lines() {}

  /**
   * Reads a line when one is asked for, and no further than a buffer's worth ahead. Waits for input
   * on a daemon thread, so that neither a signal nor the end of the JVM waits for it.
   */
  static Flux<String> of(InputStream in) {
    return of(in, '\n', LONGEST);
  }

  /** The same, of items that may hold ends of lines. */
  static Flux<String> betweenNuls(InputStream in) {
    return of(in, '\0', LONGEST);
  }

  static Flux<String> of(InputStream in, char separator, int longest) {
    return Flux.<String, Pieces>generate(
            () -> new Pieces(new InputStreamReader(in, StandardCharsets.UTF_8), separator, longest),
            (pieces, sink) -> {
              try {
                String item = next(pieces, separator == '\n');
                if (item == null) {
                  sink.complete();
                } else {
                  sink.next(item);
                }
              } catch (IOException e) {
                sink.error(new IOException("stdin cannot be read: " + e.getMessage(), e));
              } catch (OutOfMemoryError e) { // thrown on, nobody would ever hear of it
                sink.error(new IOException("stdin cannot be read: no memory for an item", e));
              }
              return pieces;
            })
        .subscribeOn(Schedulers.boundedElastic());
  }

  private static @Nullable String next(Pieces pieces, boolean lines) throws IOException {
    while (true) {
      String item = pieces.next();
      if (item == null) {
        return null;
      }
      if (pieces.isFirst() && item.startsWith(MARK)) {
        item = item.substring(1);
      }
      if (lines && item.endsWith("\r")) {
        item = item.substring(0, item.length() - 1);
      }
      if (!item.isEmpty()) {
        return item;
      }
    }
  }
}
