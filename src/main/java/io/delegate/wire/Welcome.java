package io.delegate.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The parent's answer to {@link Hello}: the rules of this channel.
 *
 * @param limit largest payload of a frame
 * @param init whether an {@link Frame.Type#INIT} frame follows
 * @param codec class name of the codec
 */
public record Welcome(int limit, boolean init, String codec) {
  private static final int FIXED = Integer.BYTES + 1;

  /**
   * The whole frame.
   *
   * @return ready to be read
   */
  public ByteBuffer toFrame() {
    byte[] name = codec.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(Frame.HEADER + FIXED + name.length);
    Frame.putHeader(out, Frame.Type.WELCOME, FIXED + name.length);
    return out.putInt(limit).put((byte) (init ? 1 : 0)).put(name).flip();
  }

  /**
   * Reads the payload.
   *
   * @param in the payload alone
   * @return the welcome
   * @throws ProtocolException when it is too short
   */
  public static Welcome read(ByteBuffer in) throws ProtocolException {
    if (in.remaining() < FIXED) {
      throw new ProtocolException("a welcome of " + in.remaining() + " bytes");
    }
    return new Welcome(in.getInt(), in.get() != 0, StandardCharsets.UTF_8.decode(in).toString());
  }
}
