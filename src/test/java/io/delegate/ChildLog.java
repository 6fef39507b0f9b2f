package io.delegate;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** What children's lines come to with {@link Output#LOG}, in place of the console. */
final class ChildLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  /** One line; the item is what the MDC says, or null. */
  record Line(boolean isErr, String pid, String item, String text) {}

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.delegate.child");
  private final boolean additive = logger.isAdditive();
  private final Consumer<Line> also;
  private final List<Line> lines = new CopyOnWriteArrayList<>();

  ChildLog() {
    this(line -> {});
  }

  /** Calls that for each line, on the thread that logs. */
  ChildLog(Consumer<Line> also) {
    this.also = also;
    setContext(logger.getLoggerContext());
    logger.setAdditive(false);
    start();
    logger.addAppender(this);
  }

  /** Not one at a time, as {@link AppenderBase} has it: a slow stream must not stop another. */
  @Override
  public void doAppend(ILoggingEvent event) {
    append(event);
  }

  @Override
  protected void append(ILoggingEvent event) {
    Map<String, String> mdc = event.getMDCPropertyMap(); // of the thread that asks first
    Line line =
        new Line(
            event.getLoggerName().endsWith(".stderr"),
            mdc.get("delegate.pid"),
            mdc.get("delegate.item"),
            event.getFormattedMessage());
    lines.add(line);
    also.accept(line);
  }

  Stream<Line> lines() {
    return lines.stream();
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setAdditive(additive);
    stop();
  }
}
