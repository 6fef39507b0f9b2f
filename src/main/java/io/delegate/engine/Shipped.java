package io.delegate.engine;

import io.delegate.wire.WorkFrame;

/** A work in the form in which it travels. Counted while streams use it, in the pool's drain. */
final class Shipped {
  private final WorkFrame frame;
  private final ClassLoader loader;

  Shipped(WorkFrame frame, ClassLoader loader) {
    this.frame = frame;
    this.loader = loader;
  }

  int id() {
    return frame.id();
  }

  WorkFrame frame() {
    return frame;
  }

  /** Where the classes of its results are. */
  ClassLoader loader() {
    return loader;
  }
}
