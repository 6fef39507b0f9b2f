package io.delegate.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A work, sent to each child once, before the first item that needs it.
 *
 * @param id its number, never used again for another
 * @param classPath URLs beyond the child's own class path, where its classes are; the last may name
 *     a class loader of the parent, {@link #served}, which is asked for what the others do not have
 * @param bytes the work, as {@code io.delegate.codec.WorkCodec} has it
 */
public record WorkFrame(int id, List<String> classPath, byte[] bytes) {
  private static final String SERVED = "served:";

  /**
   * A class loader of the parent, as the last entry of a class path.
   *
   * @param loader its number, from 1
   * @return the entry
   */
  public static String served(int loader) {
    return SERVED + loader;
  }

  /**
   * Which class loader of the parent is asked for what the URLs do not have.
   *
   * @return its number; 0 for none
   */
  public int servedBy() {
    if (classPath.isEmpty()) {
      return 0;
    }
    String last = classPath.get(classPath.size() - 1);
    return last.startsWith(SERVED) ? Integer.parseInt(last.substring(SERVED.length())) : 0;
  }

  /**
   * The class path without a class loader of the parent.
   *
   * @return URLs
   */
  public List<String> urls() {
    return servedBy() == 0 ? classPath : classPath.subList(0, classPath.size() - 1);
  }

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
