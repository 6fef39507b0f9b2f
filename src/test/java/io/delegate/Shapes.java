package io.delegate;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The windows and numbers of children a promise is tried with. */
final class Shapes {
  /** Fewer children than these, as many, and more. */
  static final int ITEMS = 4;

  /** The window that nobody has set. */
  static final int FOLLOWS = 0;

  private Shapes() {}

  static Stream<Arguments> windowsAndChildren() {
    return windows().flatMap(w -> Stream.of(2, ITEMS, 6).map(c -> Arguments.of(w, c)));
  }

  static Stream<Integer> windows() {
    return Stream.of(1, 7, 256);
  }

  static void withEachWindowAtOnce(Consumer<Integer> test) {
    atOnce(windows(), test);
  }

  /** For what takes long because it waits: not one after the other. */
  static <T> void atOnce(Stream<T> all, Consumer<T> test) {
    Flux.fromStream(all)
        .flatMap(
            each ->
                Mono.fromRunnable(() -> test.accept(each)).subscribeOn(Schedulers.boundedElastic()))
        .blockLast(Duration.ofSeconds(55));
  }

  static ProcessScheduler.Builder builder(int window, int children) {
    return builderWithAll(window, children).classPath(ChildClassPath.PACKED);
  }

  /** The same, for works that need more than {@link ChildClassPath#PACKED}. */
  static ProcessScheduler.Builder builderWithAll(int window, int children) {
    ProcessScheduler.Builder builder =
        ProcessScheduler.builder().children(children).output(Output.DISCARD);
    return window == FOLLOWS ? builder : builder.window(window);
  }
}
