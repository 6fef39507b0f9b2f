package io.delegate.process;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A child could not be started; the message names the command, the reason and the remedy. */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final Pattern ERROR = Pattern.compile("error[=:] ?(\\d{1,4})\\b");

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
    // "error=2, …" up to JDK 24, "error: 2 (…)" since
    Matcher matcher = ERROR.matcher(said);
    return switch (matcher.find() ? Integer.parseInt(matcher.group(1)) : 0) {
      case 2, 13 ->
          "check that the first word of the command exists and may be executed (option launcher or"
              + " javaHome)";
      case 7 -> "shorten jvmArgs and environment, which together exceed the limit of the system";
      case 11, 12 ->
          "use fewer children, or raise the limits on processes and memory (ulimit -u, cgroup"
              + " pids.max and memory.max)";
      case 23, 24 -> "use fewer children, or raise the limit on open files (ulimit -n)";
      default -> "try the command in a shell";
    };
  }
}
