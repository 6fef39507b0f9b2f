package io.delegate.wire;

import java.nio.ByteBuffer;

/**
 * The eight bytes before every payload: magic, version, type, length; big-endian.
 *
 * <pre>
 *  0       2        3       4           8
 *  | 'D' 'G' | version | type | length    | payload …
 * </pre>
 *
 * The length is checked against the limit before anything is sent and before anything is read, so
 * that a frame too large is an error with a name and never looks like a crash.
 */
public final class Frame {
  /** Bytes before the payload. */
  public static final int HEADER = 8;

  /** What the first two bytes say. */
  public static final short MAGIC = 0x4447;

  /** The version of all frames; parent and child come from one jar, so it must be equal. */
  public static final byte VERSION = 1;

  /** Largest payload where nothing else is said. */
  public static final int DEFAULT_LIMIT = 64 << 20;

  /** Magic and version. */
  private static final long START = MAGIC << 8 | VERSION;

  private static final int BY_CODE_MOST = Type.BY_CODE.length;

  private Frame() {}

  /** The kinds of frames. */
  public enum Type {
    /** Child to parent, first of all: {@link Hello}. */
    HELLO,
    /** Parent to child, the answer: {@link Welcome}. */
    WELCOME,
    /** Parent to child: {@link WorkFrame}. */
    WORK,
    /** Parent to child: {@link ItemFrame}. */
    ITEM,
    /** Child to parent, one for every item frame and in their order: {@link ResultFrame}. */
    RESULT,
    /** Parent to child: a work will not be used again; payload is its number, four bytes. */
    FORGET,
    /** Parent to child: end yourself; no payload. */
    BYE,
    /** Parent to child, before any item: a task to run first; payload as {@link WorkFrame}. */
    INIT,
    /** Child to parent: it is up and takes items; no payload. */
    READY,
    /** Child to parent, when asked: an item's sequence number, and what all threads do, as text. */
    DUMP,
    /** Parent to child, before items, where they take something along: {@link ContextFrame}. */
    CONTEXT,
    /** Child to parent, first of all on a second connection: payload as {@link Hello}. */
    CLASSES,
    /** Child to parent, on that connection, one at a time: {@link Wanted}. */
    WANTED,
    /** Parent to child, the answer: {@link Found}. */
    FOUND;

    private static final Type[] BY_CODE = values();

    /** The code on the wire, from 1. */
    byte code() {
      return (byte) (ordinal() + 1);
    }
  }

  /**
   * A frame that is a header alone.
   *
   * @param type the type
   * @return ready to be read
   */
  public static ByteBuffer bare(Type type) {
    ByteBuffer out = ByteBuffer.allocate(HEADER);
    putHeader(out, type, 0);
    return out.flip();
  }

  /**
   * Writes a header.
   *
   * @param out where to
   * @param type the type
   * @param length bytes of payload to follow
   */
  public static void putHeader(ByteBuffer out, Type type, int length) {
    out.putLong(START << 40 | (long) type.code() << 32 | length & 0xffffffffL);
  }

  /**
   * The type in a header, and whether the header is right at all.
   *
   * @param header its eight bytes; the length is the lower four
   * @param limit largest payload allowed
   * @return the type
   * @throws ProtocolException when any part of it is wrong
   */
  public static Type check(long header, int limit) throws ProtocolException {
    int length = (int) header;
    int code = (int) (header >>> 32) & 0xff;
    if (header >>> 40 != START || code < 1 || code > BY_CODE_MOST || length < 0 || length > limit) {
      throw wrong((int) (header >>> 48), (byte) (header >>> 40), code, length, limit);
    }
    return Type.BY_CODE[code - 1];
  }

  private static ProtocolException wrong(int magic, byte version, int code, int length, int limit) {
    if (magic != MAGIC) {
      return new ProtocolException(
          "no frame starts with 0x%04x; the channel carries something else".formatted(magic));
    }
    if (version != VERSION) {
      return new ProtocolException(
          "the other side speaks version " + version + " of the frames, this side " + VERSION);
    }
    if (code < 1 || code > BY_CODE_MOST) {
      return new ProtocolException("unknown type of frame: " + (byte) code);
    }
    return new ProtocolException(
        "a frame of " + length + " bytes is more than the limit of " + limit);
  }

  /**
   * Reads a header.
   *
   * @param in at least {@link #HEADER} bytes, position moves past them
   * @param limit largest payload allowed
   * @return the type; the length is at {@code in.getInt(position before + 4)}
   * @throws ProtocolException when it is not right
   */
  public static Type header(ByteBuffer in, int limit) throws ProtocolException {
    return check(in.getLong(), limit);
  }
}
