package io.delegate.report;

import org.jspecify.annotations.Nullable;

/** An item that is asked for its text only if somebody looks, and then once. */
final class Named {
  private @Nullable Object item;
  private @Nullable String text;

  Named(Object item) {
    this.item = item;
  }

  synchronized String text() {
    String known = text;
    if (known == null) {
      known = item == null ? "" : Line.of(item);
      text = known;
      item = null; // it may be large
    }
    return known;
  }
}
