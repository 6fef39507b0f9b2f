package io.delegate.worker;

import org.jspecify.annotations.Nullable;

/** The item that began last. Its text is made when a line needs it, and once. */
final class Begun {
  /**
   * Bytes it was sent in. The text of a larger one may be millions of characters, and what is held
   * here is not collected while the work runs: of those, only the type is told.
   */
  private static final int SMALL = 4 << 10;

  final long seq;
  private @Nullable Object item;
  private @Nullable String label;

  Begun(long seq) {
    this.seq = seq;
  }

  /** What it is; not known before it was decoded. */
  void is(@Nullable Object known, int bytes) {
    if (known != null && bytes > SMALL) {
      label = Label.brief(known);
    } else {
      item = known;
    }
  }

  /** Its text as far as that costs little and calls no code of the user's; empty otherwise. */
  String plain() {
    if (label == null && item != null && Label.isPlain(item)) {
      label = Label.plain(item);
    }
    return label == null ? "" : label;
  }

  /**
   * Its text. Other threads than that of the works get the type alone of what is not plain: the
   * text could be just changing, or need a lock that waits for this very line.
   */
  String label(boolean isRunner) {
    String known = plain();
    Object unknown = item;
    if (!known.isEmpty() || unknown == null) {
      return known;
    }
    String type = Label.type(unknown);
    if (isRunner) {
      label = type; // for what its own method prints
      label = Label.told(unknown);
      return label;
    }
    return type;
  }
}
