package io.delegate.wire;

import static io.delegate.wire.Ledger.State.DONE;
import static io.delegate.wire.Ledger.State.FREE;
import static io.delegate.wire.Ledger.State.QUEUED;
import static io.delegate.wire.Ledger.State.REVOKED;
import static io.delegate.wire.Ledger.State.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  @TempDir Path directory;
  private Path file;
  private Ledger parent;
  private Ledger child;

  @BeforeEach
  void makeOneAndOpenItAsTheChildDoes() throws IOException {
    file = directory.resolve("l1");
    parent = Ledger.create(file, 4, 256);
    child = Ledger.open(file);
  }

  @AfterEach
  void close() {
    parent.close();
    child.close();
  }

  @Test
  void anInterruptedThreadFindsItWhole() {
    try {
      for (int i = 0; i < 2; i++) {
        Thread.currentThread().interrupt();
        assertThat(parent.isWhole()).isTrue();
      }
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aNewLedgerIsFreeAndEmpty() {
    assertThat(parent.places()).isEqualTo(4);
    assertThat(child.places()).isEqualTo(4);
    for (int place = 0; place < 4; place++) {
      assertThat(child.state(place, 1)).isEqualTo(FREE);
      assertThat(child.since(place)).isZero();
    }
    assertThat(parent.salvage()).isEmpty();
    assertThat(child.staging().remaining()).isEqualTo(256);
  }

  @Test
  void anItemIsQueuedClaimedAndDoneAndBothSidesSeeIt() {
    parent.queue(2, 7);
    assertThat(child.state(2, 7)).isEqualTo(QUEUED);
    assertThat(child.claim(2, 7, 12345)).isTrue();
    assertThat(parent.state(2, 7)).isEqualTo(RUNNING);
    assertThat(parent.since(2)).isEqualTo(12345);
    child.done(2, 7);
    assertThat(parent.state(2, 7)).isEqualTo(DONE);
    assertThat(parent.state(1, 7)).isEqualTo(FREE);
  }

  @Test
  void anItemTakenBackNeverRuns() {
    parent.queue(0, 1);
    assertThat(parent.revoke(0, 1)).isTrue();
    assertThat(parent.state(0, 1)).isEqualTo(REVOKED);
    assertThat(child.claim(0, 1, 5)).isFalse();
    child.done(0, 1);
    assertThat(parent.state(0, 1)).isEqualTo(REVOKED);
    assertThat(parent.revoke(0, 1)).isFalse();
  }

  @Test
  void whatRunsOrIsDoneCannotBeTakenBack() {
    parent.queue(0, 1);
    child.claim(0, 1, 5);
    assertThat(parent.revoke(0, 1)).isFalse();
    assertThat(parent.state(0, 1)).isEqualTo(RUNNING);
    child.done(0, 1);
    assertThat(parent.revoke(0, 1)).isFalse();
    assertThat(parent.state(0, 1)).isEqualTo(DONE);
  }

  @Test
  void nothingIsClaimedTwice() {
    parent.queue(0, 1);
    assertThat(child.claim(0, 1, 5)).isTrue();
    assertThat(child.claim(0, 1, 6)).isFalse();
    child.done(0, 1);
    assertThat(child.claim(0, 1, 7)).isFalse();
    assertThat(parent.state(0, 1)).isEqualTo(DONE);
  }

  @Test
  void nothingIsClaimedTakenBackOrDoneInAFreePlace() {
    assertThat(child.claim(0, 1, 5)).isFalse();
    assertThat(parent.revoke(0, 1)).isFalse();
    child.done(0, 1);
    assertThat(parent.state(0, 1)).isEqualTo(FREE);
    assertThat(child.claim(0, 0, 5)).isFalse();
  }

  @Test
  void aLateClaimOfAnOldItemFailsInAPlaceUsedAnew() {
    parent.queue(0, 1);
    parent.revoke(0, 1);
    parent.queue(0, 9);
    assertThat(child.claim(0, 1, 5)).isFalse();
    assertThat(parent.state(0, 9)).isEqualTo(QUEUED);
    assertThat(parent.state(0, 1)).isEqualTo(FREE);
    assertThat(parent.revoke(0, 1)).isFalse();
    assertThat(child.claim(0, 9, 6)).isTrue();
  }

  @Test
  void theLateEndOfAnOldItemLeavesTheNewOneAlone() {
    parent.queue(0, 1);
    child.claim(0, 1, 5);
    parent.queue(0, 9); // its result was sent before the child could mark it
    child.done(0, 1);
    assertThat(parent.state(0, 9)).isEqualTo(QUEUED);
    assertThat(child.claim(0, 9, 6)).isTrue();
    child.done(0, 1);
    assertThat(parent.state(0, 9)).isEqualTo(RUNNING);
  }

  @Test
  void sequenceNumbersMayBeLarge() {
    long seq = (1L << 60) + 3;
    parent.queue(3, seq);
    assertThat(child.state(3, seq)).isEqualTo(QUEUED);
    assertThat(child.state(3, 3)).isEqualTo(FREE);
    assertThat(child.claim(3, seq, -1)).isTrue();
    assertThat(parent.since(3)).isEqualTo(-1);
  }

  @Test
  void thereAreNoPlacesOutsideTheLedger() {
    for (int place : new int[] {-1, 4, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> child.claim(place, 1, 1))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("place " + place + " of 4");
      assertThatThrownBy(() -> parent.since(place)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void aStateThatNoHonestChildWritesCountsAsFree() throws IOException {
    for (int code = 6; code < 8; code++) {
      write(128, 7L << 3 | code);
      assertThat(parent.state(0, 7)).isEqualTo(FREE);
    }
    write(128, -1);
    assertThat(parent.state(0, -1)).isEqualTo(FREE);
  }

  @Test
  void whatIsStagedCanBeSalvaged() {
    byte[] frames = "two frames".getBytes(StandardCharsets.US_ASCII);
    child.staging().put(frames);
    assertThat(parent.salvage()).isEmpty();
    child.staged(frames.length);
    assertThat(parent.salvage()).isEqualTo(frames);
    child.staged(3);
    assertThat(parent.salvage()).isEqualTo(Arrays.copyOf(frames, 3));
    child.staged(0);
    assertThat(parent.salvage()).isEmpty();
  }

  @Test
  void stagingIsBigEndianAndDoesNotTouchThePlaces() {
    parent.queue(3, 5);
    ByteBuffer staging = child.staging();
    assertThat(staging.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
    while (staging.hasRemaining()) {
      staging.put((byte) -1);
    }
    assertThat(parent.state(3, 5)).isEqualTo(QUEUED);
  }

  @Test
  void aHostileEndOfStagingGivesNoMoreThanStaging() throws IOException {
    for (long end : new long[] {257, Integer.MAX_VALUE, 1L << 32, (1L << 32) + 5, Long.MAX_VALUE}) {
      write(64, end);
      assertThat(parent.salvage()).as("end " + end).hasSize(256);
    }
    for (long end : new long[] {-1, Integer.MIN_VALUE, Long.MIN_VALUE}) {
      write(64, end);
      assertThat(parent.salvage()).as("end " + end).isEmpty();
    }
  }

  /** Writes past the ledger's methods, as a wild native pointer in a child would. */
  private void write(int at, long value) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(value).flip();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(bytes, at);
    }
  }

  @Test
  void aFileThatIsThereIsNotOverwritten() throws IOException {
    parent.queue(0, 1);
    assertThatThrownBy(() -> Ledger.create(file, 1, 64)).isInstanceOf(IOException.class);
    assertThat(child.state(0, 1)).isEqualTo(QUEUED);
  }

  @Test
  void aPlaceThatCannotBeWrittenIsAnIoException() throws IOException {
    Path plainFile = Files.createFile(directory.resolve("plain"));
    for (Path wrong :
        new Path[] {directory.resolve("missing/l"), plainFile.resolve("l"), directory}) {
      assertThatThrownBy(() -> Ledger.create(wrong, 1, 64)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void whatIsNoLedgerIsNotOpened() throws IOException {
    assertThatThrownBy(() -> Ledger.open(directory.resolve("missing")))
        .isInstanceOf(IOException.class);
    for (int size : new int[] {0, 1, 127, 128, 1000}) {
      Path other = Files.write(directory.resolve("other" + size), new byte[size]);
      assertThatThrownBy(() -> Ledger.open(other))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("no ledger");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void closeTakesTheMappingAway() throws IOException {
    Path maps = Path.of("/proc/self/maps");
    Path another = directory.resolve("unmap-me");
    Ledger ledger = Ledger.create(another, 1, 64);
    assertThat(Files.readString(maps)).contains("unmap-me");
    ledger.close();
    assertThat(Files.readString(maps)).doesNotContain("unmap-me");
  }
}
