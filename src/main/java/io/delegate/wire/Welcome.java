package io.delegate.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The parent's answer to {@link Hello}: the rules of this channel.
 *
 * @param limit largest payload of a frame
 * @param init whether an {@link Frame.Type#INIT} frame follows
 * @param marking whether and how lines of output are marked with their item
 * @param codec class name of the codec
 */
public record Welcome(int limit, boolean init, Marking marking, String codec) {
  private static final int FIXED = Integer.BYTES + 1 + 3 * Long.BYTES;

  /**
   * The whole frame.
   *
   * @return ready to be read
   */
  public ByteBuffer toFrame() {
    byte[] name = codec.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(Frame.HEADER + FIXED + name.length);
    Frame.putHeader(out, Frame.Type.WELCOME, FIXED + name.length);
    out.putInt(limit).put((byte) (init ? 1 : 0));
    out.putLong(marking.secret()).putLong(marking.out()).putLong(marking.err());
    return out.put(name).flip();
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
    int limit = in.getInt();
    boolean init = in.get() != 0;
    Marking marking = new Marking(in.getLong(), in.getLong(), in.getLong());
    return new Welcome(limit, init, marking, StandardCharsets.UTF_8.decode(in).toString());
  }
}
