package io.delegate.wire;

import io.delegate.RemoteError;
import java.nio.ByteBuffer;

/** What became of one item in the child: sequence number, status, running time, value. */
public final class ResultFrame {
  /** Bytes of the payload before the value. */
  public static final int FIXED = Long.BYTES + 1 + Long.BYTES;

  /** The work returned; the value is the result. */
  public static final byte OK = 0;

  /** The work threw; the value is the error. */
  public static final byte FAILED = 1;

  /** The parent had taken the item back before it began; no value. */
  public static final byte SKIPPED = 2;

  private static final byte[] NONE = {};

  private ResultFrame() {}

  /**
   * Writes header and fixed part; the value follows.
   *
   * @param out where to
   * @param seq the item's sequence number
   * @param status {@link #OK}, {@link #FAILED} or {@link #SKIPPED}
   * @param nanos how long it ran
   * @param valueLength bytes of the value
   */
  public static void put(ByteBuffer out, long seq, byte status, long nanos, int valueLength) {
    Frame.putHeader(out, Frame.Type.RESULT, FIXED + valueLength);
    out.putLong(seq).put(status).putLong(nanos);
  }

  /**
   * The value of a failure as text alone.
   *
   * @param error what was thrown
   * @return its bytes
   */
  public static byte[] encode(RemoteError error) {
    return encode(error, NONE);
  }

  /**
   * The value of a failure: three texts and, to the end, the exception itself where there is one.
   *
   * @param error what was thrown
   * @param exception the bytes of the exception, or none
   * @return its bytes
   */
  public static byte[] encode(RemoteError error, byte[] exception) {
    byte[] type = Texts.utf8(error.type());
    byte[] message = Texts.utf8(error.message());
    byte[] trace = Texts.utf8(error.stackTrace());
    ByteBuffer out =
        ByteBuffer.allocate(
            3 * Integer.BYTES + type.length + message.length + trace.length + exception.length);
    Texts.put(out, type);
    Texts.put(out, message);
    Texts.put(out, trace);
    out.put(exception);
    return out.array();
  }

  /**
   * Reads the value of a failure.
   *
   * @param in the value alone; its position moves to the bytes of the exception
   * @return what was thrown, as text
   * @throws ProtocolException when it is damaged
   */
  public static RemoteError decode(ByteBuffer in) throws ProtocolException {
    return new RemoteError(Texts.get(in), Texts.get(in), Texts.get(in));
  }
}
