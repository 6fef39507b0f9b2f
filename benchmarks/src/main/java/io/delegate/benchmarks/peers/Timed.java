package io.delegate.benchmarks.peers;

/**
 * Passes over all items for some seconds, to warm up, then one that is timed; or one alone, cold.
 */
final class Timed {
  /** Seconds; the same in {@code contenders.py} and {@code contender.mjs}. */
  private static final double WARM_UP = 6;

  /** A pass over the first so many items. */
  interface Pass {
    long run(int items) throws Exception;
  }

  private Timed() {}

  static Result of(int items, Pass pass) throws Exception {
    long begun = System.nanoTime();
    do {
      pass.run(items);
    } while (since(begun) < WARM_UP);
    return cold(items, pass);
  }

  static Result cold(int items, Pass pass) throws Exception {
    long start = System.nanoTime();
    long check = pass.run(items);
    return new Result(since(start), items, check);
  }

  static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
