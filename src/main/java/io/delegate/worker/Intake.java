package io.delegate.worker;

import io.delegate.wire.Frame;
import io.delegate.wire.ItemFrame;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Reads frames from the channel, many at a time. */
final class Intake {
  private static final int USUAL = 64 << 10;

  private final SocketChannel channel;
  private final ByteBuffer usual = ByteBuffer.allocateDirect(USUAL).flip();
  private ByteBuffer in = usual;
  private boolean large;
  private @Nullable LargeItems largeItems;
  private ByteBuffer payload = ByteBuffer.allocate(0);
  private int limit = Frame.DEFAULT_LIMIT;

  Intake(SocketChannel channel) {
    this.channel = channel;
  }

  /** Is told of an item before there is room for it: the room may be more than the heap has. */
  interface LargeItems {
    void coming(long seq, int place);
  }

  void largeItems(LargeItems told) {
    largeItems = told;
  }

  void limit(int bytes) {
    limit = bytes + Frame.HEADER;
  }

  /** Whether the next frame needs a read from the channel, which may wait. */
  boolean drained() {
    if (in.remaining() < Frame.HEADER) {
      return true;
    }
    int length = in.getInt(in.position() + 4);
    return in.remaining() - Frame.HEADER < length;
  }

  /** The type of the next frame; waits for it. */
  Frame.Type next() throws IOException {
    fill(Frame.HEADER);
    int length = in.getInt(in.position() + 4);
    Frame.Type type = Frame.header(in, limit);
    if (type == Frame.Type.ITEM && length > USUAL && largeItems != null) {
      fill(ItemFrame.FIXED);
      largeItems.coming(in.getLong(in.position()), in.getInt(in.position() + Long.BYTES));
    }
    fill(length);
    payload = in.slice(in.position(), length);
    in.position(in.position() + length);
    return type;
  }

  /** The payload of that frame; good until the next call of {@link #next()}. */
  ByteBuffer payload() {
    return payload;
  }

  private void fill(int bytes) throws IOException {
    if (in.remaining() >= bytes) {
      return;
    }
    if (bytes > in.capacity()) {
      in = ByteBuffer.allocate(bytes).put(in).flip(); // one large frame, given back afterwards
      large = true;
    } else if (large && bytes <= USUAL && in.remaining() <= USUAL) {
      in = usual.clear().put(in).flip();
      large = false;
    }
    Thread.interrupted(); // left behind by the user's code, it would close the channel
    in.compact();
    try {
      while (in.position() < bytes) {
        if (channel.read(in) < 0) {
          throw new EOFException("the parent closed the channel");
        }
      }
    } finally {
      in.flip();
    }
  }
}
