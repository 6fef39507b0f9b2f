package io.delegate.worker;

import io.delegate.ItemContext;
import io.delegate.wire.ContextFrame;
import io.delegate.wire.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What items take along, visible while one of them runs. There is none in a child whose items take
 * nothing along.
 */
final class Carried {
  private Map<String, String> values = Map.of();
  private ItemContext.@Nullable Scope shown;
  private @Nullable Mdc mdc;
  private boolean cold = true;

  /** The items that follow take that along. */
  void take(ByteBuffer in) throws ProtocolException {
    values = ContextFrame.read(in).values();
  }

  /** Whether the next item waits for SLF4J to be loaded. */
  boolean isCold() {
    return cold && !values.isEmpty();
  }

  void show() {
    if (values.isEmpty()) {
      return;
    }
    shown = ItemContext.open(values);
    if (cold) {
      cold = false;
      mdc = Mdc.find();
    }
    if (mdc != null) {
      mdc.put(values);
    }
  }

  /** Whether it was shown or not. */
  void hide() {
    ItemContext.Scope open = shown;
    if (open != null) {
      shown = null;
      open.close();
      if (mdc != null) {
        mdc.restore();
      }
    }
  }
}
