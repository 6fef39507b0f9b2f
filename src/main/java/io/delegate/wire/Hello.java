package io.delegate.wire;

import java.nio.ByteBuffer;

/**
 * The first frame of a child on each of its connections: who it is.
 *
 * @param token the secret it was given on stdin, {@link #TOKEN} bytes
 * @param pid its process
 * @param nanos its {@link System#nanoTime()} at sending, so that the parent can tell whether the
 *     two clocks are one
 */
public record Hello(byte[] token, long pid, long nanos) {
  /** Bytes of the token. */
  public static final int TOKEN = 16;

  private static final int LENGTH = TOKEN + Long.BYTES + Long.BYTES;

  /**
   * The whole frame.
   *
   * @return ready to be read
   */
  public ByteBuffer toFrame() {
    return toFrame(Frame.Type.HELLO);
  }

  /**
   * The whole frame.
   *
   * @param type {@link Frame.Type#HELLO} or {@link Frame.Type#CLASSES}
   * @return ready to be read
   */
  public ByteBuffer toFrame(Frame.Type type) {
    ByteBuffer out = ByteBuffer.allocate(Frame.HEADER + LENGTH);
    Frame.putHeader(out, type, LENGTH);
    return out.put(token).putLong(pid).putLong(nanos).flip();
  }

  /**
   * Reads the payload.
   *
   * @param in the payload alone
   * @return the hello
   * @throws ProtocolException when it has another length
   */
  public static Hello read(ByteBuffer in) throws ProtocolException {
    if (in.remaining() != LENGTH) {
      throw new ProtocolException("a hello of " + in.remaining() + " bytes");
    }
    byte[] token = new byte[TOKEN];
    in.get(token);
    return new Hello(token, in.getLong(), in.getLong());
  }
}
