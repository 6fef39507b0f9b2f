package io.delegate.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.wire.Frame;
import io.delegate.wire.ProtocolException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntakeTest {
  private static final int USUAL = 64 << 10;
  private static final int KEPT = 4 << 20;

  @TempDir Path directory;
  private Wire wire;
  private Intake intake;

  @BeforeEach
  void connect() throws IOException {
    wire = new Wire(directory, 1, 64);
    intake = new Intake(wire.child);
  }

  @AfterEach
  void close() throws IOException {
    wire.close();
  }

  private static ByteBuffer frame(Frame.Type type, byte[] payload) {
    ByteBuffer out = ByteBuffer.allocate(Frame.HEADER + payload.length);
    Frame.putHeader(out, type, payload.length);
    return out.put(payload).flip();
  }

  private static byte[] payload(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private void assertNext(Frame.Type type, int length) throws IOException {
    assertThat(intake.next()).isEqualTo(type);
    byte[] got = new byte[intake.payload().remaining()];
    intake.payload().get(got);
    assertThat(got).isEqualTo(payload(length));
  }

  @Test
  void framesCutAtAnyByteComeWhole() throws IOException {
    int bytes = 3 * Frame.HEADER + 5 + 0 + 11;
    for (int cut = 1; cut < bytes; cut++) {
      intake = new Intake(wire.child.cutAt(cut, bytes - cut));
      wire.send(frame(Frame.Type.WORK, payload(5)));
      wire.send(frame(Frame.Type.BYE, payload(0)));
      wire.send(frame(Frame.Type.ITEM, payload(11)));
      assertNext(Frame.Type.WORK, 5);
      assertNext(Frame.Type.BYE, 0);
      assertNext(Frame.Type.ITEM, 11);
      assertThat(intake.drained()).isTrue();
    }
  }

  @Test
  void framesThatComeByteByByteComeWhole() throws IOException {
    intake = new Intake(wire.child.cutEvery(1));
    for (int i = 0; i < 20; i++) {
      wire.send(frame(Frame.Type.ITEM, payload(i)));
    }
    for (int i = 0; i < 20; i++) {
      assertThat(intake.drained()).isTrue();
      assertNext(Frame.Type.ITEM, i);
    }
  }

  @Test
  void itIsDrainedUnlessAWholeFrameIsAtHand() throws IOException {
    assertThat(intake.drained()).isTrue();
    int first = Frame.HEADER + 5;
    int second = Frame.HEADER + 7;
    intake = new Intake(wire.child.cutAt(first + second + 3, Frame.HEADER + 9 - 3));
    wire.send(frame(Frame.Type.ITEM, payload(5)));
    wire.send(frame(Frame.Type.ITEM, payload(7)));
    wire.send(frame(Frame.Type.ITEM, payload(9)));
    assertNext(Frame.Type.ITEM, 5);
    assertThat(intake.drained()).isFalse();
    assertNext(Frame.Type.ITEM, 7);
    assertThat(intake.drained()).as("three bytes of a header").isTrue();
    assertNext(Frame.Type.ITEM, 9);
  }

  @Test
  void aHeaderWithoutItsPayloadIsNotAWholeFrame() throws IOException {
    intake = new Intake(wire.child.cutAt(Frame.HEADER + 5 + Frame.HEADER + 2, 7));
    wire.send(frame(Frame.Type.ITEM, payload(5)));
    wire.send(frame(Frame.Type.ITEM, payload(9)));
    assertNext(Frame.Type.ITEM, 5);
    assertThat(intake.drained()).isTrue();
    assertNext(Frame.Type.ITEM, 9);
  }

  @Test
  void framesLargerThanItsBufferAndSmallOnesBehindThem() throws Exception {
    List<Integer> lengths = new ArrayList<>();
    for (int large :
        new int[] {
          USUAL - 9, USUAL - 8, USUAL - 7, USUAL, USUAL + 1, 3 * USUAL, 1_000_000, KEPT, KEPT + 1
        }) {
      lengths.addAll(List.of(large, 0, 3, large, large / 2, 1, 2, 60_000));
    }
    CompletableFuture<Void> sender =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (int length : lengths) {
                  wire.send(frame(Frame.Type.ITEM, payload(length)));
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    for (int length : lengths) {
      assertNext(Frame.Type.ITEM, length);
    }
    sender.get(30, TimeUnit.SECONDS);
    assertThat(intake.drained()).isTrue();
  }

  @Test
  void framesOfRandomSizesInPiecesOfRandomSizes() throws Exception {
    Random random = new Random(1999);
    int[] lengths = random.ints(300, 0, 100).map(i -> i < 3 ? 40_000 * (i + 1) : i).toArray();
    wire.child.cutEvery(4_093);
    CompletableFuture<Void> sender =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (int length : lengths) {
                  wire.send(frame(Frame.Type.ITEM, payload(length)));
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    for (int length : lengths) {
      assertNext(Frame.Type.ITEM, length);
    }
    sender.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aFrameBeyondTheLimitIsRefusedBeforeItsPayloadCame() throws IOException {
    intake.limit(100);
    wire.send(frame(Frame.Type.ITEM, payload(100)));
    assertNext(Frame.Type.ITEM, 100);
    ByteBuffer head = ByteBuffer.allocate(Frame.HEADER);
    Frame.putHeader(head, Frame.Type.ITEM, 1 << 30);
    wire.send(head.flip());
    assertThatThrownBy(intake::next)
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("1073741824 bytes");
  }

  @Test
  void nonsenseIsRefused() throws IOException {
    for (byte[] nonsense :
        List.of(
            new byte[8],
            "HTTP/1.1 200 OK".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
            new byte[] {0x44, 0x47, 2, 1, 0, 0, 0, 0},
            new byte[] {0x44, 0x47, 1, 99, 0, 0, 0, 0},
            new byte[] {0x44, 0x47, 1, 4, -1, -1, -1, -1})) {
      Intake fresh = new Intake(wire.child.cutAt(nonsense.length));
      wire.send(ByteBuffer.wrap(nonsense));
      assertThatThrownBy(fresh::next).isInstanceOf(ProtocolException.class);
    }
  }

  @Test
  void theEndOfTheChannelIsAnEndOfFileWhereverItComes() throws IOException {
    ByteBuffer whole = frame(Frame.Type.ITEM, payload(5));
    wire.send(frame(Frame.Type.ITEM, payload(3)));
    wire.send(whole.limit(10));
    wire.parent.close();
    assertNext(Frame.Type.ITEM, 3);
    assertThatThrownBy(intake::next).isInstanceOf(EOFException.class);
    assertThatThrownBy(intake::next).isInstanceOf(EOFException.class);
  }
}
