package io.delegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.ItemContext;
import io.delegate.wire.ContextFrame;
import io.delegate.wire.Frame;
import io.delegate.wire.ProtocolException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class CarriedTest {
  private final Carried carried = new Carried();

  @AfterEach
  void clear() {
    MDC.clear();
  }

  private void take(Map<String, String> values) throws ProtocolException {
    carried.take(new ContextFrame(values).toFrame().position(Frame.HEADER));
  }

  /** So that what SLF4J takes to load is not its time. */
  @Test
  void theFirstItemThatShowsSomethingIsCold() throws Exception {
    assertThat(carried.isCold()).isFalse();
    take(Map.of());
    assertThat(carried.isCold()).isFalse();
    take(Map.of("a", "1"));
    assertThat(carried.isCold()).isTrue();
    carried.show();
    assertThat(carried.isCold()).isFalse();
    carried.hide();
    take(Map.of("b", "2"));
    assertThat(carried.isCold()).isFalse();
  }

  @Test
  void whatWasNotShownIsHiddenWithoutHarm() throws Exception {
    take(Map.of("a", "1"));
    MDC.put("a", "mine");
    carried.hide();
    assertThat(MDC.get("a")).isEqualTo("mine");
  }

  @Test
  void itIsShownAndHiddenAgainAndAgain() throws Exception {
    for (int i = 0; i < 3; i++) {
      take(Map.of("a", "" + i, "b" + i, "x"));
      for (int item = 0; item < 3; item++) {
        carried.show();
        assertThat(ItemContext.current()).isEqualTo(Map.of("a", "" + i, "b" + i, "x"));
        assertThat(MDC.getCopyOfContextMap()).isEqualTo(ItemContext.current());
        carried.hide();
        assertThat(ItemContext.current()).isEmpty();
        assertThat(MDC.get("a")).isNull();
      }
    }
    take(Map.of());
    carried.show();
    assertThat(ItemContext.current()).isEmpty();
    carried.hide();
  }
}
