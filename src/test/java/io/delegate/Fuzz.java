package io.delegate;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/**
 * Damages valid input at random, the same way for the same seed. {@code -Ddelegate.fuzz.seed=}
 * takes one seed instead of the fixed ones, {@code -Ddelegate.fuzz.rounds=} another number of
 * rounds for each.
 */
public final class Fuzz {
  private static final long[] SEEDS = {1999, 42, 7, 20_250_001};
  private static final int[] ODD = {0, -1, 1, 2, 127, 128, 255, 256, 1 << 20, Integer.MAX_VALUE};

  private Fuzz() {}

  /** One round. */
  public interface Round {
    void run(Random random) throws Throwable;
  }

  /** Runs all rounds of all seeds; a failure names the seed that brings it about alone. */
  public static void rounds(int usual, Round round) {
    Long only = Long.getLong("delegate.fuzz.seed");
    int rounds = Integer.getInteger("delegate.fuzz.rounds", usual);
    for (long seed : only == null ? SEEDS : new long[] {only}) {
      for (int i = 0; i < rounds; i++) {
        long own = i == 0 ? seed : seed + 1_000_003L * i;
        try {
          round.run(new Random(own));
        } catch (Throwable thrown) {
          throw new AssertionError(
              "again with -Ddelegate.fuzz.seed=" + own + " -Ddelegate.fuzz.rounds=1", thrown);
        }
      }
    }
  }

  /** The input with a few bytes or lengths changed, a piece cut off, doubled or moved. */
  public static byte[] mutated(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int n = 1 + random.nextInt(3); n > 0 && bytes.length > 0; n--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(7)) {
        case 0 -> bytes = Arrays.copyOf(bytes, at);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes[at] = (byte) random.nextInt(256);
        case 3, 4 -> putInt(bytes, at, ODD[random.nextInt(ODD.length)]);
        case 5 -> { // a piece twice
          int length = random.nextInt(Math.min(64, bytes.length - at) + 1);
          byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
          System.arraycopy(bytes, at, longer, at + length, bytes.length - at);
          bytes = longer;
        }
        default -> { // a piece elsewhere
          int to = random.nextInt(bytes.length);
          int length = Math.min(random.nextInt(32), bytes.length - Math.max(at, to));
          System.arraycopy(bytes, at, bytes, to, length);
        }
      }
    }
    return bytes;
  }

  private static void putInt(byte[] bytes, int at, int value) {
    for (int i = 0; i < 4 && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (value >>> 24 - 8 * i);
    }
  }

  /** Bytes this thread takes from the heap meanwhile. */
  public static long allocated(Runnable what) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    what.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
