package io.delegate.codec;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a {@link LinkedHashMap} is ordered by access, which it shows to nobody. Read by
 * {@code sun.misc.Unsafe} where the JVM lets us, and by reflection, since javac warns of its name;
 * elsewhere a copy is tried out, which takes as long as the map is large.
 */
final class AccessOrder {
  private static final @Nullable Object UNSAFE;
  private static final @Nullable Method GET;
  private static final long OFFSET;

  static {
    Object unsafe = null;
    Method get = null;
    long offset = 0;
    String access = System.getProperty(FstCodec.UNSAFE_ACCESS, "");
    if (FstCodec.unusable(Runtime.version().feature(), access).isEmpty()) {
      try {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field instance = type.getDeclaredField("theUnsafe");
        instance.setAccessible(true);
        Object found = instance.get(null);
        Method read = type.getMethod("getBoolean", Object.class, long.class);
        Field order = LinkedHashMap.class.getDeclaredField("accessOrder");
        long at = (Long) type.getMethod("objectFieldOffset", Field.class).invoke(found, order);
        // believe it only if it tells two known maps apart
        if (!(Boolean) read.invoke(found, new LinkedHashMap<>(), at)
            && (Boolean) read.invoke(found, new LinkedHashMap<>(2, 0.75f, true), at)) {
          unsafe = found;
          get = read;
          offset = at;
        }
      } catch (ReflectiveOperationException | RuntimeException gone) {
        // a copy tells, too
      }
    }
    UNSAFE = unsafe;
    GET = get;
    OFFSET = offset;
  }

  private AccessOrder() {}

  static boolean of(LinkedHashMap<?, ?> map) {
    if (GET == null) {
      return ofCopy(map);
    }
    try {
      return (Boolean) GET.invoke(UNSAFE, map, OFFSET);
    } catch (ReflectiveOperationException gone) {
      throw new Refusal("accessOrder is not to be read");
    }
  }

  /** A copy has the same order, and nobody minds what is done to it. */
  @SuppressWarnings("unchecked") // all that was in it is out
  static boolean ofCopy(LinkedHashMap<?, ?> map) {
    Map<Object, Object> copy = (Map<Object, Object>) map.clone();
    copy.clear();
    copy.put(1, 1);
    copy.put(2, 2);
    boolean touched = copy.get(1) != null;
    return touched && copy.keySet().iterator().next().equals(2);
  }
}
