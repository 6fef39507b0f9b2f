package io.delegate.process;

import java.util.Map;
import java.util.Optional;

/** The signals behind an exit status of 128 + n. */
final class Signals {
  static final int KILLED = 128 + 9;

  private static final Map<Integer, String> COMMON =
      Map.ofEntries(
          Map.entry(1, "SIGHUP"),
          Map.entry(2, "SIGINT"),
          Map.entry(3, "SIGQUIT"),
          Map.entry(4, "SIGILL"),
          Map.entry(5, "SIGTRAP"),
          Map.entry(6, "SIGABRT"),
          Map.entry(8, "SIGFPE"),
          Map.entry(9, "SIGKILL"),
          Map.entry(11, "SIGSEGV"),
          Map.entry(13, "SIGPIPE"),
          Map.entry(14, "SIGALRM"),
          Map.entry(15, "SIGTERM"),
          Map.entry(24, "SIGXCPU"),
          Map.entry(25, "SIGXFSZ"));
  private static final Map<Integer, String> LINUX =
      Map.of(
          7, "SIGBUS", 10, "SIGUSR1", 12, "SIGUSR2", 16, "SIGSTKFLT", 30, "SIGPWR", 31, "SIGSYS");
  private static final Map<Integer, String> MAC =
      Map.of(7, "SIGEMT", 10, "SIGBUS", 12, "SIGSYS", 30, "SIGUSR1", 31, "SIGUSR2");

  private Signals() {}

  static Optional<String> ofExitCode(int code) {
    int number = code - 128;
    String common = COMMON.get(number);
    return Optional.ofNullable(common != null ? common : (Platform.MAC ? MAC : LINUX).get(number));
  }

  /** What the processor or the C library raises against broken native code. */
  static boolean isFault(String signal) {
    return switch (signal) {
      case "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGSEGV", "SIGSYS" -> true;
      default -> false;
    };
  }

  /** The JVM catches these and exits in good order with 128 + n. */
  static boolean isCaught(String signal) {
    return switch (signal) {
      case "SIGHUP", "SIGINT", "SIGTERM" -> true;
      default -> false;
    };
  }
}
