package io.delegate.benchmarks.peers;

/** One pass over a tenth of the items to warm up, then one that is timed. */
final class Timed {
  /** A pass over the first so many items. */
  interface Pass {
    long run(int items) throws Exception;
  }

  private Timed() {}

  static Result of(int items, Pass pass) throws Exception {
    pass.run(Math.max(1, items / 10));
    long start = System.nanoTime();
    long check = pass.run(items);
    return new Result(since(start), items, check);
  }

  static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
