package io.delegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Fuzz;
import io.delegate.wire.Frame;
import io.delegate.wire.WorkFrame;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A child that is sent nonsense ends with an error of the channel, and soon. */
class IntakeFuzzTest {
  private static final int LIMIT = 1 << 20;

  @TempDir Path directory;

  private static byte[] frames() throws IOException {
    ByteBuffer all = ByteBuffer.allocate(4_096);
    all.put(new WorkFrame(1, List.of("file:/a"), new byte[50]).toFrame(Frame.Type.WORK));
    for (int seq = 1; seq < 5; seq++) {
      all.put(Wire.item(seq, 0, 1, "item " + seq));
    }
    all.put(Frame.bare(Frame.Type.BYE));
    byte[] whole = new byte[all.position()];
    all.flip().get(whole);
    return whole;
  }

  @Test
  void whatAParentSends() throws Exception {
    byte[] whole = frames();
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      Fuzz.rounds(
          300,
          random -> {
            try (SocketChannel child = SocketChannel.open(address);
                SocketChannel parent = server.accept()) {
              byte[] sent = Fuzz.mutated(whole, random);
              ByteBuffer out = ByteBuffer.wrap(sent);
              while (out.hasRemaining()) { // a few hundred bytes: they fit into the socket
                parent.write(out);
              }
              parent.shutdownOutput();
              long allocated = Fuzz.allocated(() -> readAll(child, random));
              assertThat(allocated).as("bytes allocated").isLessThan(2L * LIMIT + (1 << 20));
            }
          });
    }
  }

  private static void readAll(SocketChannel child, Random random) {
    Intake intake = new Intake(child);
    intake.limit(LIMIT);
    if (random.nextBoolean()) {
      intake.largeItems((seq, place) -> {});
    }
    try {
      for (int frames = 0; ; frames++) {
        Frame.Type type = intake.next();
        ByteBuffer payload = intake.payload();
        assertThat(payload.remaining()).isLessThanOrEqualTo(LIMIT + Frame.HEADER);
        if (type == Frame.Type.WORK) {
          WorkFrame.read(payload);
        }
        assertThat(frames).isLessThan(1_000);
      }
    } catch (IOException end) {
      // the end of the channel, or what is wrong with it
    }
  }
}
