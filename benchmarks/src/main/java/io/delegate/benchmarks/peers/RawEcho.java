package io.delegate.benchmarks.peers;

import io.delegate.wire.Frame;
import io.delegate.wire.ItemFrame;
import io.delegate.wire.ResultFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * As many bytes there and back as Delegate's frames have, and nothing else: one at a time per
 * child, from and to the same memory.
 */
final class RawEcho {
  /** Where a byte of the value is, in both directions. */
  private static final int MARK = 26;

  private RawEcho() {}

  static Result run(int items, int children, int valueBytes) throws Exception {
    int there = Frame.HEADER + ItemFrame.FIXED + valueBytes;
    int back = Frame.HEADER + ResultFrame.FIXED + valueBytes;
    ExecutorService threads = Executors.newFixedThreadPool(children);
    try (RawChildren echoes =
        new RawChildren(children, RawEcho.class, Integer.toString(there), Integer.toString(back))) {
      return Timed.of(
          items,
          n -> {
            AtomicInteger next = new AtomicInteger();
            List<Future<Long>> sums = new ArrayList<>();
            for (SocketChannel channel : echoes.channels()) {
              sums.add(threads.submit(() -> drive(channel, next, n, there, back)));
            }
            long sum = 0;
            for (Future<Long> part : sums) {
              sum += part.get();
            }
            return sum;
          });
    } finally {
      threads.shutdown();
    }
  }

  private static long drive(
      SocketChannel channel, AtomicInteger next, int items, int there, int back)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(Math.max(there, back));
    long sum = 0;
    for (int i = next.getAndIncrement(); i < items; i = next.getAndIncrement()) {
      write(channel, buffer.clear().limit(there).put(MARK, (byte) (i % 16)));
      read(channel, buffer.clear().limit(back));
      sum += buffer.get(MARK);
    }
    return sum;
  }

  private static void write(SocketChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static boolean read(SocketChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * The child.
   *
   * @param args path of the socket, bytes to read, bytes to write
   */
  public static void main(String[] args) throws Exception {
    int there = Integer.parseInt(args[1]);
    int back = Integer.parseInt(args[2]);
    ByteBuffer buffer = ByteBuffer.allocateDirect(Math.max(there, back));
    try (SocketChannel channel = RawChildren.connect(args[0])) {
      while (read(channel, buffer.clear().limit(there))) {
        write(channel, buffer.clear().limit(back));
      }
    } catch (IOException parentIsGone) {
      // that is the end
    }
  }
}
