package io.delegate.cli;

/**
 * How often each of many keys was met: a hash table of plain numbers, 20 bytes for each place, for
 * there may be millions.
 */
final class KeyCounts {
  private static final int FIRST = 1 << 10;

  private long[] keys = new long[2 * FIRST];
  private int[] counts = new int[FIRST];
  private int used;

  /** Keys are never taken out: one that is counted down to nothing stays, with a count of -1. */
  private static final int NONE_LEFT = -1;

  void add(Key key) {
    if (2 * used >= counts.length) {
      grow();
    }
    int at = place(keys, counts, key.high(), key.low());
    used += counts[at] == 0 ? 1 : 0;
    keys[2 * at] = key.high();
    keys[2 * at + 1] = key.low();
    counts[at] = Math.max(0, counts[at]) + 1;
  }

  /** Whether it was ever met. */
  boolean has(Key key) {
    return counts[place(keys, counts, key.high(), key.low())] != 0;
  }

  /** Counts it down by one; false where there is nothing left of it. */
  boolean take(Key key) {
    int at = place(keys, counts, key.high(), key.low());
    if (counts[at] <= 0) {
      return false;
    }
    counts[at] = counts[at] == 1 ? NONE_LEFT : counts[at] - 1;
    return true;
  }

  /** Where it is, or is to go. The keys are hash sums: any part of them is as good as another. */
  private static int place(long[] keys, int[] counts, long high, long low) {
    int mask = counts.length - 1;
    int at = (int) low & mask;
    while (counts[at] != 0 && (keys[2 * at] != high || keys[2 * at + 1] != low)) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    long[] moreKeys = new long[2 * keys.length];
    int[] moreCounts = new int[2 * counts.length];
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] != 0) {
        int at = place(moreKeys, moreCounts, keys[2 * i], keys[2 * i + 1]);
        moreKeys[2 * at] = keys[2 * i];
        moreKeys[2 * at + 1] = keys[2 * i + 1];
        moreCounts[at] = counts[i];
      }
    }
    keys = moreKeys;
    counts = moreCounts;
  }
}
