package io.delegate.report;

/** Where a run is shown. */
sealed interface View permits LiveView, PlainView {
  /** There is something new. Comes with every event, so this must cost next to nothing. */
  void changed();

  /** An item was aborted or timed out: besides {@link #changed()}. */
  void fell(Casualty casualty);

  /** The run is over. */
  void close(LiveState last);
}
