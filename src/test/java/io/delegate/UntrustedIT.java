package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.codec.ForyCodec;
import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import io.delegate.codec.KryoCodec;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** A hostile child cannot hurt the parent by what it sends. */
@ExtendWith(NothingLeft.class)
class UntrustedIT {
  private static final Duration LONG = Duration.ofSeconds(40);
  private static final String PROPERTY = "delegate.test.gadget";

  record Point(int x, String name) implements Serializable {}

  record Secret(String held) implements Serializable {}

  @AfterEach
  void disarm() {
    System.clearProperty(PROPERTY);
  }

  private static ProcessScheduler untrusted(Class<?>... types) {
    return Shapes.builderWithAll(7, 1).trust(Trust.UNTRUSTED).resultTypes(types).build();
  }

  private static Outcome<Integer, Object> outcome(ProcessScheduler on, Work<Integer, Object> work) {
    return on.submit(work, 1).block(LONG);
  }

  @Test
  void aGadgetFiresWhereAllIsDecodedAndNotBehindTheFilter() throws Exception {
    byte[] bytes = new JdkCodec().encode(Gadget.setting(PROPERTY));
    assertThat(System.getProperty(PROPERTY)).isNull();
    assertThat(new JdkCodec().decode(bytes, 0, bytes.length, getClass().getClassLoader()))
        .isInstanceOf(Set.class);
    assertThat(System.getProperty(PROPERTY)).as("the gadget is real").isEqualTo("fired");
    System.clearProperty(PROPERTY);

    Work<Integer, Object> hostile = x -> Gadget.setting(PROPERTY);
    try (ProcessScheduler trusted = Shapes.builderWithAll(7, 1).codec(new JdkCodec()).build()) {
      assertThat(outcome(trusted, hostile)).isInstanceOf(Outcome.Success.class);
      assertThat(System.getProperty(PROPERTY)).as("from a child, too").isEqualTo("fired");
    }
    System.clearProperty(PROPERTY);

    try (ProcessScheduler on = untrusted(Point.class)) {
      for (Work<Integer, Object> sent :
          List.<Work<Integer, Object>>of(
              hostile,
              x -> new ArrayList<>(List.of(Gadget.setting(PROPERTY))),
              x -> new Object[] {Gadget.setting(PROPERTY)},
              x -> new HashMap<>(Map.of("k", Gadget.setting(PROPERTY).iterator().next())))) {
        RemoteError error = Outcomes.failure(outcome(on, sent)).error();
        assertThat(error.message()).contains("org.apache.commons.collections.", "resultTypes");
        assertThat(System.getProperty(PROPERTY)).isNull();
      }
      assertThat(outcome(on, x -> new Point(x, "p")).orElseThrow()).isEqualTo(new Point(1, "p"));
    }
  }

  /** An exception may carry a gadget as well as a result may. */
  static final class Loaded extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final HashSet<Object> load;

    Loaded(Set<Object> load) {
      super("loaded");
      this.load = new HashSet<>();
      this.load.addAll(load);
    }
  }

  @Test
  void exceptionsComeAsTextAlone() {
    Work<Integer, Object> throwing =
        x -> {
          throw new Loaded(Gadget.setting(PROPERTY));
        };
    try (ProcessScheduler on = untrusted(Loaded.class)) {
      RemoteError error = Outcomes.failure(outcome(on, throwing)).error();
      assertThat(error.type()).isEqualTo(Loaded.class.getName());
      assertThat(error.message()).isEqualTo("loaded");
      assertThat(error.exception()).isEmpty();
      assertThat(System.getProperty(PROPERTY)).isNull();
    }
  }

  @Test
  void declaredClassesAndPlainValuesComeAndOthersAreNamed() {
    try (ProcessScheduler on = untrusted(Point.class)) {
      Work<Integer, Object> work =
          x ->
              switch (x) {
                case 0 -> 3;
                case 1 -> List.of(new Point(1, "a"));
                case 2 -> new HashMap<>(Map.of(new Point(2, "b"), Set.of(1L)));
                case 3 -> new Point[] {new Point(3, "c")};
                case 4 -> new Secret("s");
                case 5 -> Map.of("k", new Secret("s"));
                case 6 -> new HashSet<>(Set.of(List.of(1)));
                case 7 -> throw new IllegalStateException("thrown");
                default -> "last";
              };
      List<Outcome<Integer, Object>> outcomes =
          Flux.range(0, 9)
              .transform(Delegate.<Integer, Object>parallelOrdered(work, on))
              .collectList()
              .block(LONG);
      assertThat(outcomes).hasSize(9);
      assertThat(outcomes.get(0).orElseThrow()).isEqualTo(3);
      assertThat(outcomes.get(1).orElseThrow()).isEqualTo(List.of(new Point(1, "a")));
      assertThat(outcomes.get(2).orElseThrow()).isEqualTo(Map.of(new Point(2, "b"), Set.of(1L)));
      assertThat((Object[]) outcomes.get(3).orElseThrow()).containsExactly(new Point(3, "c"));
      for (int i : new int[] {4, 5}) {
        assertThat(Outcomes.failure(outcomes.get(i)).error().message())
            .contains(Secret.class.getName(), "resultTypes");
      }
      assertThat(Outcomes.failure(outcomes.get(6)).error().message()).contains("key of a map");
      assertThat(Outcomes.failure(outcomes.get(7)).error().message()).isEqualTo("thrown");
      assertThat(outcomes.get(8).orElseThrow()).isEqualTo("last");
      assertThat(outcomes.stream().map(Outcome::pid).distinct()).hasSize(1);
    }
  }

  @Test
  void aCodecOfTheUsersIsOverridden() {
    try (ProcessScheduler on =
        Shapes.builderWithAll(1, 1).codec(new FstCodec()).trust(Trust.UNTRUSTED).build()) {
      assertThat(Outcomes.failure(outcome(on, x -> new Secret("s"))).error().message())
          .contains(Secret.class.getName(), "resultTypes");
      List<Integer> item = Arrays.asList(1, 2);
      assertThat(on.submit((List<Integer> x) -> x.size(), item).block(LONG).orElseThrow())
          .isEqualTo(2);
    }
  }

  @Test
  void aCodecThatNoFilterFitsIsRefusedAtOnce() {
    for (Codec codec : List.of(new KryoCodec(), new ForyCodec())) {
      assertThatThrownBy(
              () -> ProcessScheduler.builder().codec(codec).trust(Trust.UNTRUSTED).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("option codec = " + codec.getClass().getName())
          .hasMessageContaining("UNTRUSTED")
          .hasMessageContaining("leave codec out");
    }
  }

  @Test
  void whatCannotComeIsRefusedAtOnce() {
    assertThatThrownBy(() -> ProcessScheduler.builder().resultTypes(Object.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Object");
  }
}
