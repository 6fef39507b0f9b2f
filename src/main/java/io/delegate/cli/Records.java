package io.delegate.cli;

import io.delegate.Outcome;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
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
    Results into = results;
    return into != null && outcome instanceof Outcome.Success<String, String> success
        ? OutcomeJson.line(outcome, write(into, success))
        : OutcomeJson.line(outcome, null);
  }

  private static Path write(Results into, Outcome.Success<String, String> success) throws Unkept {
    try {
      return into.write(success);
    } catch (IOException e) {
      throw new Unkept("a result cannot be written (--results)", e);
    }
  }

  /** A file beside stdout cannot be written: not to be taken for a reader that went away. */
  static final class Unkept extends IOException {
    private static final long serialVersionUID = 1L;

    Unkept(String what, IOException why) {
      super(what + ": " + why, why);
    }
  }

  /** An outcome is on its way to stdout. */
  void printed(Outcome<String, String> outcome) {
    if (journal != null) {
      journal.add(outcome);
    }
  }

  /** All that was printed has reached the reader. */
  void flush() throws Unkept {
    try {
      if (journal != null) {
        journal.flush();
      }
    } catch (IOException e) {
      throw new Unkept("the journal cannot be written (--journal)", e);
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
