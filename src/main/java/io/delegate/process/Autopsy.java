package io.delegate.process;

import io.delegate.Death;
import io.delegate.Death.Cause;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a child died, by what it left. An exit status above 128 is the same for a signal and for an
 * exit with that number; the {@link ExitLog} tells which. Where it does not (no HotSpot, a launcher
 * that hides it, logging switched off), the cause is SIGNAL, and the signal is named only if it was
 * our own kill.
 */
record Autopsy(
    int exitCode,
    boolean killedByUs,
    ExitLog exitLog,
    CrashReport crash,
    boolean killedForMemory,
    Optional<Path> crashReport,
    long peakMemory,
    Duration age) {
  /** {@code -XX:+ExitOnOutOfMemoryError} ends the JVM with this, past its orderly exit. */
  private static final int OUT_OF_MEMORY = 3;

  static final String OUT_OF_MEMORY_LINE = "Terminating due to java.lang.OutOfMemoryError";

  /** When the evidence could not be read. */
  static Autopsy bare(int exitCode, boolean killedByUs) {
    ExitLog none = new ExitLog(false, false);
    return new Autopsy(
        exitCode, killedByUs, none, CrashReport.NONE, false, Optional.empty(), 0, Duration.ZERO);
  }

  Death death(StderrTail stderr) {
    return death(stderr, stderr.text());
  }

  /** With these of its lines. */
  Death death(StderrTail stderr, String lines) {
    Cause cause = cause(stderr.outOfMemory());
    return new Death(
        exitCode,
        signal(cause),
        cause,
        lines,
        crash.words(),
        crashReport,
        peakMemory,
        age,
        0,
        List.of());
  }

  private Cause cause(boolean outOfMemoryLine) {
    if (crash.isCrash()) {
      return Cause.NATIVE_CRASH;
    }
    if (exitCode == OUT_OF_MEMORY && !exitLog.orderly() && (outOfMemoryLine || exitLog.live())) {
      return Cause.OUT_OF_MEMORY;
    }
    if (killedForMemory) {
      return Cause.OUT_OF_MEMORY;
    }
    if (Platform.WINDOWS) {
      return killedByUs ? Cause.SIGNAL : Cause.EXIT;
    }
    Optional<String> named = Signals.ofExitCode(exitCode);
    if (named.isEmpty() || (exitLog.orderly() && !isCaughtOrOurs(named.get()))) {
      return Cause.EXIT;
    }
    return exitLog.live() && Signals.isFault(named.get()) ? Cause.NATIVE_CRASH : Cause.SIGNAL;
  }

  /** Our kill may hit a child that is just exiting and has written its end. */
  private boolean isCaughtOrOurs(String signal) {
    return Signals.isCaught(signal) || (killedByUs && exitCode == Signals.KILLED);
  }

  private Optional<String> signal(Cause cause) {
    boolean bySignal = cause == Cause.SIGNAL || cause == Cause.NATIVE_CRASH || killedForMemory;
    boolean known =
        exitLog.live()
            || crash.isCrash()
            || killedForMemory
            || (killedByUs && exitCode == Signals.KILLED);
    return bySignal && known && !Platform.WINDOWS ? Signals.ofExitCode(exitCode) : Optional.empty();
  }
}
