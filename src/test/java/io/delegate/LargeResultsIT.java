package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.conformance.NothingLeft;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/** Items and results of many bytes take ways of their own through the channel. */
@ExtendWith(NothingLeft.class)
class LargeResultsIT {
  private static final Duration LONG = Duration.ofSeconds(50);

  /** From there on a result is copied but once. */
  private static final int LARGE = 64 << 10;

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static List<Integer> lengths() {
    return IntStream.of(0, 1, LARGE - 40, LARGE, 1 << 20, 5 << 20)
        .flatMap(around -> IntStream.range(Math.max(0, around - 1), around + 40))
        .boxed()
        .toList();
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void byteArraysOfAllSizesComeBackAsTheyWere(int window) {
    try (ProcessScheduler on = Shapes.builder(window, 2).build()) {
      Long right =
          Flux.fromIterable(lengths())
              .map(LargeResultsIT::bytes)
              .transform(
                  Delegate.<byte[], byte[]>parallelOrdered(
                      b -> {
                        byte[] turned = b.clone();
                        for (int i = 0; i < b.length; i++) {
                          turned[i] ^= 0x55;
                        }
                        return turned;
                      },
                      on))
              .zipWithIterable(
                  lengths(),
                  (outcome, length) -> {
                    byte[] result = outcome.orElseThrow();
                    byte[] wanted = bytes(length);
                    for (int i = 0; i < length; i++) {
                      wanted[i] ^= 0x55;
                    }
                    assertThat(result).isEqualTo(wanted);
                    return 1;
                  })
              .count()
              .block(LONG);
      assertThat(right).isEqualTo(lengths().size());
    }
  }

  private static List<Serializable> values() {
    String latin = "a\u00e4".repeat(LARGE);
    ArrayList<String> list = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      list.add("number " + i);
    }
    return List.of(
        latin,
        latin + "\u4e2d",
        1_000_000,
        IntStream.range(0, LARGE / 4 - 8).toArray(),
        IntStream.range(0, LARGE / 4 + 8).toArray(),
        new Random(1).doubles(400_000).toArray(),
        list,
        "small");
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void largeValuesOfAllKindsComeBackAsTheyWere(int window) {
    try (ProcessScheduler on = Shapes.builder(window, 2).build()) {
      List<Outcome<Serializable, Serializable>> outcomes =
          Flux.fromIterable(values())
              .repeat(2)
              .transform(Delegate.<Serializable, Serializable>parallelOrdered(v -> v, on))
              .collectList()
              .block(LONG);
      assertThat(outcomes).hasSize(3 * values().size());
      for (Outcome<Serializable, Serializable> outcome : outcomes) {
        assertThat(outcome.orElseThrow()).isEqualTo(outcome.item()).isNotSameAs(outcome.item());
      }
    }
  }

  /** More than one call can be given at once, in pieces of the usual size. */
  @Test
  void anItemMayBeLargerThanAllThatIsUsual() {
    try (ProcessScheduler on = ProcessScheduler.builder().children(1).maxFrame(200 << 20).build()) {
      byte[] item = new byte[150 << 20];
      item[item.length - 1] = 3;
      Integer last =
          Flux.just(item)
              .transform(Delegate.<byte[], Integer>parallel(b -> b.length + b[b.length - 1], on))
              .map(Outcome::orElseThrow)
              .blockLast(LONG);
      assertThat(last).isEqualTo(item.length + 3);
    }
  }

  @Test
  void theTraceOfAFailureMayBeLarge() {
    String message = "m".repeat(3 * LARGE);
    try (ProcessScheduler on = ProcessScheduler.builder().children(1).build()) {
      Outcome<Integer, Integer> outcome =
          Flux.just(1)
              .transform(
                  Delegate.<Integer, Integer>parallel(
                      i -> {
                        throw new IllegalStateException(message);
                      },
                      on))
              .blockLast(LONG);
      assertThat(outcome)
          .isInstanceOfSatisfying(
              Outcome.Failure.class,
              failure -> assertThat(failure.error().message()).startsWith("mmmm"));
    }
  }

  @Test
  void aLargeResultOfAChildThatDiesNextStands() {
    try (ProcessScheduler on = ProcessScheduler.builder().children(1).window(7).build()) {
      List<Outcome<Integer, byte[]>> outcomes =
          Flux.range(0, 12)
              .transform(
                  Delegate.<Integer, byte[]>parallelOrdered(
                      i -> {
                        if (i % 4 == 3) {
                          Runtime.getRuntime().halt(3);
                        }
                        return bytes(LARGE + i);
                      },
                      on))
              .collectList()
              .block(LONG);
      for (Outcome<Integer, byte[]> outcome : outcomes) {
        int i = outcome.item();
        if (i % 4 == 3) {
          assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
        } else {
          assertThat(outcome.orElseThrow()).isEqualTo(bytes(LARGE + i));
        }
      }
      assertThat(outcomes).hasSize(12);
    }
  }
}
