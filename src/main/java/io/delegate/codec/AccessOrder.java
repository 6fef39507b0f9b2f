package io.delegate.codec;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells whether a {@link LinkedHashMap} is ordered by access, which it shows to nobody. Read by
 * {@code sun.misc.Unsafe}, which FST needs anyway, and by reflection, since javac warns of its
 * name.
 */
final class AccessOrder {
  private static final Object UNSAFE;
  private static final Method GET;
  private static final long OFFSET;

  static {
    try {
      Class<?> type = Class.forName("sun.misc.Unsafe");
      Field instance = type.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      UNSAFE = instance.get(null);
      GET = type.getMethod("getBoolean", Object.class, long.class);
      Field order = LinkedHashMap.class.getDeclaredField("accessOrder");
      OFFSET = (Long) type.getMethod("objectFieldOffset", Field.class).invoke(UNSAFE, order);
      // believe it only if it tells two known maps apart
      if (read(new LinkedHashMap<>()) || !read(new LinkedHashMap<>(2, 0.75f, true))) {
        throw new Refusal("accessOrder is not where it was");
      }
    } catch (ReflectiveOperationException gone) {
      throw new ExceptionInInitializerError(gone);
    }
  }

  private AccessOrder() {}

  static boolean of(LinkedHashMap<?, ?> map) {
    try {
      return read(map);
    } catch (ReflectiveOperationException gone) {
      throw new Refusal("accessOrder is not to be read");
    }
  }

  private static boolean read(Map<?, ?> map) throws ReflectiveOperationException {
    return (Boolean) GET.invoke(UNSAFE, map, OFFSET);
  }
}
