package io.delegate;

/** Why a child is gone: somebody wished it, or it is lost. */
public enum ExitReason {
  /** It had nothing to do for {@link ProcessScheduler.Builder#idleTimeout}. */
  IDLE,
  /**
   * Another was to take its place: it had served enough, was too old or too large, or an item
   * needed a fresh one.
   */
  RECYCLED,
  /** There were to be fewer: {@link ProcessScheduler#spawn(int)}. */
  SHRUNK,
  /** All were stopped: by {@link ProcessScheduler#cleanup()}, or by the end of its scheduler. */
  STOPPED,
  /** Nobody wanted the item any more that it ran: it was killed for that. */
  CANCELLED,
  /** It ended though nobody wished it: by its own doing, or by a signal that was not ours. */
  CRASHED,
  /** It was killed since its item had passed its limit. */
  TIMED_OUT,
  /**
   * Its heap was full, it was killed for {@link ProcessScheduler.Builder#maxMemoryPerChild}, or the
   * kernel killed it for memory.
   */
  OUT_OF_MEMORY,
  /** It broke the rules of the channel, or was silent for too long. */
  PROTOCOL;

  /**
   * Whether nobody wished it gone.
   *
   * @return true for a crash, and for a kill for time, for memory, or for the rules of the channel
   */
  public boolean isLost() {
    return compareTo(CRASHED) >= 0;
  }

  /**
   * As far as a death tells, which is not whether we had a hand in it.
   *
   * @param death how a child ended
   * @return {@link #STOPPED} for exit code 0, else a reason that is lost
   */
  public static ExitReason of(Death death) {
    if (death.cause() == Death.Cause.OUT_OF_MEMORY) {
      return OUT_OF_MEMORY;
    }
    if (death.cause() == Death.Cause.PROTOCOL) {
      return PROTOCOL;
    }
    return death.cause() == Death.Cause.EXIT && death.exitCode() == 0 ? STOPPED : CRASHED;
  }
}
