package io.delegate.report;

import io.delegate.ChildId;
import io.delegate.Death;
import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.Outcome;
import io.delegate.Progress;
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
 *   progress, cleanup            DEBUG
 *   fail, slow                   INFO
 *   startFailed, abort, timeout  WARN
 * </pre>
 *
 * <p>Of the kinds that come as often as there are items, so many lines are written in a second, and
 * then how many were left out: a flood of failures must not fill the disk, nor keep others from
 * being seen.
 *
 * <p>Each line is readable as it stands. Besides, it carries key-value pairs for those who search:
 * {@code pid}, {@code item}, {@code outcome} ({@code success}, {@code failure}, {@code aborted},
 * {@code timedOut}), {@code cause}, {@code exitCode}, {@code signal}, {@code limit}, {@code
 * running}, {@code progress}, {@code reason}, {@code children}; only those that apply. Items and
 * messages are cut at {@value Line#LONGEST} characters, and control characters in them are escaped,
 * so that no item can forge a line. The last lines of a dead child's stderr are shown the same way,
 * each on a line of its own.
 *
 * <p>An item's {@code toString()} is called only where its level is on. A level that is off costs
 * next to nothing.
 */
public final class LogReporter implements Reporter {
  /** Lines of a kind in a second, unless it is told otherwise: what a person can still skim. */
  public static final int LINES_PER_SECOND = 50;

  private static final String NAME = "io.delegate";

  private final Logger log;
  private final Flood flood;

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
    this(log, LINES_PER_SECOND);
  }

  /**
   * Writes to that logger, at most so much.
   *
   * @param log where to
   * @param linesPerSecond most lines of each kind in a second, at least 1; {@link
   *     Integer#MAX_VALUE} for all
   * @throws IllegalArgumentException for any other number
   */
  public LogReporter(Logger log, int linesPerSecond) {
    this(log, new Flood(checked(linesPerSecond), System::nanoTime));
  }

  LogReporter(Logger log, Flood flood) {
    this.log = Objects.requireNonNull(log, "log");
    this.flood = flood;
  }

  private static int checked(int linesPerSecond) {
    if (linesPerSecond < 1) {
      throw new IllegalArgumentException(
          "linesPerSecond is " + linesPerSecond + ": give at least 1");
    }
    return linesPerSecond;
  }

  /** Whether a line of that kind is to be written; tells first how many were not. */
  private boolean writes(Flood.Kind kind) {
    if (!log.isEnabledForLevel(kind.level) || !flood.admits(kind)) {
      return false;
    }
    tellLeftOut(kind);
    return true;
  }

  private void tellLeftOut(Flood.Kind kind) {
    long left = flood.left(kind);
    if (left > 0) {
      log.atLevel(kind.level)
          .addKeyValue("leftOut", left)
          .log("{} more {} were not logged: too many at once", left, kind.many);
    }
  }

  @Override
  public void init(int children) {
    log.atDebug().addKeyValue("children", children).log("at most {} children", children);
  }

  /** Nodes come and go rarely, and are worth a line each time. */
  @Override
  public void event(Event event) {
    if (event instanceof Event.Node node) {
      log.atLevel(node.why().isEmpty() ? Level.INFO : Level.WARN)
          .addKeyValue("node", Line.of(node.name()))
          .log(
              node.children() == 0
                  ? "node {} is gone: @{}{}"
                  : "node {} is there: @{}, children: {}",
              Line.of(node.name()),
              node.number(),
              node.children() == 0
                  ? node.why().isEmpty() ? "" : ", " + Line.of(node.why())
                  : node.children());
    }
  }

  @Override
  public void spawn(long pid) {
    log.atDebug().addKeyValue("pid", pid).log("child {} is up", ChildId.text(pid));
  }

  @Override
  public void begin(long pid, Object item) {
    if (writes(Flood.Kind.BEGUN)) {
      String text = Line.of(item);
      about(Level.TRACE, pid, text).log("child {} began {}", ChildId.text(pid), text);
    }
  }

  @Override
  public void slow(long pid, Object item, Duration running) {
    if (writes(Flood.Kind.SLOW)) {
      String text = Line.of(item);
      about(Level.INFO, pid, text)
          .addKeyValue("running", running)
          .log("{} is slow: it has run for {} (child {})", text, running, ChildId.text(pid));
    }
  }

  @Override
  public void progress(long pid, Object item, Progress progress) {
    if (writes(Flood.Kind.PROGRESS)) {
      String text = Line.of(item);
      String far = Line.of(progress);
      about(Level.DEBUG, pid, text)
          .addKeyValue("progress", far)
          .log("{} is at {} (child {})", text, far, ChildId.text(pid));
    }
  }

  @Override
  public void success(long pid, Object item, @Nullable Object result) {
    if (writes(Flood.Kind.SUCCEEDED)) {
      String text = Line.of(item);
      about(Level.DEBUG, pid, text)
          .addKeyValue("outcome", "success")
          .log("child {} did {}", ChildId.text(pid), text);
    }
  }

  @Override
  public void fail(long pid, Object item, RemoteError error) {
    if (writes(Flood.Kind.FAILED)) {
      String text = Line.of(item);
      about(Level.INFO, pid, text)
          .addKeyValue("outcome", "failure")
          .addKeyValue("cause", Line.of(error.type()))
          .log(
              pid == 0 ? "{} could not be sent: {}" : "{} failed: {} (child {})",
              text,
              Line.of(error),
              ChildId.text(pid));
    }
  }

  @Override
  public void abort(long pid, Object item, Death death) {
    if (writes(Flood.Kind.ABORTED)) {
      String text = Line.of(item);
      with(about(Level.WARN, pid, text), death)
          .addKeyValue("outcome", "aborted")
          .log(
              "child {} died on {}: {}{}",
              ChildId.text(pid),
              text,
              Line.whole(death),
              Line.below(death.stderrTail()));
    }
  }

  @Override
  public void timeout(long pid, Object item, Duration limit) {
    timeout(pid, item, limit, pid == 0 ? Outcome.Limit.QUEUE : Outcome.Limit.ITEM);
  }

  @Override
  public void timeout(long pid, Object item, Duration limit, Outcome.Limit which) {
    if (writes(Flood.Kind.TIMED_OUT)) {
      String text = Line.of(item);
      about(Level.WARN, pid, text)
          .addKeyValue("outcome", "timedOut")
          .addKeyValue("limit", limit)
          .log(
              switch (which) {
                case QUEUE -> "{} waited for a child longer than {}";
                case START -> "what {} needs was not loaded within {}; its child {} was killed";
                case ITEM -> "{} ran longer than {}; its child {} was killed";
                case SILENCE -> "{} said nothing for longer than {}; its child {} was killed";
              },
              text,
              limit,
              ChildId.text(pid));
    }
  }

  @Override
  public void exit(long pid, Death how) {
    if (log.isDebugEnabled()) {
      with(log.atDebug().addKeyValue("pid", pid), how)
          .log("child {} is gone: {}", ChildId.text(pid), Line.whole(how));
    }
  }

  @Override
  public void exit(long pid, Death how, ExitReason reason) {
    if (log.isDebugEnabled()) {
      with(log.atDebug().addKeyValue("pid", pid), how)
          .addKeyValue("reason", reason)
          .log("child {} is gone ({}): {}", ChildId.text(pid), reason, Line.whole(how));
    }
  }

  @Override
  public void startFailed(Death how) {
    if (log.isWarnEnabled()) {
      with(log.atWarn(), how)
          .log("a child did not come up: {}{}", Line.whole(how), Line.below(how.stderrTail()));
    }
  }

  @Override
  public void cleanup() {
    for (Flood.Kind kind : Flood.Kind.values()) {
      tellLeftOut(kind);
    }
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
