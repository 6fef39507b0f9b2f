package io.delegate.worker;

import io.delegate.wire.Ledger;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/**
 * Tells the parent what the threads of this JVM do, when it asks: just before it kills for time.
 * The thread that reads the channel is busy then, so the question stands in the ledger.
 */
final class Witness {
  private static final int LONGEST = 256 << 10;
  private static final int MOST_FRAMES = 200;

  /** The groups of the JDK's own threads. */
  private static final Set<String> JDKS = Set.of("system", "InnocuousThreadGroup");

  private final Ledger ledger;
  private final Stage stage;
  private final Runner runner;
  private long told;

  Witness(Ledger ledger, Stage stage, Runner runner) {
    this.ledger = ledger;
    this.stage = stage;
    this.runner = runner;
  }

  /** Whether an item runs, which is when a question may come. */
  boolean isBusy() {
    return runner.isBusy();
  }

  /** Answers if there is a question. Never throws: it is the parent's watch that calls. */
  void look() {
    long asked = ledger.dumpAsked();
    if (asked == told) {
      return;
    }
    told = asked;
    if (asked == 0) { // the question was taken back
      return;
    }
    try {
      Map<Thread, StackTraceElement[]> all = Thread.getAllStackTraces();
      byte[] text = text(all, Locks.NONE).getBytes(StandardCharsets.UTF_8);
      stage.dump(asked, text);
      // what it waits for takes longer to tell, and on a busy machine there may be no time left
      boolean waits = runner.thread().getState() != Thread.State.RUNNABLE;
      stage.dump(asked, waits ? text(all, Locks.look()).getBytes(StandardCharsets.UTF_8) : text);
    } catch (Throwable e) {
      // then the parent kills without it
    }
  }

  private String text(Map<Thread, StackTraceElement[]> all, Locks locks) {
    StringBuilder text = new StringBuilder();
    Thread works = runner.thread();
    append(text, works, all.getOrDefault(works, new StackTraceElement[0]), locks);
    all.forEach(
        (thread, stack) -> {
          if (thread != works) {
            append(text, thread, stack, locks);
          }
        });
    return text.length() <= LONGEST ? text.toString() : text.substring(0, LONGEST) + "…";
  }

  private static void append(
      StringBuilder text, Thread thread, StackTraceElement[] stack, Locks locks) {
    ThreadGroup group = thread.getThreadGroup();
    boolean users = group != null && !JDKS.contains(group.getName());
    if (!users || thread.getName().startsWith("delegate-") || text.length() > LONGEST) {
      return;
    }
    text.append('"').append(thread.getName()).append("\" ").append(thread.getState());
    text.append(locks.of(thread));
    for (int i = 0; i < stack.length; i++) {
      if (i == MOST_FRAMES) {
        text.append("\n\t… ").append(stack.length - i).append(" more");
        break;
      }
      if (stack[i].getClassName().startsWith("io.delegate.worker.")) {
        break; // ours, and what called us
      }
      text.append("\n\tat ").append(asPrinted(stack[i]));
    }
    text.append('\n');
  }

  /** As {@link Throwable#printStackTrace()} has it: without the loader and version of the JDK's. */
  private static StackTraceElement asPrinted(StackTraceElement e) {
    return new StackTraceElement(
        null,
        e.getModuleName(),
        null,
        e.getClassName(),
        e.getMethodName(),
        e.getFileName(),
        e.getLineNumber());
  }
}
