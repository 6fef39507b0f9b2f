package example;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.WorkScheduler;
import java.util.List;
import reactor.core.publisher.Flux;

/** Lengths of words, one of which ends its process. */
public final class Lengths {
  private Lengths() {}

  static int length(String word) {
    if (word.equals("crash")) {
      Runtime.getRuntime().halt(9); // as a fault in native code would
    }
    return word.length();
  }

  /** Here or on nodes: the program does not care. */
  public static List<Outcome<String, Integer>> of(List<String> words, WorkScheduler on) {
    return Flux.fromIterable(words)
        .transform(Delegate.parallelOrdered(Lengths::length, on))
        .collectList()
        .block();
  }
}
