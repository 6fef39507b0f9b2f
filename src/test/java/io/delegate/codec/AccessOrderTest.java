package io.delegate.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccessOrderTest {
  private static LinkedHashMap<Object, Object> map(boolean byAccess) {
    LinkedHashMap<Object, Object> map = new LinkedHashMap<>(8, 0.75f, byAccess);
    map.putAll(Map.of("a", 1, "b", 2));
    return map;
  }

  @Test
  void theOrderIsToldByEitherWay() {
    for (boolean byAccess : List.of(true, false)) {
      assertThat(AccessOrder.of(map(byAccess))).isEqualTo(byAccess);
      assertThat(AccessOrder.ofCopy(map(byAccess))).isEqualTo(byAccess);
      assertThat(AccessOrder.ofCopy(new LinkedHashMap<>(8, 0.75f, byAccess))).isEqualTo(byAccess);
    }
  }

  @Test
  void toLookAtItChangesNothing() {
    LinkedHashMap<Object, Object> map = map(true);
    List<Object> before = List.copyOf(map.keySet());
    assertThat(AccessOrder.ofCopy(map)).isTrue();
    assertThat(map.keySet()).containsExactlyElementsOf(before);
  }
}
