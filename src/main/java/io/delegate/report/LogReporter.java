package io.delegate.report;

import io.delegate.Death;
import io.delegate.RemoteError;
import io.delegate.Reporter;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Writes what goes on to a log.
 *
 * <pre>
 *   begin                        TRACE
 *   init, spawn, exit, success,
 *   cleanup                      DEBUG
 *   fail, slow                   INFO
 *   abort, timeout               WARN
 * </pre>
 *
 * <p>Each line is readable as it stands. Besides, it carries key-value pairs for those who search:
 * {@code pid}, {@code item}, {@code outcome} ({@code success}, {@code failure}, {@code aborted},
 * {@code timedOut}), {@code cause}, {@code exitCode}, {@code signal}, {@code limit}, {@code
 * running}, {@code children}; only those that apply. Items and messages are cut at {@value
 * Line#LONGEST} characters, and control characters in them are escaped, so that no item can forge a
 * line. The last lines of a dead child's stderr are shown the same way, each on a line of its own.
 *
 * <p>An item's {@code toString()} is called only where its level is on. A level that is off costs
 * next to nothing.
 */
public final class LogReporter implements Reporter {
  private static final String NAME = "io.delegate";

  private final Logger log;

  /** Writes to the logger {@code io.delegate}. */
  public LogReporter() {
    this(LoggerFactory.getLogger(NAME));
  }

  /**
   * Writes to that logger.
   *
   * @param log where to
   */
  public LogReporter(Logger log) {
    this.log = Objects.requireNonNull(log, "log");
  }

  @Override
  public void init(int children) {
    log.atDebug().addKeyValue("children", children).log("at most {} children", children);
  }

  @Override
  public void spawn(long pid) {
    log.atDebug().addKeyValue("pid", pid).log("child {} is up", pid);
  }

  @Override
  public void begin(long pid, Object item) {
    if (log.isTraceEnabled()) {
      String text = Line.of(item);
      about(Level.TRACE, pid, text).log("child {} began {}", pid, text);
    }
  }

  @Override
  public void slow(long pid, Object item, Duration running) {
    if (log.isInfoEnabled()) {
      String text = Line.of(item);
      about(Level.INFO, pid, text)
          .addKeyValue("running", running)
          .log("{} is slow: it has run for {} (child {})", text, running, pid);
    }
  }

  @Override
  public void success(long pid, Object item, @Nullable Object result) {
    if (log.isDebugEnabled()) {
      String text = Line.of(item);
      about(Level.DEBUG, pid, text)
          .addKeyValue("outcome", "success")
          .log("child {} did {}", pid, text);
    }
  }

  @Override
  public void fail(long pid, Object item, RemoteError error) {
    if (log.isInfoEnabled()) {
      String text = Line.of(item);
      about(Level.INFO, pid, text)
          .addKeyValue("outcome", "failure")
          .addKeyValue("cause", error.type())
          .log(
              pid == 0 ? "{} could not be sent: {}" : "{} failed: {} (child {})",
              text,
              Line.of(error),
              pid);
    }
  }

  @Override
  public void abort(long pid, Object item, Death death) {
    if (log.isWarnEnabled()) {
      String text = Line.of(item);
      with(about(Level.WARN, pid, text), death)
          .addKeyValue("outcome", "aborted")
          .log("child {} died on {}: {}{}", pid, text, death, Line.below(death.stderrTail()));
    }
  }

  @Override
  public void timeout(long pid, Object item, Duration limit) {
    if (log.isWarnEnabled()) {
      String text = Line.of(item);
      about(Level.WARN, pid, text)
          .addKeyValue("outcome", "timedOut")
          .addKeyValue("limit", limit)
          .log(
              pid == 0
                  ? "{} waited for a child longer than {}"
                  : "{} ran longer than {}; its child {} was killed",
              text,
              limit,
              pid);
    }
  }

  @Override
  public void exit(long pid, Death how) {
    if (log.isDebugEnabled()) {
      with(log.atDebug().addKeyValue("pid", pid), how).log("child {} is gone: {}", pid, how);
    }
  }

  @Override
  public void cleanup() {
    log.atDebug().log("all children were stopped");
  }

  private LoggingEventBuilder about(Level level, long pid, String item) {
    return log.atLevel(level).addKeyValue("pid", pid).addKeyValue("item", item);
  }

  private static LoggingEventBuilder with(LoggingEventBuilder line, Death death) {
    LoggingEventBuilder more =
        line.addKeyValue("cause", death.cause()).addKeyValue("exitCode", death.exitCode());
    return death.signal().isPresent() ? more.addKeyValue("signal", death.signal().get()) : more;
  }
}
