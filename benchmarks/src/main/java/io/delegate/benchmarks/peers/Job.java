package io.delegate.benchmarks.peers;

/** What a child of the floor does with an item. */
enum Job {
  /** Three times an Integer. */
  TRIPLE {
    @Override
    Object apply(Object item) {
      return Works.triple((Integer) item);
    }
  },
  /** The item itself. */
  ECHO {
    @Override
    Object apply(Object item) {
      return item;
    }
  };

  abstract Object apply(Object item);
}
