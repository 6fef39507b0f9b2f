package io.delegate;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The windows and numbers of children a promise is tried with. */
final class Shapes {
  /** Fewer children than these, as many, and more. */
  static final int ITEMS = 4;

  private Shapes() {}

  static Stream<Arguments> windowsAndChildren() {
    return windows().flatMap(w -> Stream.of(2, ITEMS, 6).map(c -> Arguments.of(w, c)));
  }

  static Stream<Integer> windows() {
    return Stream.of(1, 7, 256);
  }

  static ProcessScheduler.Builder builder(int window, int children) {
    return ProcessScheduler.builder().window(window).children(children).output(Output.DISCARD);
  }
}
