package io.delegate.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.delegate.ChildId;
import io.delegate.Death;
import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.Outcome;
import io.delegate.Progress;
import io.delegate.RemoteError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class LogReporterTest {
  private static final RemoteError ERROR =
      new RemoteError("java.io.IOException", "disk\nfull", "java.io.IOException: disk\n\tat X.y");
  private static final Death HALT =
      new Death(137, Optional.empty(), Death.Cause.EXIT, "first\n\nlast words\u001b[2J");
  private static final Death KILLED =
      new Death(137, Optional.of("SIGKILL"), Death.Cause.SIGNAL, "");

  private final LoggerContext context = new LoggerContext();
  private final Logger logger = context.getLogger("test");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final LogReporter reporter = new LogReporter(logger);

  LogReporterTest() {
    logger.setLevel(Level.TRACE);
    lines.start();
    logger.addAppender(lines);
  }

  @Test
  void childrenAreToldAtDebug() {
    reporter.init(6);
    assertLine(Level.DEBUG, "at most 6 children", Map.of("children", 6));
    reporter.spawn(41);
    assertLine(Level.DEBUG, "child 41 is up", Map.of("pid", 41L));
    reporter.exit(41, KILLED);
    assertLine(
        Level.DEBUG,
        "child 41 is gone: SIGNAL SIGKILL (exit code 137)",
        Map.of("pid", 41L, "cause", Death.Cause.SIGNAL, "exitCode", 137, "signal", "SIGKILL"));
    reporter.cleanup();
    assertLine(Level.DEBUG, "all children were stopped", Map.of());
  }

  @Test
  void nodesAreToldAndChildrenNameThem() {
    reporter.event(new Event.Node(2, "n\n2", 6, ""));
    assertLine(Level.INFO, "node n\\n2 is there: @2, children: 6", Map.of("node", "n\\n2"));
    reporter.event(new Event.Node(2, "n2", 0, ""));
    assertLine(Level.INFO, "node n2 is gone: @2", Map.of("node", "n2"));
    reporter.event(new Event.Node(2, "n2", 0, "it has left the cluster"));
    assertLine(Level.WARN, "node n2 is gone: @2, it has left the cluster", Map.of("node", "n2"));
    reporter.spawn(ChildId.of(2, 41));
    assertLine(Level.DEBUG, "child 41@2 is up", Map.of("pid", ChildId.of(2, 41)));
  }

  @Test
  void aBeginIsToldAtTrace() {
    reporter.begin(41, "a.png");
    assertLine(Level.TRACE, "child 41 began a.png", Map.of("pid", 41L, "item", "a.png"));
  }

  @Test
  void aSuccessIsToldAtDebug() {
    reporter.success(41, "a.png", null);
    assertLine(
        Level.DEBUG,
        "child 41 did a.png",
        Map.of("pid", 41L, "item", "a.png", "outcome", "success"));
  }

  @Test
  void aFailureIsToldAtInfo() {
    reporter.fail(41, "a.png", ERROR);
    assertLine(
        Level.INFO,
        "a.png failed: java.io.IOException: disk full (child 41)",
        Map.of("pid", 41L, "item", "a.png", "outcome", "failure", "cause", "java.io.IOException"));
  }

  @Test
  void anItemThatCouldNotBeSentBlamesNoChild() {
    reporter.fail(0, "a.png", ERROR);
    assertThat(last().getFormattedMessage())
        .isEqualTo("a.png could not be sent: java.io.IOException: disk full");
  }

  @Test
  void anAbortIsAWarningWithTheLastLinesOfStderr() {
    reporter.abort(41, "a.png", HALT);
    assertLine(
        Level.WARN,
        "child 41 died on a.png: EXIT (exit code 137)\n  | first\n  | last words\\u001b[2J",
        Map.of(
            "pid",
            41L,
            "item",
            "a.png",
            "outcome",
            "aborted",
            "cause",
            Death.Cause.EXIT,
            "exitCode",
            137));
  }

  @Test
  void aTimeoutIsAWarning() {
    reporter.timeout(41, "a.png", Duration.ofSeconds(2));
    assertLine(
        Level.WARN,
        "a.png ran longer than PT2S; its child 41 was killed",
        Map.of("pid", 41L, "item", "a.png", "outcome", "timedOut", "limit", Duration.ofSeconds(2)));
  }

  @Test
  void aSilenceThatWasTooLongIsCalledThat() {
    reporter.timeout(41, "a.png", Duration.ofSeconds(2), Outcome.Limit.SILENCE);
    assertLine(
        Level.WARN,
        "a.png said nothing for longer than PT2S; its child 41 was killed",
        Map.of("pid", 41L, "item", "a.png", "outcome", "timedOut", "limit", Duration.ofSeconds(2)));
    reporter.timeout(41, "a.png", Duration.ofSeconds(2), Outcome.Limit.ITEM);
    assertThat(last().getFormattedMessage()).contains("ran longer than PT2S");
  }

  @Test
  void progressIsToldAtDebug() {
    reporter.progress(41, "a.png", new Progress(OptionalDouble.of(.429), "page 7\u001b[2J"));
    assertLine(
        Level.DEBUG,
        "a.png is at 42 % page 7\\u001b[2J (child 41)",
        Map.of("pid", 41L, "item", "a.png", "progress", "42 % page 7\\u001b[2J"));
  }

  @Test
  void aWaitThatWasTooLongBlamesNoChild() {
    reporter.timeout(0, "a.png", Duration.ofSeconds(2));
    assertThat(last().getFormattedMessage()).isEqualTo("a.png waited for a child longer than PT2S");
  }

  @Test
  void noItemCanForgeALine() {
    reporter.begin(1, "x\r\n12:00 ERROR all is lost\u001b[2J\t\u2028\u202e\u0085é");
    assertThat(last().getFormattedMessage())
        .isEqualTo(
            "child 1 began x\\r\\n12:00 ERROR all is lost\\u001b[2J\\t\\u2028\\u202e\\u0085é");
  }

  @Test
  void aLongItemIsCutAt200Characters() {
    reporter.begin(1, "i".repeat(200));
    assertThat(pairs(last())).containsEntry("item", "i".repeat(200));
    reporter.begin(1, "i".repeat(201));
    assertThat(pairs(last())).containsEntry("item", "i".repeat(200) + "…");
    reporter.begin(1, "i".repeat(199) + "😀");
    assertThat(pairs(last())).containsEntry("item", "i".repeat(199) + "…");
  }

  @Test
  void aBracePairInAnItemStaysOne() {
    reporter.begin(1, "{}");
    assertThat(last().getFormattedMessage()).isEqualTo("child 1 began {}");
  }

  @Test
  void anItemThatCannotBeShownIsNamedByItsClass() {
    reporter.begin(1, new Unshowable());
    assertThat(last().getFormattedMessage())
        .startsWith("child 1 began " + Unshowable.class.getName())
        .contains("IllegalStateException");
  }

  @Test
  void whatIsSwitchedOffAsksNoItemForItsText() {
    logger.setLevel(Level.OFF);
    Unshowable item = new Unshowable();
    reporter.begin(1, item);
    reporter.success(1, item, "r");
    reporter.fail(1, item, ERROR);
    reporter.abort(1, item, HALT);
    reporter.timeout(1, item, Duration.ofSeconds(1));
    assertThat(item.asked).isZero();
    assertThat(lines.list).isEmpty();
  }

  @Test
  void theLoggerIsIoDelegateWhereNoneIsGiven() {
    Logger own = (Logger) LoggerFactory.getLogger("io.delegate");
    own.addAppender(lines);
    try {
      new LogReporter().fail(7, "a.png", ERROR);
    } finally {
      own.detachAppender(lines);
    }
    assertThat(last().getLoggerName()).isEqualTo("io.delegate");
  }

  @Test
  void aChildThatDidNotComeUpIsAWarning() {
    reporter.startFailed(HALT);
    assertLine(
        Level.WARN,
        "a child did not come up: EXIT (exit code 137)\n  | first\n  | last words\\u001b[2J",
        Map.of("cause", Death.Cause.EXIT, "exitCode", 137));
  }

  @Test
  void aFloodIsCutAndCountedAndHidesNoOtherKind() {
    AtomicLong clock = new AtomicLong();
    LogReporter dry = new LogReporter(logger, new Flood(2, clock::get));
    for (int i = 0; i < 7; i++) {
      dry.fail(7, "a" + i, ERROR);
    }
    dry.abort(7, "b", HALT);
    assertThat(lines.list)
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.INFO, Level.INFO, Level.WARN);
    clock.set(1_000_000_000);
    dry.fail(7, "a7", ERROR);
    assertThat(lines.list.get(3).getFormattedMessage())
        .isEqualTo("5 more failures were not logged: too many at once");
    assertThat(lines.list.get(3).getLevel()).isEqualTo(Level.INFO);
    assertThat(last().getFormattedMessage()).startsWith("a7 failed");
    dry.fail(7, "a8", ERROR);
    dry.fail(7, "a9", ERROR);
    dry.cleanup();
    assertThat(lines.list)
        .anyMatch(
            line ->
                line.getFormattedMessage()
                    .equals("1 more failures were not logged: too many at once"));
  }

  @Test
  void aLevelThatIsOffCountsNothing() {
    logger.setLevel(Level.ERROR);
    LogReporter dry = new LogReporter(logger, new Flood(1, () -> 0));
    dry.fail(7, "a", ERROR);
    dry.fail(7, "b", ERROR);
    logger.setLevel(Level.TRACE);
    dry.cleanup();
    assertThat(lines.list).hasSize(1);
  }

  @Test
  void aBoundOfNoneIsRefused() {
    assertThatThrownBy(() -> new LogReporter(logger, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("linesPerSecond is 0: give at least 1");
  }

  private ILoggingEvent last() {
    return lines.list.get(lines.list.size() - 1);
  }

  private void assertLine(Level level, String message, Map<String, Object> pairs) {
    assertThat(last().getLevel()).isEqualTo(level);
    assertThat(last().getFormattedMessage()).isEqualTo(message);
    assertThat(pairs(last())).isEqualTo(pairs);
  }

  private static Map<String, Object> pairs(ILoggingEvent line) {
    return line.getKeyValuePairs() == null
        ? Map.of()
        : line.getKeyValuePairs().stream().collect(Collectors.toMap(p -> p.key, p -> p.value));
  }

  private static final class Unshowable {
    private int asked;

    @Override
    public String toString() {
      asked++;
      throw new IllegalStateException();
    }
  }

  @Test
  void aChildThatWasWishedAwaySaysSo() {
    reporter.exit(41, KILLED, ExitReason.CANCELLED);
    assertLine(
        Level.DEBUG,
        "child 41 is gone (CANCELLED): SIGNAL SIGKILL (exit code 137)",
        Map.of(
            "pid",
            41L,
            "cause",
            Death.Cause.SIGNAL,
            "exitCode",
            137,
            "signal",
            "SIGKILL",
            "reason",
            ExitReason.CANCELLED));
  }

  @Test
  void aWorkThatWouldNotLoadIsNotSaidToHaveRun() {
    reporter.timeout(41, "a.png", Duration.ofSeconds(30), Outcome.Limit.START);
    assertThat(last().getFormattedMessage())
        .isEqualTo("what a.png needs was not loaded within PT30S; its child 41 was killed");
  }

  /** What a JVM left behind is the child's to write; and a class may be called anything. */
  @Test
  void noDeathAndNoClassForgesALine() {
    Death forged =
        new Death(
            134,
            Optional.empty(),
            Death.Cause.NATIVE_CRASH,
            "",
            "SIGSEGV\u001b[2J\u009bx",
            Optional.empty(),
            0,
            Duration.ZERO,
            0,
            List.of());
    reporter.abort(41, "a", forged);
    assertThat(last().getFormattedMessage()).contains("SIGSEGV\\u001b[2J\\u009bx");
    reporter.exit(41, forged);
    assertThat(last().getFormattedMessage()).contains("SIGSEGV\\u001b[2J\\u009bx");
    reporter.startFailed(forged);
    assertThat(last().getFormattedMessage()).contains("SIGSEGV\\u001b[2J\\u009bx");
    reporter.fail(41, "a", new RemoteError("x\ny", "m", ""));
    assertThat(pairs(last())).containsEntry("cause", "x\\ny");
  }

  @Test
  void anItemThatHasNoTextIsToldAllTheSame() {
    Object odd =
        new Object() {
          @Override
          public String toString() {
            return null;
          }
        };
    reporter.begin(41, odd);
    assertThat(last().getFormattedMessage()).isEqualTo("child 41 began null");
  }
}
