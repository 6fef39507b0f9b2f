package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.codec.JdkCodec;
import io.micrometer.context.ContextRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What is named crosses into the child with its items, and with no others. */
@ExtendWith(NothingLeft.class)
class ItemContextIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final String KEY = "request";
  @TempDir Path tmp;

  @AfterEach
  void clear() {
    MDC.clear();
  }

  /** What a work sees, by its accessor and in the MDC. */
  private static String seen() {
    Map<String, String> mdc = MDC.getCopyOfContextMap();
    return ItemContext.current() + " " + (mdc == null ? Map.of() : mdc);
  }

  private static String expected(Object value) {
    String map = value == null ? "{}" : "{" + KEY + "=" + value + "}";
    return map + " " + map;
  }

  private static String result(Mono<? extends Outcome<?, String>> submitted) {
    return submitted.block(LONG).orElseThrow();
  }

  /** Without one of its own the fifth has nothing. */
  private static Flux<String> stream(int id, int items, ProcessScheduler on) {
    Work<Integer, String> work = x -> x + " " + seen();
    Flux<String> results =
        Flux.range(0, items)
            .transform(Delegate.<Integer, String>parallel(work, on))
            .map(Outcome::orElseThrow);
    return id < 4 ? results.contextWrite(context -> context.put(KEY, "id " + id)) : results;
  }

  @ParameterizedTest
  @ValueSource(ints = {Shapes.FOLLOWS, 1, 7, 256})
  void noItemSeesTheContextOfAnother(int window) {
    int items = window == 1 ? 500 : 2_000;
    try (ProcessScheduler on = Shapes.builder(window, 2).contextKeys(KEY, "absent").build()) {
      List<List<String>> all =
          Flux.range(0, 5)
              .flatMapSequential(
                  id -> stream(id, items, on).collectList().subscribeOn(Schedulers.parallel()))
              .collectList()
              .block(LONG);
      for (int id = 0; id < 5; id++) {
        String seen = expected(id < 4 ? "id " + id : null);
        assertThat(all.get(id))
            .containsExactlyInAnyOrderElementsOf(
                IntStream.range(0, items).mapToObj(x -> x + " " + seen).toList());
      }
    }
  }

  @Test
  void nothingCrossesByDefault() {
    MDC.put(KEY, "of the thread");
    try (ProcessScheduler on = Shapes.builder(1, 1).build()) {
      Work<Integer, String> work = x -> seen();
      assertThat(result(on.submit(work, 1).contextWrite(c -> c.put(KEY, "of the Context"))))
          .isEqualTo(expected(null));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aChildThatCarriesNothingLoadsNothingForIt(boolean carries) throws Exception {
    Path loaded = tmp.resolve("loaded");
    Work<Integer, Integer> work = x -> 3 * x;
    try (ProcessScheduler on =
        Shapes.builder(7, 1)
            .jvmArgs("-Xlog:class+load:file=" + loaded)
            .contextKeys(carries ? new String[] {KEY} : new String[0])
            .build()) {
      Outcomes.assertTripled(
          Flux.range(0, 20)
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .contextWrite(c -> c.put(KEY, "x"))
              .collectList()
              .block(LONG));
    }
    List<String> forIt =
        Files.readAllLines(loaded).stream()
            .filter(line -> line.matches(".*(Carried|Mdc|MDC|ItemContext|ContextFrame) .*"))
            .toList();
    if (carries) {
      assertThat(forIt).hasSizeGreaterThanOrEqualTo(5);
    } else {
      assertThat(forIt).isEmpty();
    }
  }

  @Test
  void anItemWithoutContextSeesNothingOfTheOneBefore() {
    try (ProcessScheduler on = Shapes.builder(1, 1).contextKeys(KEY).build()) {
      Work<Integer, String> work =
          x -> {
            String seen = seen();
            if (x % 3 == 0) {
              throw new IllegalStateException(seen);
            }
            return seen;
          };
      for (int x = 0; x < 12; x++) {
        String id = x % 2 == 0 ? "id " + x : null;
        Outcome<Integer, String> outcome =
            on.submit(work, x).contextWrite(c -> id == null ? c : c.put(KEY, id)).block(LONG);
        String seen =
            outcome instanceof Outcome.Failure<Integer, String> f
                ? f.error().message()
                : outcome.orElseThrow();
        assertThat(seen).isEqualTo(expected(id));
      }
    }
  }

  @Test
  void submitTakesWhatTheThreadThatSubscribesHas() {
    ThreadLocal<String> local = new ThreadLocal<>();
    ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, local);
    try (ProcessScheduler on = Shapes.builder(1, 1).contextKeys(KEY).build()) {
      Work<Integer, String> work = x -> seen();
      MDC.put(KEY, "of the MDC");
      assertThat(result(on.submit(work, 1))).isEqualTo(expected("of the MDC"));
      local.set("of the thread local");
      Mono<Outcome<Integer, String>> cold = on.submit(work, 1);
      assertThat(result(cold)).isEqualTo(expected("of the thread local"));
      assertThat(result(cold.subscribeOn(Schedulers.parallel())))
          .as("another thread subscribes")
          .isEqualTo(expected(null));
      assertThat(result(cold.subscribeOn(Schedulers.parallel()).contextCapture()))
          .as("captured where it was called")
          .isEqualTo(expected("of the thread local"));
    } finally {
      ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
    }
  }

  @Test
  void inOrderToo() {
    try (ProcessScheduler on = Shapes.builder(7, 2).contextKeys(KEY).build()) {
      Work<Integer, String> work = x -> seen();
      List<Outcome<Integer, String>> outcomes =
          Flux.range(0, 100)
              .transform(Delegate.<Integer, String>parallelOrdered(work, on))
              .contextWrite(c -> c.put(KEY, 42))
              .collectList()
              .block(LONG);
      assertThat(outcomes).extracting(Outcome::item).isSorted().hasSize(100);
      assertThat(outcomes).extracting(Outcome::orElseThrow).containsOnly(expected(42));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7})
  void anItemThatIsRunAgainHasTheSame(int window) {
    String dir = tmp.toString();
    Work<Integer, String> work =
        x -> {
          Path mark = Path.of(dir, "mark" + x);
          if (x % 5 == 0 && !Files.exists(mark)) {
            Files.createFile(mark);
            Runtime.getRuntime().halt(9);
          }
          return seen();
        };
    try (ProcessScheduler on = Shapes.builder(window, 2).contextKeys(KEY).retryAborted(1).build()) {
      List<Outcome<Integer, String>> outcomes =
          Flux.range(0, 11)
              .transform(Delegate.<Integer, String>parallel(work, on))
              .contextWrite(c -> c.put(KEY, "x"))
              .collectList()
              .block(LONG);
      assertThat(outcomes).extracting(Outcome::orElseThrow).hasSize(11).containsOnly(expected("x"));
      assertThat(outcomes).filteredOn(o -> o.attempt() == 2).hasSize(3);
    }
  }

  @Test
  void largeItemsAndObjectsToo() {
    Work<Object, String> work =
        item -> {
          int size = item instanceof byte[] bytes ? bytes.length : ((List<?>) item).size();
          return size + " " + seen();
        };
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      items.add(i % 2 == 0 ? new byte[300_000 + i] : new ArrayList<>(Arrays.asList(1, i)));
    }
    try (ProcessScheduler on =
        Shapes.builder(7, 2).codec(new JdkCodec()).contextKeys(KEY).build()) {
      List<String> results =
          Flux.just("a", "b")
              .flatMap(
                  id ->
                      Flux.fromIterable(items)
                          .transform(Delegate.<Object, String>parallel(work, on))
                          .map(Outcome::orElseThrow)
                          .contextWrite(c -> c.put(KEY, id)))
              .collectList()
              .block(LONG);
      List<String> expected = new ArrayList<>();
      for (String id : List.of("a", "b")) {
        for (int i = 0; i < 20; i++) {
          expected.add((i % 2 == 0 ? 300_000 + i : 2) + " " + expected(id));
        }
      }
      assertThat(results).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void aContextThatIsTooLongEndsItsStreamAndNamesTheKey() {
    try (ProcessScheduler on = Shapes.builder(1, 1).contextKeys("short", KEY).build()) {
      Work<Integer, String> work = x -> seen();
      Mono<Outcome<Integer, String>> submitted = on.submit(work, 1);
      assertThatThrownBy(
              () ->
                  submitted
                      .contextWrite(c -> c.put(KEY, "x".repeat(9_000)).put("short", "x"))
                      .block(LONG))
          .isInstanceOf(DelegateException.NotShippable.class)
          .hasMessageContaining("\"" + KEY + "\" has 9015");
      assertThat(result(submitted.contextWrite(c -> c.put(KEY, "x")))).isEqualTo(expected("x"));
    }
  }

  @Test
  void aChildWithoutSlf4jHasTheAccessor() {
    List<Path> without =
        ChildClassPath.PACKED.stream()
            .filter(path -> !path.getFileName().toString().matches(".*(slf4j|logback).*"))
            .toList();
    assertThat(without).hasSizeLessThan(ChildClassPath.PACKED.size());
    Work<Integer, String> work = Bare::seen;
    try (ProcessScheduler on = Shapes.builder(1, 1).classPath(without).contextKeys(KEY).build()) {
      assertThat(result(on.submit(work, 1).contextWrite(c -> c.put(KEY, "x"))))
          .isEqualTo("{request=x} false");
    }
  }

  /** Uses nothing but this library. */
  private static final class Bare {
    static String seen(Integer x) {
      boolean hasMdc;
      try {
        Class.forName("org.slf4j.MDC");
        hasMdc = true;
      } catch (ClassNotFoundException e) {
        hasMdc = false;
      }
      return ItemContext.current() + " " + hasMdc;
    }
  }
}
