package io.delegate.worker;

import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * SLF4J's MDC, where the child's class path has one. It is looked for by name: this room knows the
 * JDK only, and a child that carries nothing must not load a logger.
 */
final class Mdc {
  private final Method get;
  private final Method put;
  private final Method remove;

  /** What stood there before, which is the initializer's. */
  private final Map<String, @Nullable String> before = new LinkedHashMap<>();

  private boolean broken;

  private Mdc(Class<?> mdc) throws NoSuchMethodException {
    get = mdc.getMethod("get", String.class);
    put = mdc.getMethod("put", String.class, String.class);
    remove = mdc.getMethod("remove", String.class);
  }

  /** Null where there is none, or none that works. */
  static @Nullable Mdc find() {
    try {
      return new Mdc(Class.forName("org.slf4j.MDC", true, Mdc.class.getClassLoader()));
    } catch (ReflectiveOperationException | LinkageError e) {
      return null;
    }
  }

  void put(Map<String, String> values) {
    for (Map.Entry<String, String> value : values.entrySet()) {
      String name = value.getKey();
      before.put(name, (String) call(get, name));
      call(put, name, value.getValue());
    }
  }

  /** As it was before. */
  void restore() {
    for (Map.Entry<String, @Nullable String> value : before.entrySet()) {
      if (value.getValue() == null) {
        call(remove, value.getKey());
      } else {
        call(put, value.getKey(), value.getValue());
      }
    }
    before.clear();
  }

  /** A logger that fails is no reason for an item to fail, and is not asked again. */
  private @Nullable Object call(Method method, @Nullable Object... arguments) {
    if (broken) {
      return null;
    }
    try {
      return method.invoke(null, arguments);
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      broken = true;
      return null;
    }
  }
}
