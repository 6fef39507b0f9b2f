package io.delegate.wire;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * A mapped file that can be unmapped at once: one that waits for the garbage collector would
 * outlive {@code dispose}.
 *
 * <p>From Java 22 on by an arena, which also makes a late access an exception and not a crash;
 * before, by {@code invokeCleaner} of {@code jdk.unsupported}. By reflection, since one class file
 * serves all. Where neither is to be had the garbage collector does it.
 */
final class Mapping implements AutoCloseable {
  private static final int ARENAS_FROM = 22;

  private final ByteBuffer buffer;
  private final @Nullable AutoCloseable arena;

  private Mapping(ByteBuffer buffer, @Nullable AutoCloseable arena) {
    this.buffer = buffer;
    this.arena = arena;
  }

  static Mapping of(FileChannel channel, long size) throws IOException {
    if (Runtime.version().feature() >= ARENAS_FROM) {
      try {
        return inArena(channel, size);
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof IOException io) {
          throw io;
        }
      } catch (ReflectiveOperationException | RuntimeException e) {
        // as in older versions, then
      }
    }
    return new Mapping(channel.map(FileChannel.MapMode.READ_WRITE, 0, size), null);
  }

  private static Mapping inArena(FileChannel channel, long size)
      throws ReflectiveOperationException {
    Class<?> arenaType = Class.forName("java.lang.foreign.Arena");
    AutoCloseable arena = (AutoCloseable) arenaType.getMethod("ofShared").invoke(null);
    Object segment =
        FileChannel.class
            .getMethod("map", FileChannel.MapMode.class, long.class, long.class, arenaType)
            .invoke(channel, FileChannel.MapMode.READ_WRITE, 0L, size, arena);
    Object buffer =
        Class.forName("java.lang.foreign.MemorySegment").getMethod("asByteBuffer").invoke(segment);
    return new Mapping((ByteBuffer) buffer, arena);
  }

  ByteBuffer buffer() {
    return buffer;
  }

  @Override
  public void close() {
    try {
      if (arena != null) {
        arena.close();
      } else {
        clean();
      }
    } catch (Exception e) {
      // left to the garbage collector
    }
  }

  private void clean() throws ReflectiveOperationException {
    if (Runtime.version().feature() >= ARENAS_FROM) {
      return; // there it would be warned of
    }
    Class<?> unsafe = Class.forName("sun.misc.Unsafe");
    var field = unsafe.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    unsafe.getMethod("invokeCleaner", ByteBuffer.class).invoke(field.get(null), buffer);
  }
}
