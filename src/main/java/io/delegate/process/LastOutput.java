package io.delegate.process;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What is still in a pipe when the tree that wrote to it is dead. It is read to the end however
 * slow the sink is, unless a stranger holds the other end: then the pipe falls silent without an
 * end, or holds more than a pipe can.
 */
final class LastOutput {
  private static final long SILENCE_MILLIS = 400;

  /** Linux lets no ordinary user have a larger pipe. */
  private static final long LARGEST_PIPE = 1024 * 1024;

  /** Steps of silence, 6 s: for a sink that does not return. */
  private static final int PATIENCE = 15;

  private final OutputReader reader;
  private final long before;

  LastOutput(OutputReader reader) {
    this.reader = reader;
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
    for (int step = 0; step < PATIENCE; step++) {
      if (isDoneSoon()) {
        return true;
      }
      long now = reader.bytes();
      if ((reader.isWaiting() && now == last) || now - before > LARGEST_PIPE) {
        break;
      }
      last = now;
    }
    if (!reader.isWaiting()) {
      reader.mute();
      return isDoneSoon(); // what is left of it is in the death's last lines, if not in the log
    }
    return false;
  }

  private boolean isDoneSoon() {
    try {
      reader.done().get(SILENCE_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | InterruptedException | ExecutionException notYet) {
      return false;
    }
  }
}
