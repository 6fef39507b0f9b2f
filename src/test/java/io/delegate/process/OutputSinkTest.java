package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.delegate.Output;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class OutputSinkTest {
  @Test
  void linesAreLoggedWithThePid() {
    Logger logger = (Logger) LoggerFactory.getLogger("io.delegate.child");
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try {
      OutputSink.of(Output.LOG).stdout(7, "to out {}");
      OutputSink.of(Output.LOG).stderr(8, "to err");
    } finally {
      logger.detachAppender(appender);
    }
    assertThat(appender.list)
        .extracting(
            e ->
                e.getLoggerName()
                    + " "
                    + e.getLevel()
                    + " "
                    + e.getMDCPropertyMap().get("delegate.pid")
                    + " "
                    + e.getFormattedMessage())
        .containsExactly(
            "io.delegate.child.stdout INFO 7 to out {}", "io.delegate.child.stderr WARN 8 to err");
    assertThat(MDC.get("delegate.pid")).isNull();
  }

  @Test
  void linesAreInheritedOrDiscarded() {
    PrintStream before = System.out;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
    try {
      OutputSink.of(Output.INHERIT).stdout(1, "seen");
      OutputSink.of(Output.DISCARD).stdout(1, "unseen");
    } finally {
      System.setOut(before);
    }
    assertThat(written.toString(StandardCharsets.UTF_8).strip()).isEqualTo("seen");
  }
}
