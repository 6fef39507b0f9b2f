package io.delegate.cli;

import io.delegate.Outcome;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * What a run leaves beside its lines.
 *
 * @param journal what became of which item
 * @param results the results as files
 */
record Records(@Nullable Journal journal, @Nullable Results results) implements Closeable {
  static final Records NONE = new Records(null, null);

  /** The items that are to be run. */
  Flux<String> left(Flux<String> items) {
    Journal with = journal;
    return with == null ? items : items.filter(item -> !with.skips(item));
  }

  /** The line that is printed for an outcome; its result may be in a file by then. */
  byte[] line(Outcome<String, String> outcome) throws IOException {
    return results != null && outcome instanceof Outcome.Success<String, String> success
        ? OutcomeJson.line(outcome, results.write(success))
        : OutcomeJson.line(outcome, null);
  }

  /** An outcome was printed. */
  void printed(Outcome<String, String> outcome) {
    if (journal != null) {
      journal.add(outcome);
    }
  }

  /** All that was printed has reached the reader. */
  void flush() throws IOException {
    if (journal != null) {
      journal.flush();
    }
  }

  long skipped() {
    return journal == null ? 0 : journal.skipped();
  }

  @Override
  public void close() throws IOException {
    if (journal != null) {
      journal.close();
    }
  }
}
