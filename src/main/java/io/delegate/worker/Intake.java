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

  /** Buffers up to that size are kept for the next large frame; as heap they would come anew. */
  private static final int KEPT = 4 << 20;

  private final SocketChannel channel;
  private final ByteBuffer usual = ByteBuffer.allocateDirect(USUAL);
  private @Nullable ByteBuffer kept;
  private @Nullable LargeItems largeItems;
  private int limit = Frame.DEFAULT_LIMIT;

  /** Its position and limit are those of the payload. */
  private ByteBuffer in = usual;

  private boolean large;

  /** Where the frame behind that begins, and what was read ends. */
  private int next;

  private int filled;

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
    int there = filled - next;
    if (there < Frame.HEADER) {
      return true;
    }
    in.limit(filled);
    return there - Frame.HEADER < in.getInt(next + 4);
  }

  /** The type of the next frame; waits for it. */
  Frame.Type next() throws IOException {
    in.limit(filled).position(next);
    fill(Frame.HEADER);
    int length = in.getInt(in.position() + 4);
    Frame.Type type = Frame.header(in, limit);
    if (type == Frame.Type.ITEM && length > USUAL && largeItems != null) {
      fill(ItemFrame.FIXED);
      largeItems.coming(in.getLong(in.position()), in.getInt(in.position() + Long.BYTES));
    }
    fill(length);
    next = in.position() + length;
    in.limit(next);
    return type;
  }

  /** The payload of that frame; good until the next call. */
  ByteBuffer payload() {
    return in;
  }

  private void fill(int bytes) throws IOException {
    if (in.remaining() >= bytes) {
      return;
    }
    if (bytes > in.capacity()) {
      in = large(bytes).put(in).flip(); // given back afterwards
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
      filled = in.limit();
      next = 0;
    }
  }

  private ByteBuffer large(int bytes) {
    if (kept != null && kept.capacity() >= bytes) {
      return kept.clear();
    }
    if (bytes > KEPT) {
      return ByteBuffer.allocate(bytes);
    }
    kept = null;
    try {
      kept = ByteBuffer.allocateDirect(bytes);
      return kept;
    } catch (OutOfMemoryError e) { // thrown by code, not by the JVM: the heap must say that
      return ByteBuffer.allocate(bytes);
    }
  }
}
