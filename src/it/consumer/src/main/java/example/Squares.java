package example;

import io.delegate.Delegate;
import io.delegate.Outcome;
import reactor.core.publisher.Flux;

/** Squares of numbers, one of which ends its process. */
public class Squares {
  static int square(int n) {
    if (n == 13) {
      Runtime.getRuntime().halt(1); // as a fault in native code would
    }
    return n * n;
  }

  static String line(Outcome<Integer, Integer> outcome) {
    if (outcome instanceof Outcome.Aborted<Integer, Integer> a) {
      return a.item() + " killed its child: exit code " + a.death().exitCode();
    }
    return outcome.item() + " squared is " + outcome.orElseThrow();
  }

  public static void main(String[] args) {
    Flux.range(11, 5)
        .transform(Delegate.parallelOrdered(Squares::square, 2))
        .map(Squares::line)
        .doOnNext(System.out::println)
        .blockLast();
  }
}
