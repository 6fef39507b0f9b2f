package io.delegate.faults;

/**
 * Something done from outside while the streams run.
 *
 * @param what what
 * @param after how many outcomes have come, of all streams together
 * @param latest when it is done whatever has come, in milliseconds from the start; 0 for never
 * @param delayMicros how long after that
 * @param pick which child or stream, or how many children
 */
record Act(What what, int after, long latest, int delayMicros, int pick) {
  /** The acts. */
  enum What {
    KILL,
    TERM,
    SEGV,
    /** Stopped for a while, and continued. */
    STALL,
    SPAWN,
    CLEANUP,
    CANCEL,
    DISPOSE,
    /** With some milliseconds of grace: {@code pick}. */
    FINISH
  }

  boolean isBlow() {
    return what.compareTo(What.STALL) <= 0;
  }

  @Override
  public String toString() {
    return "%s(%d)@%d+%dµs".formatted(what, pick, after, delayMicros);
  }
}
