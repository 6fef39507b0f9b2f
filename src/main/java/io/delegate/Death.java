package io.delegate;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a child ended, with all that is known to find the reason.
 *
 * @param exitCode the exit status of its process; 128 plus the number for a signal, -1 when there
 *     never was a process
 * @param signal the signal that ended it, such as {@code SIGKILL}, where that is known
 * @param cause what kind of end it was
 * @param stderrTail the last lines written to stderr: in an {@link Outcome.Aborted} those written
 *     since its item began, else the child's; or what kept it from starting
 * @param crash for a {@link Cause#NATIVE_CRASH} the JVM's own words: the headline with the signal,
 *     and the frame it happened in; empty for all others, and where there is no report
 * @param crashReport the JVM's whole report, where {@link
 *     ProcessScheduler.Builder#crashReports(Path)} keeps it
 * @param peakMemory the most resident bytes its JVM had, as far as seen: it is asked for every 100
 *     ms (less often with hundreds of children) and just before our own kill, so what came in the
 *     last moments before another end is not in it, unless there is a report on a crash, which
 *     tells; that of its process where a {@link ProcessScheduler.Builder#launcher} hides the JVM; 0
 *     where the system does not tell
 * @param age how long it lived, from the start of its process until its end was noticed
 * @param served how many items it had finished
 * @param escaped processes it had started that could not be killed, by pid; empty as a rule
 */
public record Death(
    int exitCode,
    Optional<String> signal,
    Cause cause,
    String stderrTail,
    String crash,
    Optional<Path> crashReport,
    long peakMemory,
    Duration age,
    long served,
    List<Long> escaped) {

  /** The kinds of end. */
  public enum Cause {
    /**
     * It ended by itself: {@code System.exit}, {@code Runtime.halt}, or it was asked to. A foreign
     * {@code SIGKILL} in the last moments of such an end looks the same: an exit with 137.
     */
    EXIT,
    /** A signal ended it, ours or another's. */
    SIGNAL,
    /**
     * Its heap was full, it outgrew {@link ProcessScheduler.Builder#maxMemoryPerChild}, or the
     * kernel killed it for memory: then the signal is {@code SIGKILL}. The kernel only counts such
     * kills, in the child's cgroup. One in the last ten seconds, that no other death was explained
     * by, explains a {@code SIGKILL} that was not ours.
     */
    OUT_OF_MEMORY,
    /** The JVM crashed in native code. */
    NATIVE_CRASH,
    /** It never came up. */
    START_FAILED,
    /** It broke the rules of the channel. */
    PROTOCOL,
    /**
     * The node of a cluster on which it ran is gone, or cut off. Its item may have run, wholly, in
     * part or not at all; it may even be running still, until that node has seen that we are gone.
     */
    NODE_LOST
  }

  /**
   * With the lists copied.
   *
   * @param exitCode the exit status
   * @param signal the signal
   * @param cause the kind of end
   * @param stderrTail the last lines of stderr
   * @param crash the JVM's words on its crash
   * @param crashReport the JVM's report
   * @param peakMemory the most resident bytes
   * @param age how long it lived
   * @param served how many items it had finished
   * @param escaped what could not be killed
   */
  public Death {
    escaped = List.copyOf(escaped);
  }

  /**
   * A death of which no more is known.
   *
   * @param exitCode the exit status
   * @param signal the signal
   * @param cause the kind of end
   * @param stderrTail the last lines of stderr
   */
  public Death(int exitCode, Optional<String> signal, Cause cause, String stderrTail) {
    this(exitCode, signal, cause, stderrTail, "", Optional.empty(), 0, Duration.ZERO, 0, List.of());
  }

  /** One readable line, without the lines of stderr. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(cause.name());
    signal.ifPresent(s -> text.append(' ').append(s));
    text.append(" (exit code ").append(exitCode).append(')');
    if (!crash.isEmpty()) {
      text.append(" in ").append(crash.replaceAll("\\s*\\R\\s*", ", "));
    }
    if (!age.isZero()) {
      text.append(
          String.format(
              Locale.ROOT,
              ", %d item%s in %.3f s",
              served,
              served == 1 ? "" : "s",
              age.toNanos() / 1e9));
    }
    if (peakMemory > 0) {
      text.append(", peak ").append(peakMemory >> 20).append(" MiB");
    }
    crashReport.ifPresent(report -> text.append(", report ").append(report));
    if (!escaped.isEmpty()) {
      text.append(", NOT KILLED: ").append(escaped);
    }
    return text.toString();
  }
}
