package io.delegate.process;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * What is still in a pipe when the tree that wrote to it is dead. It is read to the end however
 * slow the sink is, unless a stranger holds the other end: then the pipe falls silent without an
 * end, or holds more than a pipe can.
 */
final class LastOutput {
  private static final long STEP_MILLIS = 80;

  /** Steps, 400 ms: one alone may mean that the machine was too busy for the reader to run. */
  private static final int SILENCE = 5;

  /** Linux lets no ordinary user have a larger pipe. */
  private static final long LARGEST_PIPE = 1024 * 1024;

  /** Steps of silence, 6 s: for a sink that does not return. */
  private static final int PATIENCE = 75;

  private final OutputReader reader;
  private final BooleanSupplier step;
  private final long before;

  LastOutput(OutputReader reader) {
    this(reader, () -> isDoneSoon(reader));
  }

  /** The step waits, and is true if the reader is done. */
  LastOutput(OutputReader reader, BooleanSupplier step) {
    this.reader = reader;
    this.step = step;
    this.before = reader.bytes();
  }

  /** Returns when the reader is done, or was given up. */
  void await() {
    try {
      if (isReadToTheEnd()) {
        return;
      }
    } catch (OutOfMemoryError noPatience) {
      // this JVM is full
    }
    reader.giveUp();
  }

  private boolean isReadToTheEnd() {
    long last = before;
    int silent = 0;
    for (int i = 0; i < PATIENCE && silent < SILENCE; i++) {
      if (step.getAsBoolean()) {
        return true;
      }
      long now = reader.bytes();
      if (now - before > LARGEST_PIPE) {
        break;
      }
      silent = reader.isWaiting() && now == last ? silent + 1 : 0;
      last = now;
    }
    if (reader.isWaiting()) {
      return false;
    }
    reader.mute(); // what is left of it is in the death's last lines, if not in the log
    return IntStream.range(0, SILENCE).anyMatch(i -> step.getAsBoolean());
  }

  private static boolean isDoneSoon(OutputReader reader) {
    try {
      reader.done().get(STEP_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | InterruptedException | ExecutionException notYet) {
      return false;
    }
  }
}
