package io.delegate.benchmarks.peers;

import io.delegate.Codec;
import io.delegate.codec.FstCodec;
import io.delegate.wire.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A child of {@link Floor}: reads many, runs them, sends many. */
final class FloorChild {
  /** Half a window: while the parent reads that, the other half runs. */
  private static final int SEND_AT = Floor.WINDOW / 2;

  private FloorChild() {}

  /**
   * Runs until the parent closes the channel.
   *
   * @param args path of the socket, name of the job
   */
  public static void main(String[] args) throws Exception {
    Job job = Job.valueOf(args[1]);
    try (SocketChannel channel = RawChildren.connect(args[0])) {
      serve(channel, job);
    } catch (IOException parentIsGone) {
      // that is the end
    }
  }

  private static void serve(SocketChannel channel, Job job)
      throws IOException, ClassNotFoundException {
    Codec codec = new FstCodec();
    ClassLoader loader = FloorChild.class.getClassLoader();
    ByteBuffer in = ByteBuffer.allocate(Floor.BUFFER);
    ByteBuffer out = ByteBuffer.allocate(Floor.BUFFER);
    while (true) {
      Floor.read(channel, in);
      int ready = 0;
      while (Floor.holdsValue(in)) {
        int length = in.getInt();
        Object item = Values.decode(in.array(), in.position(), length, codec, loader);
        in.position(in.position() + length);
        Floor.put(out, job.apply(item), codec);
        if (++ready == SEND_AT) {
          Floor.write(channel, out);
          ready = 0;
        }
      }
      in.compact();
      Floor.write(channel, out);
    }
  }
}
