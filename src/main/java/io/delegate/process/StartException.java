package io.delegate.process;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A child could not be started; the message names the command, the reason and the remedy. */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  StartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static StartException option(
      String option, Object value, String problem, String remedy, @Nullable Throwable cause) {
    return new StartException(
        "option " + option + " = " + value + ": " + problem + "; " + remedy, cause);
  }

  static StartException refused(List<String> command, Throwable cause) {
    String said = String.valueOf(cause.getMessage());
    return new StartException(
        "the child did not start: " + said + "; " + remedy(said) + "; command: " + command, cause);
  }

  /** The numbers are the same on Linux and macOS; elsewhere the general remedy serves. */
  private static String remedy(String said) {
    if (said.contains("error=2,") || said.contains("error=13,")) {
      return "check that the first word of the command exists and may be executed (option launcher"
          + " or javaHome)";
    }
    if (said.contains("error=7,")) {
      return "shorten jvmArgs and environment, which together exceed the limit of the system";
    }
    if (said.contains("error=11,") || said.contains("error=12,")) {
      return "use fewer children, or raise the limits on processes and memory (ulimit -u, cgroup"
          + " pids.max and memory.max)";
    }
    if (said.contains("error=24,") || said.contains("error=23,")) {
      return "use fewer children, or raise the limit on open files (ulimit -n)";
    }
    return "try the command in a shell";
  }
}
