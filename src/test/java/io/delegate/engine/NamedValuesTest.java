package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import reactor.util.context.Context;

class NamedValuesTest {
  private static final String KEY = "tenant";
  private final ThreadLocal<Object> local = new ThreadLocal<>();

  @BeforeEach
  void register() {
    ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, local);
  }

  @AfterEach
  void remove() {
    ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
    MDC.clear();
  }

  private static Map<String, String> of(Context context) {
    return NamedValues.of(List.of(KEY, "absent"), context);
  }

  @Test
  void theFirstOfFourPlacesCounts() {
    assertThat(of(Context.empty())).isEmpty();
    MDC.put(KEY, "of the thread's MDC");
    assertThat(of(Context.empty())).isEqualTo(Map.of(KEY, "of the thread's MDC"));
    local.set("of the thread local");
    assertThat(of(Context.empty())).isEqualTo(Map.of(KEY, "of the thread local"));
    Context captured =
        Context.of(Slf4jThreadLocalAccessor.KEY, Map.of(KEY, "of the captured MDC", "b", "c"));
    assertThat(of(captured)).isEqualTo(Map.of(KEY, "of the captured MDC"));
    assertThat(of(captured.put(KEY, "of the Context"))).isEqualTo(Map.of(KEY, "of the Context"));
  }

  @Test
  void whatIsNoTextIsToldAsOne() {
    assertThat(of(Context.of(KEY, 42))).isEqualTo(Map.of(KEY, "42"));
  }

  @Test
  void theyComeInTheOrderOfTheirKeys() {
    Context context = Context.of("a", "1", "b", "2", "c", "3");
    assertThat(NamedValues.of(List.of("c", "a", "b"), context).keySet())
        .containsExactly("c", "a", "b");
  }
}
