package io.delegate.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Strings in control frames: four bytes of length, then UTF-8. */
final class Texts {
  private Texts() {}

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static void put(ByteBuffer out, byte[] utf8) {
    out.putInt(utf8.length).put(utf8);
  }

  static String get(ByteBuffer in) throws ProtocolException {
    if (in.remaining() < Integer.BYTES) {
      throw new ProtocolException("a text is cut off");
    }
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new ProtocolException(
          "a text of " + length + " bytes where " + in.remaining() + " are");
    }
    byte[] utf8 = new byte[length];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
