package io.delegate.wire;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the items that follow on this channel take along, until another says otherwise; one without
 * values ends it. Never sent where there was nothing to take along.
 *
 * @param values names and values
 */
public record ContextFrame(Map<String, String> values) {
  /** Most bytes of the payload: both sides check that. */
  public static final int MOST = 8 << 10;

  /**
   * Bytes of the payload.
   *
   * @return the length that must not be more than {@link #MOST}
   */
  public long length() {
    long length = Integer.BYTES;
    for (Map.Entry<String, String> value : values.entrySet()) {
      length += length(value.getKey(), value.getValue());
    }
    return length;
  }

  /**
   * Bytes that one value takes of the payload.
   *
   * @param name its name
   * @param value the value
   * @return the length
   */
  public static long length(String name, String value) {
    return 2L * Integer.BYTES + Texts.utf8(name).length + Texts.utf8(value).length;
  }

  /**
   * The whole frame.
   *
   * @return ready to be read, and all of its array
   */
  public ByteBuffer toFrame() {
    int length = (int) length();
    ByteBuffer out = ByteBuffer.allocate(Frame.HEADER + length);
    Frame.putHeader(out, Frame.Type.CONTEXT, length);
    out.putInt(values.size());
    for (Map.Entry<String, String> value : values.entrySet()) {
      Texts.put(out, Texts.utf8(value.getKey()));
      Texts.put(out, Texts.utf8(value.getValue()));
    }
    return out.flip();
  }

  /**
   * Reads the payload.
   *
   * @param in the payload alone
   * @return the context
   * @throws ProtocolException when it is damaged, or longer than {@link #MOST}
   */
  public static ContextFrame read(ByteBuffer in) throws ProtocolException {
    if (in.remaining() < Integer.BYTES || in.remaining() > MOST) {
      throw new ProtocolException("a context of " + in.remaining() + " bytes");
    }
    int count = in.getInt();
    if (count < 0) {
      throw new ProtocolException("a context with " + count + " values");
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      values.put(Texts.get(in), Texts.get(in));
    }
    if (in.hasRemaining()) {
      throw new ProtocolException("a context with " + in.remaining() + " bytes behind it");
    }
    return new ContextFrame(Collections.unmodifiableMap(values));
  }
}
