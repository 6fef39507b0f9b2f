package io.delegate.wire;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Unmaps at once, where the JVM lets us: {@code jdk.unsupported} has offered {@code invokeCleaner}
 * since Java 9. A mapping that waits for the garbage collector would outlive {@code dispose}.
 */
final class Unmapper {
  private static final @Nullable MethodHandle CLEAN = find();

  private Unmapper() {}

  private static @Nullable MethodHandle find() {
    try {
      Class<?> unsafe = Class.forName("sun.misc.Unsafe");
      var field = unsafe.getDeclaredField("theUnsafe");
      field.setAccessible(true);
      return MethodHandles.lookup()
          .findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
          .bindTo(field.get(null));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  static void unmap(ByteBuffer mapped) {
    if (CLEAN != null) {
      try {
        CLEAN.invokeExact(mapped);
      } catch (Throwable e) {
        // left to the garbage collector
      }
    }
  }
}
