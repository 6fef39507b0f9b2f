package io.delegate.faults;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** Takes what the children print from the log, by child, and hides it from everybody else. */
final class Output extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  /** What a child has printed. */
  record Lines(Queue<String> stdout, Queue<String> stderr) {
    Lines() {
      this(new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>());
    }
  }

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.delegate.child");
  private final boolean additive = logger.isAdditive();
  private final Map<Long, Lines> lines = new ConcurrentHashMap<>();

  Output() {
    start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    long pid = Long.parseLong(event.getMDCPropertyMap().get("delegate.pid"));
    Lines of = lines.computeIfAbsent(pid, p -> new Lines());
    boolean err = event.getLoggerName().endsWith("err");
    (err ? of.stderr() : of.stdout()).add(event.getFormattedMessage());
  }

  /** All that came from that child; once, for its pid may be used again. */
  Lines take(long pid) {
    Lines of = lines.remove(pid);
    return of == null ? new Lines() : of;
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setAdditive(additive);
    logger.setLevel(null);
    stop();
  }
}
