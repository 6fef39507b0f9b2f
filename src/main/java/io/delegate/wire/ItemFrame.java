package io.delegate.wire;

import java.nio.ByteBuffer;

/** An item on its way to a child: sequence number, place in the ledger, work, value. */
public final class ItemFrame {
  /** Bytes of the payload before the value. */
  public static final int FIXED = Long.BYTES + Integer.BYTES + Integer.BYTES;

  private ItemFrame() {}

  /**
   * Writes header and fixed part; the value follows.
   *
   * @param out where to
   * @param seq sequence number, counted per child from 1
   * @param place index in the ledger
   * @param work number of the work
   * @param valueLength bytes of the value
   */
  public static void put(ByteBuffer out, long seq, int place, int work, int valueLength) {
    Frame.putHeader(out, Frame.Type.ITEM, FIXED + valueLength);
    out.putLong(seq).putLong((long) place << 32 | work & 0xffffffffL);
  }
}
