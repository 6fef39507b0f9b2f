package io.delegate.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Asks for a class or a resource that the child does not find itself.
 *
 * @param loader the number of a class loader of the parent
 * @param kind what it is
 * @param name of a class, such as {@code a.B$C}; of a resource, such as {@code a/b.txt}
 */
public record Wanted(int loader, Kind kind, String name) {
  /** Bytes of the longest name; longer ones are not asked for. */
  public static final int LONGEST = 4 << 10;

  private static final int FIXED = Integer.BYTES + 1;

  /** Bytes of the longest payload. */
  public static final int MOST = FIXED + LONGEST;

  /** What can be asked for. */
  public enum Kind {
    /** The bytes of a class, by its binary name. */
    CLASS,
    /** A resource, by its path. */
    RESOURCE
  }

  /**
   * Whether a name can be asked for.
   *
   * @param name of a class or a resource
   * @return whether it is not too long
   */
  public static boolean fits(String name) {
    return name.length() <= LONGEST && Texts.utf8(name).length <= LONGEST;
  }

  /**
   * The whole frame.
   *
   * @return ready to be read
   */
  public ByteBuffer toFrame() {
    byte[] utf8 = Texts.utf8(name);
    ByteBuffer out = ByteBuffer.allocate(Frame.HEADER + FIXED + utf8.length);
    Frame.putHeader(out, Frame.Type.WANTED, FIXED + utf8.length);
    return out.putInt(loader).put((byte) kind.ordinal()).put(utf8).flip();
  }

  /**
   * Reads the payload.
   *
   * @param in the payload alone
   * @return the question
   * @throws ProtocolException when it is damaged, or longer than {@link #MOST}
   */
  public static Wanted read(ByteBuffer in) throws ProtocolException {
    if (in.remaining() <= FIXED || in.remaining() > MOST) {
      throw new ProtocolException("a question of " + in.remaining() + " bytes");
    }
    int loader = in.getInt();
    byte kind = in.get();
    if (kind < 0 || kind > Kind.RESOURCE.ordinal()) {
      throw new ProtocolException("a question of the unknown kind " + kind);
    }
    String name = StandardCharsets.UTF_8.decode(in).toString();
    return new Wanted(loader, kind == 0 ? Kind.CLASS : Kind.RESOURCE, name);
  }
}
