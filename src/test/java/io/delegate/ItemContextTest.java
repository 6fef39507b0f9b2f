package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ItemContextTest {
  @Test
  void outsideOfAnItemThereIsNone() {
    assertThat(ItemContext.current()).isEmpty();
    assertThat(ItemContext.get("tenant")).isNull();
  }

  @Test
  void whatIsOpenedIsVisibleToThisThreadUntilItIsClosed() {
    try (ItemContext.Scope outer = ItemContext.open(Map.of("tenant", "a"))) {
      assertThat(ItemContext.get("tenant")).isEqualTo("a");
      assertThat(ItemContext.get("other")).isNull();
      try (ItemContext.Scope inner = ItemContext.open(Map.of("other", "b"))) {
        assertThat(ItemContext.current()).isEqualTo(Map.of("other", "b"));
      }
      assertThat(ItemContext.current()).isEqualTo(Map.of("tenant", "a"));
      assertThat(CompletableFuture.supplyAsync(ItemContext::current).join()).isEmpty();
    }
    assertThat(ItemContext.current()).isEmpty();
  }

  @Test
  void itIsACopyThatCannotBeChanged() {
    Map<String, String> values = new HashMap<>(Map.of("tenant", "a"));
    try (ItemContext.Scope open = ItemContext.open(values)) {
      values.clear();
      assertThat(ItemContext.get("tenant")).isEqualTo("a");
      assertThatThrownBy(() -> ItemContext.current().clear())
          .isInstanceOf(UnsupportedOperationException.class);
    }
  }
}
