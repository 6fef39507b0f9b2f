package io.delegate;

import java.util.Optional;

/**
 * How a child ended.
 *
 * @param exitCode the exit status of its process; 128 plus the number for a signal, -1 when there
 *     never was a process
 * @param signal the signal that ended it, such as {@code SIGKILL}, where that is known
 * @param cause what kind of end it was
 * @param stderrTail the last lines the child wrote to stderr, or what kept it from starting
 */
public record Death(int exitCode, Optional<String> signal, Cause cause, String stderrTail) {

  /** The kinds of end. */
  public enum Cause {
    /** It ended by itself: {@code System.exit}, {@code Runtime.halt}, or it was asked to. */
    EXIT,
    /** A signal ended it, ours or another's. */
    SIGNAL,
    /** Its heap was full. */
    OUT_OF_MEMORY,
    /** The JVM crashed in native code. */
    NATIVE_CRASH,
    /** It never came up. */
    START_FAILED,
    /** It broke the rules of the channel. */
    PROTOCOL
  }

  /** One readable line, without the lines of stderr. */
  @Override
  public String toString() {
    return cause + signal.map(s -> " " + s).orElse("") + " (exit code " + exitCode + ")";
  }
}
