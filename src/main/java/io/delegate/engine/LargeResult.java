package io.delegate.engine;

import io.delegate.wire.Frame;
import io.delegate.wire.ResultFrame;
import io.delegate.wire.Values;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A result frame of many bytes while it comes in: each byte is copied once, to where it stays. The
 * bytes of a {@code byte[]} are an array of their own then, which is the result.
 */
final class LargeResult {
  /** Payloads from so many bytes on; beside them, a message of its own to the pool is little. */
  static final int LEAST = 64 << 10;

  /** Of the frame, so much must be there: all that is fixed, and the tag of the value. */
  static final int HEAD = Frame.HEADER + ResultFrame.FIXED + 1;

  /** Memory for a frame whose length was told, and of which little has come yet. */
  private static final int ON_CREDIT = 2 << 20;

  private final byte[] head;
  private final int length;
  private byte[] body;
  private int filled;

  /**
   * @param in the frame from its start on, {@value #HEAD} bytes of it at least
   * @param payload its length, as its head tells
   */
  LargeResult(ByteBuf in, int payload) {
    boolean bytes = Values.isBytes(in.getByte(in.readerIndex() + HEAD - 1));
    head = new byte[bytes ? HEAD - 1 : 0];
    in.readBytes(head).skipBytes(bytes ? 1 : 0);
    length = Frame.HEADER + payload - (bytes ? HEAD : 0);
    body = new byte[Math.min(length, ON_CREDIT)];
  }

  /** Takes what is there of it; true when it is whole. */
  boolean take(ByteBuf in) {
    int more = Math.min(in.readableBytes(), length - filled);
    if (filled + more > body.length) {
      // in twice as much, or in all once half of it may be there
      long larger = Math.max(filled + more, 2L * body.length);
      body = Arrays.copyOf(body, 2 * larger >= length ? length : (int) larger);
    }
    in.readBytes(body, filled, more);
    filled += more;
    return filled == length;
  }

  /** To whom it goes once it is whole. */
  void pass(Child child) {
    if (head.length > 0) {
      child.onBytes(head, body);
    } else {
      child.onResults(body);
    }
  }
}
