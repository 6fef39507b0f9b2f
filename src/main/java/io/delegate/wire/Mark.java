package io.delegate.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a child puts between the lines it writes to stdout and stderr: whose the bytes are that
 * follow. The parent takes it out again.
 *
 * <p>The bytes are {@link #START}, the child's secret in 16 hex digits, {@code +} or {@code -}, the
 * number in hex, a blank, the label, {@link #END}. None between the two is a control character, so
 * one that was cut short or made up ends at the next of those, and is text.
 *
 * @param seq the item's sequence number; 0 before the first
 * @param java whether lines follow that Java code wrote; else only what native code writes
 * @param label the item as text; empty when it is not known
 */
public record Mark(long seq, boolean java, String label) {
  /** Its first byte, the record separator of ASCII. */
  public static final byte START = 0x1E;

  /** Its last byte. */
  public static final byte END = 0x1F;

  /** Most bytes of one: a pipe takes up to 512 at once on every POSIX system, 4,096 on Linux. */
  public static final int LONGEST = 512;

  /** Before any. */
  public static final Mark NONE = new Mark(0, false, "");

  private static final int LONGEST_LABEL = 400;

  /**
   * What all marks of a child start with.
   *
   * @param secret the child's own
   * @return the first bytes
   */
  public static byte[] prefix(long secret) {
    byte[] prefix = new byte[1 + Long.BYTES * 2];
    prefix[0] = START;
    for (int i = 0; i < Long.BYTES * 2; i++) {
      prefix[1 + i] = (byte) Character.forDigit((int) (secret >>> (60 - 4 * i)) & 15, 16);
    }
    return prefix;
  }

  /**
   * The bytes.
   *
   * @param prefix of the child
   * @return at most {@link #LONGEST}; a label of more than 400 bytes is cut
   */
  public byte[] encode(byte[] prefix) {
    byte[] number = Long.toHexString(seq).getBytes(StandardCharsets.US_ASCII);
    byte[] text = label.getBytes(StandardCharsets.UTF_8);
    int length = text.length;
    if (length > LONGEST_LABEL) {
      length = LONGEST_LABEL;
      while ((text[length] & 0xC0) == 0x80) { // not through a character
        length--;
      }
    }
    byte[] bytes = new byte[prefix.length + 1 + number.length + 1 + length + 1];
    int at = prefix.length;
    System.arraycopy(prefix, 0, bytes, 0, at);
    bytes[at++] = (byte) (java ? '+' : '-');
    System.arraycopy(number, 0, bytes, at, number.length);
    at += number.length;
    bytes[at++] = ' ';
    System.arraycopy(text, 0, bytes, at, length);
    bytes[at + length] = END;
    return bytes;
  }

  /**
   * Reads one.
   *
   * @param bytes hold it
   * @param from after the prefix
   * @param to before the end
   * @return the mark, or null if it is none
   */
  public static @Nullable Mark decode(byte[] bytes, int from, int to) {
    int at = from + 1;
    long seq = 0;
    for (; at < to && bytes[at] != ' '; at++) {
      int digit = Character.digit(bytes[at], 16);
      if (digit < 0 || at > from + Long.BYTES * 2) {
        return null;
      }
      seq = seq << 4 | digit;
    }
    boolean java = at < to && bytes[from] == '+';
    if (at >= to || at == from + 1 || seq < 0 || !(java || bytes[from] == '-')) {
      return null;
    }
    return new Mark(seq, java, new String(bytes, at + 1, to - at - 1, StandardCharsets.UTF_8));
  }
}
