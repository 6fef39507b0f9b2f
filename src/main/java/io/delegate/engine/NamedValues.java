package io.delegate.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import reactor.util.context.ContextView;

/**
 * The values of keys, wherever programs on Reactor keep such: in the subscriber's Context; in the
 * MDC as context-propagation has captured it there; in a thread local registered with that; in the
 * MDC of the thread that subscribes.
 */
final class NamedValues {
  /** Of context-propagation's accessor for the whole MDC, or a part of it. */
  private static final String CAPTURED_MDC = "cp.slf4j";

  /** It is optional. */
  private static final boolean HAS_THREAD_LOCALS = hasThreadLocals();

  private NamedValues() {}

  private static boolean hasThreadLocals() {
    try {
      Class<?> unused =
          Class.forName(
              "io.micrometer.context.ContextRegistry", false, NamedValues.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  /** Those that are found, in the order of the keys. On the thread that subscribes. */
  static Map<String, String> of(List<String> keys, ContextView context) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String key : keys) {
      Object value = find(key, context);
      if (value != null) {
        values.put(key, String.valueOf(value));
      }
    }
    return values;
  }

  private static @Nullable Object find(String key, ContextView context) {
    Object found = get(context, key);
    if (found == null && get(context, CAPTURED_MDC) instanceof Map<?, ?> captured) {
      found = captured.get(key);
    }
    if (found == null && HAS_THREAD_LOCALS) {
      found = ThreadLocals.get(key);
    }
    return found == null ? MDC.get(key) : found;
  }

  static @Nullable Object get(ContextView context, Object key) {
    return context.hasKey(key) ? context.get(key) : null;
  }
}
