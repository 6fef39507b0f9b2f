package io.delegate.engine;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/** Thread locals registered with context-propagation: touched only where that is there. */
final class ThreadLocals {
  private ThreadLocals() {}

  /** The value this thread has under a key, or null. */
  static @Nullable Object get(String key) {
    for (ThreadLocalAccessor<?> accessor :
        ContextRegistry.getInstance().getThreadLocalAccessors()) {
      if (key.equals(accessor.key())) {
        return accessor.getValue();
      }
    }
    return null;
  }
}
