package io.delegate.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The answer to {@link Wanted}.
 *
 * @param status what became of the question
 * @param bytes of the class or the resource; else why there are none, as text
 */
public record Found(Status status, byte[] bytes) {
  /** Bytes of the largest class or resource; classes are smaller, even generated ones. */
  public static final int LARGEST = 16 << 20;

  /** Bytes of the largest payload. */
  public static final int MOST = 1 + LARGEST;

  /**
   * What a child may be given in all, by {@link #cost}; no program is that large, and whoever reads
   * resources without end must not keep the parent busy.
   */
  public static final long MOST_IN_ALL = 512L << 20;

  /** What a question costs at least. */
  private static final int LEAST_COST = 1 << 10;

  /** Kinds of answers. */
  public enum Status {
    /** There is none of that name. */
    ABSENT,
    /** The bytes follow. */
    HERE,
    /** There may be one, but it cannot be had. */
    REFUSED;

    private static final Status[] BY_CODE = values();
  }

  /**
   * There is none.
   *
   * @param why who was asked
   * @return the answer
   */
  public static Found absent(String why) {
    return new Found(Status.ABSENT, Texts.utf8(why));
  }

  /**
   * It cannot be had.
   *
   * @param why what is wrong, and what helps
   * @return the answer
   */
  public static Found refused(String why) {
    return new Found(Status.REFUSED, Texts.utf8(why));
  }

  /**
   * Why there are no bytes.
   *
   * @return the text
   */
  public String why() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * What it takes of {@link #MOST_IN_ALL}; both sides count.
   *
   * @return its size, or some for one that has next to none
   */
  public int cost() {
    return Math.max(LEAST_COST, 1 + bytes.length);
  }

  /**
   * The frame up to the bytes, which follow as they are.
   *
   * @return ready to be read, and all of its array
   */
  public ByteBuffer head() {
    ByteBuffer out = ByteBuffer.allocate(Frame.HEADER + 1);
    Frame.putHeader(out, Frame.Type.FOUND, 1 + bytes.length);
    return out.put((byte) status.ordinal()).flip();
  }

  /**
   * Reads the payload.
   *
   * @param in the payload alone
   * @return the answer
   * @throws ProtocolException when it is damaged
   */
  public static Found read(ByteBuffer in) throws ProtocolException {
    if (!in.hasRemaining() || in.remaining() > MOST) {
      throw new ProtocolException("an answer of " + in.remaining() + " bytes");
    }
    byte status = in.get();
    if (status < 0 || status >= Status.BY_CODE.length) {
      throw new ProtocolException("an answer with the unknown status " + status);
    }
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return new Found(Status.BY_CODE[status], bytes);
  }
}
