package io.delegate.benchmarks.peers;

import io.delegate.Codec;
import io.delegate.codec.FstCodec;
import io.delegate.wire.Values;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;

/**
 * The least that parent and children can do: values in the form of {@link Values} with their length
 * before them, over Unix domain sockets, one blocking thread per child, {@value #WINDOW} items in
 * hand per child. No stream, no demand, no ledger, no limits; a crash loses what was in hand.
 */
final class Floor implements AutoCloseable {
  static final int WINDOW = 256;

  /** Room for a window of small values. */
  static final int BUFFER = 256 << 10;

  static final int LIMIT = BUFFER - Integer.BYTES;

  private final RawChildren children;
  private final ExecutorService threads;
  private final Codec codec = new FstCodec();

  Floor(int children, Job job) throws IOException {
    this.children = new RawChildren(children, FloorChild.class, job.name());
    this.threads = Executors.newFixedThreadPool(children);
  }

  static Result run(
      int items, int children, Job job, IntFunction<?> item, ToLongFunction<Object> check)
      throws Exception {
    try (Floor floor = new Floor(children, job)) {
      return Timed.of(items, n -> floor.pass(n, item, check));
    }
  }

  static Result cold(int items, int children) throws Exception {
    try (Floor floor = new Floor(children, Job.TRIPLE)) {
      return Timed.cold(items, n -> floor.pass(n, i -> i, r -> (Integer) r));
    }
  }

  private long pass(int items, IntFunction<?> item, ToLongFunction<Object> check) throws Exception {
    AtomicInteger next = new AtomicInteger();
    List<Future<Long>> sums = new ArrayList<>();
    for (SocketChannel channel : children.channels()) {
      sums.add(threads.submit(() -> drive(channel, next, items, item, check)));
    }
    long sum = 0;
    for (Future<Long> part : sums) {
      sum += part.get();
    }
    return sum;
  }

  private long drive(
      SocketChannel channel,
      AtomicInteger next,
      int items,
      IntFunction<?> item,
      ToLongFunction<Object> check)
      throws IOException, ClassNotFoundException {
    ByteBuffer out = ByteBuffer.allocate(BUFFER);
    ByteBuffer in = ByteBuffer.allocate(BUFFER);
    ClassLoader loader = Floor.class.getClassLoader();
    boolean more = true;
    int inHand = 0;
    long sum = 0;
    while (true) {
      if (more) {
        int from = next.getAndAdd(WINDOW - inHand);
        int to = Math.min(items, from + WINDOW - inHand);
        for (int i = from; i < to; i++) {
          put(out, item.apply(i), codec);
          inHand++;
        }
        more = to < items && from < items;
        write(channel, out);
      }
      if (inHand == 0) {
        return sum;
      }
      read(channel, in);
      while (holdsValue(in)) {
        int length = in.getInt();
        sum += check.applyAsLong(Values.decode(in.array(), in.position(), length, codec, loader));
        in.position(in.position() + length);
        inHand--;
      }
      in.compact();
    }
  }

  /** Reads what there is, at least one byte; then the buffer is to be read from. */
  static void read(SocketChannel channel, ByteBuffer in) throws IOException {
    if (channel.read(in) < 0) {
      throw new EOFException("the other side is gone");
    }
    in.flip();
  }

  /** Sends the buffer and empties it. */
  static void write(SocketChannel channel, ByteBuffer out) throws IOException {
    out.flip();
    while (out.hasRemaining()) {
      channel.write(out);
    }
    out.clear();
  }

  static boolean holdsValue(ByteBuffer in) {
    return in.remaining() >= Integer.BYTES
        && in.remaining() - Integer.BYTES >= in.getInt(in.position());
  }

  static void put(ByteBuffer out, Object value, Codec codec) throws IOException {
    long size = Values.scalarSize(value);
    if (size >= 0) {
      out.putInt((int) size);
      Values.putScalar(out, value);
    } else {
      byte[] coded = Values.encode(value, codec, LIMIT, "the value");
      out.putInt(coded.length).put(coded);
    }
  }

  @Override
  public void close() throws IOException {
    threads.shutdown();
    children.close();
  }
}
