package io.delegate.engine;

import io.delegate.Codec;
import io.delegate.wire.WorkFrame;
import java.time.Duration;

/** A work in the form in which it travels. Counted while streams use it, in the pool's drain. */
final class Shipped {
  private final WorkFrame frame;
  private final ClassLoader loader;
  private final Codec codec;
  private final Times times = new Times();
  private final Pace pace = new Pace();

  Shipped(WorkFrame frame, ClassLoader loader, Codec codec) {
    this.frame = frame;
    this.loader = loader;
    this.codec = codec;
  }

  /** An item of it succeeded. */
  void took(long nanos) {
    times.add(nanos);
  }

  /** What items of it usually take; zero while that is not known. */
  Duration median() {
    return times.median();
  }

  Pace pace() {
    return pace;
  }

  int id() {
    return frame.id();
  }

  WorkFrame frame() {
    return frame;
  }

  /** For its items and results: its own, or the scheduler's. */
  Codec codec() {
    return codec;
  }

  /** Where the classes of its results are. */
  ClassLoader loader() {
    return loader;
  }
}
