package io.delegate.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A work, sent to each child once, before the first item that needs it.
 *
 * @param id its number, never used again for another
 * @param classPath URLs beyond the child's own class path, where its classes are
 * @param bytes the work, as {@code io.delegate.codec.WorkCodec} has it
 */
public record WorkFrame(int id, List<String> classPath, byte[] bytes) {
  /**
   * Bytes of the payload.
   *
   * @return the length that must be within the limit
   */
  public long length() {
    long length = 2L * Integer.BYTES + bytes.length;
    for (String url : classPath) {
      length += Integer.BYTES + Texts.utf8(url).length;
    }
    return length;
  }

  /**
   * The whole frame.
   *
   * @param type {@link Frame.Type#WORK} or {@link Frame.Type#INIT}
   * @return ready to be read
   */
  public ByteBuffer toFrame(Frame.Type type) {
    List<byte[]> texts = new ArrayList<>();
    int length = 2 * Integer.BYTES + bytes.length;
    for (String url : classPath) {
      byte[] utf8 = Texts.utf8(url);
      texts.add(utf8);
      length += Integer.BYTES + utf8.length;
    }
    ByteBuffer out = ByteBuffer.allocate(Frame.HEADER + length);
    Frame.putHeader(out, type, length);
    out.putInt(id).putInt(texts.size());
    texts.forEach(utf8 -> Texts.put(out, utf8));
    return out.put(bytes).flip();
  }

  /**
   * Reads the payload.
   *
   * @param in the payload alone
   * @return the work
   * @throws ProtocolException when it is damaged
   */
  public static WorkFrame read(ByteBuffer in) throws ProtocolException {
    if (in.remaining() < 2 * Integer.BYTES) {
      throw new ProtocolException("a work of " + in.remaining() + " bytes");
    }
    int id = in.getInt();
    int count = in.getInt();
    if (count < 0) {
      throw new ProtocolException("a work with " + count + " URLs");
    }
    List<String> urls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      urls.add(Texts.get(in));
    }
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return new WorkFrame(id, List.copyOf(urls), bytes);
  }
}
