package io.delegate.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.wire.Frame;
import io.delegate.wire.ResultFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stage's flusher writes on its own after some time, so what is said of unsent results holds only
 * as long as the test holds the stage's monitor, as a runner in the middle of a call does.
 */
class StageTest {
  private static final int SMALL = Frame.HEADER + ResultFrame.FIXED + 5;

  @TempDir Path directory;
  private Wire wire;
  private Stage stage;

  private void open(int staging) throws IOException {
    wire = new Wire(directory, 1, staging);
    stage = new Stage(wire.childLedger, wire.child);
  }

  @AfterEach
  void close() throws IOException {
    stage.flush(); // or the flusher would find the channel closed and end this JVM
    wire.close();
  }

  private void integer(long seq) throws IOException {
    stage.scalar(seq, ResultFrame.OK, 1, (int) seq, 5);
  }

  private static List<Long> seqs(List<Wire.Result> results) {
    return results.stream().map(Wire.Result::seq).toList();
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  @Test
  void whatIsStagedStandsInTheLedgerUntilItIsSent() throws IOException {
    open(10_000);
    synchronized (stage) {
      integer(1);
      stage.bytes(2, ResultFrame.FAILED, 1, new byte[] {1, 2, 3});
      stage.scalar(3, ResultFrame.SKIPPED, 0, null, 0);
      stage.scalar(4, ResultFrame.OK, 0, null, 1);
      assertThat(wire.child.writes).hasValue(0);
      byte[] salvaged = wire.ledger.salvage();
      assertThat(salvaged).hasSize(4 * (SMALL - 5) + 5 + 3 + 0 + 1);
      ByteBuffer first = ByteBuffer.wrap(salvaged);
      assertThat(Frame.header(first, 100)).isEqualTo(Frame.Type.RESULT);
      assertThat(first.getLong()).isEqualTo(1);
      stage.flush();
      assertThat(wire.child.writes).hasValue(1);
      assertThat(wire.ledger.salvage()).isEmpty();
      stage.flush();
      assertThat(wire.child.writes).as("nothing to send").hasValue(1);
    }
    List<Wire.Result> results = wire.results(4);
    assertThat(seqs(results)).isEqualTo(upTo(4));
    assertThat(results)
        .extracting(Wire.Result::status)
        .containsExactly((byte) 0, (byte) 1, (byte) 2, (byte) 0);
    assertThat(results.get(1).value()).containsExactly(1, 2, 3);
    assertThat(results.get(2).value()).isEmpty();
    assertThat(results.get(3).value()).containsExactly(0);
  }

  @Test
  void aFullStageIsSentAndNothingIsLostOrTurnedAround() throws Exception {
    open(3 * SMALL + 1);
    synchronized (stage) {
      for (int seq = 1; seq <= 3; seq++) {
        integer(seq);
      }
      assertThat(wire.child.writes).hasValue(0);
      integer(4);
      assertThat(wire.child.writes).hasValue(1);
      assertThat(wire.ledger.salvage()).hasSize(SMALL);
    }
    for (int seq = 5; seq <= 500; seq++) {
      integer(seq);
    }
    stage.flush();
    List<Wire.Result> results = wire.results(500);
    assertThat(seqs(results)).isEqualTo(upTo(500));
    for (Wire.Result result : results) {
      assertThat(result.decoded()).isEqualTo((int) result.seq());
    }
  }

  @Test
  void aResultThatFillsTheStageExactlyIsStaged() throws IOException {
    open(SMALL);
    synchronized (stage) {
      integer(1);
      assertThat(wire.ledger.salvage()).hasSize(SMALL);
      assertThat(wire.child.writes).hasValue(0);
    }
  }

  @Test
  void aResultLargerThanTheStageFollowsWhatWasStagedBeforeIt() throws Exception {
    open(100);
    String text = "→".repeat(20_000);
    byte[] bytes = new byte[20_000];
    bytes[19_999] = 7;
    for (int i = 0; i < 3; i++) {
      integer(6 * i + 1);
      stage.scalar(6 * i + 2, ResultFrame.OK, 1, text, 1 + 2 * text.length());
      integer(6 * i + 3);
      integer(6 * i + 4);
      stage.bytes(6 * i + 5, ResultFrame.OK, 1, bytes);
      stage.bytes(6 * i + 6, ResultFrame.FAILED, 1, new byte[1]);
      stage.flush();
      List<Wire.Result> results = wire.results(6);
      assertThat(seqs(results))
          .isEqualTo(LongStream.rangeClosed(6 * i + 1, 6 * i + 6).boxed().toList());
      assertThat(results.get(1).decoded()).isEqualTo(text);
      assertThat(results.get(4).value()).isEqualTo(bytes);
    }
  }

  @Test
  void anAnswerWithoutAValueFitsWhereNothingElseDoes() throws IOException {
    open(16);
    stage.scalar(1, ResultFrame.SKIPPED, 0, null, 0);
    integer(2);
    List<Wire.Result> results = wire.results(2);
    assertThat(seqs(results)).isEqualTo(upTo(2));
    assertThat(results.get(0).value()).isEmpty();
  }

  /** This thread reads and does nothing for the stage, as a runner in a long item. */
  @Test
  void aResultBehindALongItemIsSentByTheFlusher() throws IOException {
    open(10_000);
    for (int seq = 1; seq <= 20; seq++) {
      integer(seq);
      stage.wakeFlusher();
      assertThat(wire.result().seq()).isEqualTo(seq);
    }
  }

  @Test
  void aFlusherThatFellAsleepIsWokenByTheNextItem() throws IOException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    open(10_000);
    Thread flusher =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("delegate-flusher"))
            .filter(thread -> !before.contains(thread))
            .findFirst()
            .orElseThrow();
    assertThat(flusher.isDaemon()).isTrue();
    for (int seq = 1; seq <= 3; seq++) {
      await().until(flusher::getState, state -> state == Thread.State.WAITING);
      stage.wakeFlusher(); // nothing is staged: it may sleep on
      integer(seq);
      stage.wakeFlusher();
      assertThat(wire.result().seq()).isEqualTo(seq);
    }
  }

  /** A channel is closed by the interrupt of a thread that writes, for ever. */
  @Test
  void anInterruptLeftBehindDoesNotReachTheChannel() throws IOException {
    open(10_000);
    integer(1);
    Thread.currentThread().interrupt();
    stage.flush();
    boolean unused = Thread.interrupted();
    assertThat(wire.child.interruptedWrites).hasValue(0);
    assertThat(wire.result().seq()).isEqualTo(1);
  }
}
