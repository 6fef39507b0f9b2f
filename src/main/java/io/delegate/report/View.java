package io.delegate.report;

import io.delegate.Death;
import org.jspecify.annotations.Nullable;

/** Where a run is shown. */
sealed interface View permits LiveView, PlainView {
  /** There is something new. Comes with every event, so this must cost next to nothing. */
  void changed();

  /** An item was aborted or timed out: besides {@link #changed()}. */
  void fell(Casualty casualty);

  /** A child ended before it was up: besides {@link #changed()}. */
  void startFailed(Death how);

  /** The run is over, and that is its summary; null for none. */
  void close(@Nullable LiveState last);
}
