package io.delegate.process;

import java.lang.reflect.Field;

/** Memory outside the heap, by the class that lets one do anything with it. */
final class Memory {
  private Memory() {}

  private static Object call(String method, Class<?>[] types, Object... args)
      throws ReflectiveOperationException {
    Class<?> unsafe = Class.forName("sun.misc.Unsafe");
    Field instance = unsafe.getDeclaredField("theUnsafe");
    instance.setAccessible(true);
    return unsafe.getMethod(method, types).invoke(instance.get(null), args);
  }

  /** Takes so much and writes to all of it. */
  static long touch(int megabytes) throws ReflectiveOperationException {
    long bytes = (long) megabytes << 20;
    long address = (long) call("allocateMemory", new Class<?>[] {long.class}, bytes);
    Class<?>[] fill = {long.class, long.class, byte.class};
    call("setMemory", fill, address, bytes, (byte) 1);
    return address;
  }

  static void free(long address) throws ReflectiveOperationException {
    call("freeMemory", new Class<?>[] {long.class}, address);
  }

  static void writeToNowhere() throws ReflectiveOperationException {
    call("putLong", new Class<?>[] {long.class, long.class}, 1L, 1L);
  }
}
