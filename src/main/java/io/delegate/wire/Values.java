package io.delegate.wire;

import io.delegate.Codec;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The form of one value on the wire: a tag, then its bytes. Scalars have tags of their own, all
 * else goes through a codec.
 */
public final class Values {
  private static final byte NULL = 0;
  private static final byte TRUE = 1;
  private static final byte FALSE = 2;
  private static final byte BYTE = 3;
  private static final byte SHORT = 4;
  private static final byte CHAR = 5;
  private static final byte INT = 6;
  private static final byte LONG = 7;
  private static final byte FLOAT = 8;
  private static final byte DOUBLE = 9;
  private static final byte LATIN1 = 10;
  private static final byte UTF16 = 11;
  private static final byte BYTES = 12;
  private static final byte BOOLEANS = 13;
  private static final byte SHORTS = 14;
  private static final byte CHARS = 15;
  private static final byte INTS = 16;
  private static final byte LONGS = 17;
  private static final byte FLOATS = 18;
  private static final byte DOUBLES = 19;
  private static final byte CODED = 20;

  /** Longer texts are encoded where they come from: more than one thread does that. */
  private static final int LATE_CHARS = 64;

  private Values() {}

  /**
   * How many bytes a scalar takes, its tag included.
   *
   * @param value the value
   * @return the size, or -1 when it is no scalar
   */
  public static long scalarSize(@Nullable Object value) {
    if (value == null || value instanceof Boolean) {
      return 1;
    }
    if (value instanceof Integer || value instanceof Float) {
      return 5;
    }
    if (value instanceof String s) {
      return 1 + (isLatin1(s) ? s.length() : 2L * s.length());
    }
    if (value instanceof Long || value instanceof Double) {
      return 9;
    }
    if (value instanceof byte[] a) {
      return 1L + a.length;
    }
    if (value instanceof Short || value instanceof Character) {
      return 3;
    }
    if (value instanceof Byte) {
      return 2;
    }
    return value.getClass().isArray() ? arraySize(value) : -1;
  }

  /**
   * How many bytes a value takes that is small and never changes, so that it may be written as late
   * as it is sent.
   *
   * @param value the value
   * @return the size, or -1 when it is to be encoded at once
   */
  public static int lateSize(Object value) {
    boolean late =
        value instanceof Integer
            || value instanceof Long
            || value instanceof Double
            || value instanceof Float
            || (value instanceof String s && s.length() <= LATE_CHARS);
    return late ? (int) scalarSize(value) : -1;
  }

  private static long arraySize(Object value) {
    if (value instanceof int[] a) {
      return 1 + 4L * a.length;
    }
    if (value instanceof long[] a) {
      return 1 + 8L * a.length;
    }
    if (value instanceof double[] a) {
      return 1 + 8L * a.length;
    }
    if (value instanceof float[] a) {
      return 1 + 4L * a.length;
    }
    if (value instanceof char[] a) {
      return 1 + 2L * a.length;
    }
    if (value instanceof short[] a) {
      return 1 + 2L * a.length;
    }
    if (value instanceof boolean[] a) {
      return 1L + a.length;
    }
    return -1;
  }

  private static boolean isLatin1(String s) {
    for (int i = 0; i < s.length(); i++) {
      if (s.charAt(i) > 0xff) {
        return false;
      }
    }
    return true;
  }

  /**
   * Writes a scalar: tag and bytes.
   *
   * @param out has room for {@link #scalarSize}
   * @param value a scalar
   */
  public static void putScalar(ByteBuffer out, @Nullable Object value) {
    if (value == null) {
      out.put(NULL);
    } else if (value instanceof Integer v) {
      out.put(INT).putInt(v);
    } else if (value instanceof Long v) {
      out.put(LONG).putLong(v);
    } else if (value instanceof String s) {
      putString(out, s);
    } else if (value instanceof Double v) {
      out.put(DOUBLE).putDouble(v);
    } else if (value instanceof Boolean v) {
      out.put(v ? TRUE : FALSE);
    } else if (value instanceof byte[] a) {
      out.put(BYTES).put(a);
    } else if (value instanceof Float v) {
      out.put(FLOAT).putFloat(v);
    } else if (value instanceof Short v) {
      out.put(SHORT).putShort(v);
    } else if (value instanceof Character v) {
      out.put(CHAR).putChar(v);
    } else if (value instanceof Byte v) {
      out.put(BYTE).put(v);
    } else {
      putArray(out, value);
    }
  }

  /**
   * Writes what comes before the bytes of a {@code byte[]}, which can then be written as they are.
   *
   * @param out has room for one byte
   */
  public static void putTagOfBytes(ByteBuffer out) {
    out.put(BYTES);
  }

  private static void putString(ByteBuffer out, String s) {
    if (isLatin1(s)) {
      out.put(LATIN1);
      for (int i = 0; i < s.length(); i++) {
        out.put((byte) s.charAt(i));
      }
    } else {
      out.put(UTF16);
      for (int i = 0; i < s.length(); i++) {
        out.putChar(s.charAt(i));
      }
    }
  }

  private static void putArray(ByteBuffer out, Object value) {
    if (value instanceof int[] a) {
      out.put(INTS);
      move(out, 4 * a.length).asIntBuffer().put(a);
    } else if (value instanceof long[] a) {
      out.put(LONGS);
      move(out, 8 * a.length).asLongBuffer().put(a);
    } else if (value instanceof double[] a) {
      out.put(DOUBLES);
      move(out, 8 * a.length).asDoubleBuffer().put(a);
    } else if (value instanceof float[] a) {
      out.put(FLOATS);
      move(out, 4 * a.length).asFloatBuffer().put(a);
    } else if (value instanceof char[] a) {
      out.put(CHARS);
      move(out, 2 * a.length).asCharBuffer().put(a);
    } else if (value instanceof short[] a) {
      out.put(SHORTS);
      move(out, 2 * a.length).asShortBuffer().put(a);
    } else if (value instanceof boolean[] a) {
      out.put(BOOLEANS);
      for (boolean b : a) {
        out.put((byte) (b ? 1 : 0));
      }
    } else {
      throw new IllegalArgumentException("not a scalar: " + value.getClass().getName());
    }
  }

  /** The next bytes of a buffer as a view; the buffer moves past them. */
  private static ByteBuffer move(ByteBuffer out, int bytes) {
    ByteBuffer view = out.slice(out.position(), bytes);
    out.position(out.position() + bytes);
    return view;
  }

  /**
   * The whole form of a value: tag and bytes.
   *
   * @param value the value
   * @param codec for all but scalars
   * @param limit most bytes allowed
   * @param what names the value in the message, such as "the item"
   * @return its bytes
   * @throws IOException when it cannot be encoded, or is larger than the limit
   */
  public static byte[] encode(@Nullable Object value, Codec codec, int limit, String what)
      throws IOException {
    long size = scalarSize(value);
    if (size < 0 && value != null) {
      byte[] coded = codec.encode(value);
      checkSize(1L + coded.length, limit, what, value);
      byte[] out = new byte[1 + coded.length];
      out[0] = CODED;
      System.arraycopy(coded, 0, out, 1, coded.length);
      return out;
    }
    checkSize(size, limit, what, value);
    if (value instanceof byte[] a) {
      byte[] out = new byte[1 + a.length];
      out[0] = BYTES;
      System.arraycopy(a, 0, out, 1, a.length); // at once, so that the JVM need not clear it first
      return out;
    }
    ByteBuffer out = ByteBuffer.allocate((int) size);
    putScalar(out, value);
    return out.array();
  }

  /**
   * Checks a size before anything is sent.
   *
   * @param size bytes of the value
   * @param limit most bytes allowed
   * @param what names the value in the message
   * @param value the value
   * @throws IOException when it is too large
   */
  public static void checkSize(long size, int limit, String what, @Nullable Object value)
      throws IOException {
    if (size > limit) {
      throw new IOException(
          "%s, a %s, takes %,d bytes, more than the limit of %,d for one frame (option maxFrame)"
              .formatted(
                  what, value == null ? "null" : value.getClass().getTypeName(), size, limit));
    }
  }

  /**
   * Whether a value needs a codec.
   *
   * @param in the value alone; stays as it is
   * @return true for all but scalars
   */
  public static boolean isCoded(ByteBuffer in) {
    return in.hasRemaining() && in.get(in.position()) == CODED;
  }

  /**
   * Reads a value.
   *
   * @param a holds it
   * @param offset where it starts
   * @param length its bytes, the tag included
   * @param codec for all but scalars
   * @param loader where the codec looks for classes
   * @return the value
   * @throws IOException when it is damaged
   * @throws ClassNotFoundException when a class of it is not to be found
   */
  public static @Nullable Object decode(
      byte[] a, int offset, int length, Codec codec, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    if (length < 1) {
      throw new ProtocolException("a value without a tag");
    }
    int rest = length - 1;
    byte tag = a[offset];
    if (tag == CODED) {
      return codec.decode(a, offset + 1, rest, loader);
    }
    int at = offset + 1;
    return switch (tag) {
      case NULL -> none(rest, null);
      case TRUE -> none(rest, Boolean.TRUE);
      case FALSE -> none(rest, Boolean.FALSE);
      case BYTE -> a[sized(at, rest, 1)];
      case SHORT -> (short) getShort(a, sized(at, rest, 2));
      case CHAR -> (char) getShort(a, sized(at, rest, 2));
      case INT -> getInt(a, sized(at, rest, 4));
      case LONG -> getLong(a, sized(at, rest, 8));
      case FLOAT -> Float.intBitsToFloat(getInt(a, sized(at, rest, 4)));
      case DOUBLE -> Double.longBitsToDouble(getLong(a, sized(at, rest, 8)));
      case LATIN1 -> new String(a, at, rest, java.nio.charset.StandardCharsets.ISO_8859_1);
      default -> array(tag, ByteBuffer.wrap(a, at, rest), rest);
    };
  }

  /**
   * Whether what follows are the bytes of a {@code byte[]} as they are.
   *
   * @param tag of a value
   * @return true for that of a {@code byte[]}
   */
  public static boolean isBytes(byte tag) {
    return tag == BYTES;
  }

  /**
   * Reads a value.
   *
   * @param in the value alone, big-endian
   * @param codec for all but scalars
   * @param loader where the codec looks for classes
   * @return the value
   * @throws IOException when it is damaged
   * @throws ClassNotFoundException when a class of it is not to be found
   */
  public static @Nullable Object decode(ByteBuffer in, Codec codec, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    if (!in.hasRemaining()) {
      throw new ProtocolException("a value without a tag");
    }
    byte tag = in.get();
    int rest = in.remaining();
    switch (tag) {
      case INT -> {
        return in.getInt(sized(in.position(), rest, 4));
      }
      case LONG -> {
        return in.getLong(sized(in.position(), rest, 8));
      }
      case DOUBLE -> {
        return in.getDouble(sized(in.position(), rest, 8));
      }
      case BOOLEANS, BYTES, SHORTS, CHARS, INTS, LONGS, FLOATS, DOUBLES, UTF16 -> {
        return array(tag, in, rest);
      }
      default -> {
        byte[] bytes = new byte[1 + rest]; // a codec may keep it
        in.position(in.position() - 1).get(bytes);
        return decode(bytes, 0, bytes.length, codec, loader);
      }
    }
  }

  private static int getShort(byte[] a, int at) {
    return (a[at] & 0xff) << 8 | a[at + 1] & 0xff;
  }

  private static int getInt(byte[] a, int at) {
    return getShort(a, at) << 16 | getShort(a, at + 2);
  }

  private static long getLong(byte[] a, int at) {
    return (long) getInt(a, at) << 32 | getInt(a, at + 4) & 0xffffffffL;
  }

  private static Object array(byte tag, ByteBuffer in, int rest) throws ProtocolException {
    switch (tag) {
      case UTF16 -> {
        char[] v = new char[count(rest, 2)];
        in.asCharBuffer().get(v);
        return new String(v);
      }
      case BYTES -> {
        byte[] v = new byte[rest];
        in.get(v);
        return v;
      }
      case BOOLEANS -> {
        boolean[] v = new boolean[rest];
        for (int i = 0; i < rest; i++) {
          v[i] = in.get() != 0;
        }
        return v;
      }
      case SHORTS -> {
        short[] v = new short[count(rest, 2)];
        in.asShortBuffer().get(v);
        return v;
      }
      case CHARS -> {
        char[] v = new char[count(rest, 2)];
        in.asCharBuffer().get(v);
        return v;
      }
      case INTS -> {
        int[] v = new int[count(rest, 4)];
        in.asIntBuffer().get(v);
        return v;
      }
      case LONGS -> {
        long[] v = new long[count(rest, 8)];
        in.asLongBuffer().get(v);
        return v;
      }
      case FLOATS -> {
        float[] v = new float[count(rest, 4)];
        in.asFloatBuffer().get(v);
        return v;
      }
      case DOUBLES -> {
        double[] v = new double[count(rest, 8)];
        in.asDoubleBuffer().get(v);
        return v;
      }
      default -> throw new ProtocolException("a value with the unknown tag " + tag);
    }
  }

  private static @Nullable Object none(int rest, @Nullable Object value) throws ProtocolException {
    count(rest, Integer.MAX_VALUE);
    return value;
  }

  private static int sized(int at, int rest, int size) throws ProtocolException {
    if (rest != size) {
      throw new ProtocolException("a scalar of " + rest + " bytes instead of " + size);
    }
    return at;
  }

  private static int count(int bytes, int size) throws ProtocolException {
    if (bytes % size != 0) {
      throw new ProtocolException(bytes + " bytes are not made of elements of " + size);
    }
    return bytes / size;
  }
}
