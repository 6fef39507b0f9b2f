package example;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import java.nio.file.Path;
import org.apache.tika.Tika;
import reactor.core.publisher.Flux;

/** Texts of documents, whoever made them. */
public final class Texts {
  private Texts() {}

  /** Made in each child when its first document comes. */
  private static final class Parsers {
    static final Tika TIKA = new Tika();

    static {
      TIKA.setMaxStringLength(-1); // whole texts
    }
  }

  /** What runs in a child. */
  static String of(Path document) throws Exception {
    return Parsers.TIKA.parseToString(document);
  }

  /** An outcome for each document, whatever is in it. */
  static Flux<Outcome<Path, String>> of(Flux<Path> documents, ProcessScheduler children) {
    return documents.transform(Delegate.parallel((Path document) -> of(document), children));
  }
}
