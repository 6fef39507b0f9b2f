package io.delegate.report;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What decides how a run is shown, and the decision.
 *
 * @param caption what the user said of the run
 * @param output where to write; null for stderr
 * @param size of the terminal behind the output; null where that is none, or stderr's own
 * @param interval how often there is a line of progress
 * @param environment the variables of the process
 * @param nanos the clock
 */
record ViewSettings(
    Caption caption,
    @Nullable PrintStream output,
    @Nullable Size size,
    Duration interval,
    Map<String, String> environment,
    LongSupplier nanos) {
  private static final Logger log = LoggerFactory.getLogger(TerminalReporter.class);

  View open(Supplier<LiveState> look) {
    Tty tty = obeysCodes() ? tty() : null;
    if (tty == null) {
      return plain(look);
    }
    try {
      return LiveView.open(tty, caption, look);
    } catch (OutOfMemoryError noThread) {
      tty.close();
      return plain(look);
    }
  }

  PlainView plain(Supplier<LiveState> look) {
    return new PlainView(caption, stream(), interval, nanos, look);
  }

  /** Whether codes are wanted, and understood by a terminal if there is one. */
  private boolean obeysCodes() {
    if (!environment.getOrDefault("NO_COLOR", "").isEmpty()) {
      return false;
    }
    String term = environment.getOrDefault("TERM", "");
    return size != null || output == null && !(term.isEmpty() || term.equals("dumb"));
  }

  private @Nullable Tty tty() {
    if (!Columns.known()) {
      if (size != null || System.console() != null) {
        log.info("org.jline:jline-terminal is not on the class path: lines instead of a live view");
      }
      return null;
    }
    if (size != null) {
      return new FixedTty(stream(), size);
    }
    return StderrTty.open();
  }

  private PrintStream stream() {
    return output == null ? System.err : output;
  }
}
