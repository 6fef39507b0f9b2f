package io.delegate.engine;

import io.delegate.ItemObserver;
import org.jspecify.annotations.Nullable;

/** What an item takes along into its child, and who waits for its end. */
final class Carried {
  /** A whole frame, the same array for all items that take the same along; null for nothing. */
  final byte @Nullable [] frame;

  final ItemObserver.@Nullable Item observed;

  Carried(byte @Nullable [] frame, ItemObserver.@Nullable Item observed) {
    this.frame = frame;
    this.observed = observed;
  }
}
