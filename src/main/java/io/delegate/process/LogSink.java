package io.delegate.process;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

enum LogSink implements OutputSink {
  INSTANCE;

  private static final String PID = "delegate.pid";
  private static final String ITEM = "delegate.item";
  private static final Logger STDOUT = LoggerFactory.getLogger("io.delegate.child.stdout");
  private static final Logger STDERR = LoggerFactory.getLogger("io.delegate.child.stderr");

  @Override
  public void stdout(long pid, String line) {
    stdout(pid, "", line);
  }

  @Override
  public void stderr(long pid, String line) {
    stderr(pid, "", line);
  }

  @Override
  public void stdout(long pid, String item, String line) {
    if (STDOUT.isInfoEnabled()) {
      with(pid, item, () -> STDOUT.info("{}", line));
    }
  }

  @Override
  public void stderr(long pid, String item, String line) {
    if (STDERR.isWarnEnabled()) {
      with(pid, item, () -> STDERR.warn("{}", line));
    }
  }

  private static void with(long pid, String item, Runnable write) {
    MDC.put(PID, Long.toString(pid));
    if (!item.isEmpty()) {
      MDC.put(ITEM, item);
    }
    try {
      write.run();
    } finally {
      MDC.remove(PID);
      MDC.remove(ITEM);
    }
  }
}
