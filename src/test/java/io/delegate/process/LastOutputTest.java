package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LastOutputTest {
  private final Collection<String> lines = new ConcurrentLinkedQueue<>();

  @SuppressWarnings("NullAway.Init") // before each test
  private Pipe pipe;

  @SuppressWarnings("NullAway.Init") // before each test
  private OutputReader reader;

  @SuppressWarnings("NullAway.Init") // before each test
  private Thread thread;

  @BeforeEach
  void read() throws Exception {
    pipe = Pipe.open();
    reader = new OutputReader(pipe.source(), new byte[] {1}, null, (item, line) -> lines.add(line));
    thread = new Thread(reader);
    thread.start();
    while (!reader.isWaiting()) {
      Thread.yield();
    }
  }

  @AfterEach
  void end() throws Exception {
    pipe.sink().close();
    thread.join();
  }

  private void write(String text) {
    try {
      long before = reader.bytes();
      pipe.sink().write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
      while (reader.bytes() < before + text.length() || !reader.isWaiting()) {
        Thread.yield();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs it with steps that do what a reader may, which is slow to get a processor. */
  private int steps(IntPredicate step) {
    AtomicInteger steps = new AtomicInteger();
    new LastOutput(reader, () -> step.test(steps.incrementAndGet())).await();
    return steps.get();
  }

  @Test
  void someSilenceLosesNoLine() {
    int steps =
        steps(
            step -> {
              if (step % 4 == 0) {
                write("line " + step + "\n");
              }
              return step == 40;
            });
    assertThat(steps).isEqualTo(40);
    assertThat(reader.done()).as("given up").isNotDone();
    assertThat(lines).hasSize(10).endsWith("line 40");
  }

  @Test
  void lastingSilenceIsTheEnd() {
    assertThat(steps(step -> false)).isEqualTo(5);
    assertThat(reader.done()).isDone();
  }

  @Test
  void whoeverWritesForEverIsGivenUpOn() {
    String much = "x".repeat(4095) + "\n";
    assertThat(
            steps(
                step -> {
                  write(much.repeat(4));
                  return false;
                }))
        .isBetween(64, 75);
  }

  @Test
  void whereNoMemoryIsLeftItIsGivenUpOn() {
    assertThat(
            steps(
                step -> {
                  throw new OutOfMemoryError("of the test's imagination");
                }))
        .isOne();
    assertThat(reader.done()).isDone();
  }
}
