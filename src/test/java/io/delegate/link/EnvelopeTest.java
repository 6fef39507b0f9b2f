package io.delegate.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.Deadline;
import io.delegate.Death;
import io.delegate.ExitReason;
import io.delegate.Fuzz;
import io.delegate.Outcome;
import io.delegate.Progress;
import io.delegate.RemoteError;
import io.delegate.wire.ProtocolException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a link says is the same on the other side, and nothing else is taken for it. */
class EnvelopeTest {
  private static final LinkId LINK = new LinkId(0x1122334455667788L, 3);
  private static final Digest DIGEST = Digest.of(Digest.begin());
  private static final Jar JAR = new Jar("a.jar", DIGEST, 17);

  private static Terms terms(int window, String retryHeap) {
    return new Terms(
        "name",
        window,
        Deadline.timesMedian(3).atLeast(Duration.ofMillis(1)).atMost(Duration.ofSeconds(2)),
        Duration.ofSeconds(3),
        null,
        Duration.ofSeconds(30),
        Duration.ofSeconds(7),
        -1,
        2,
        retryHeap,
        100,
        1 << 20,
        Duration.ofHours(1),
        null,
        1 << 26,
        "io.delegate.Codec",
        true,
        List.of("-Xmx64m"),
        new Job(0, List.of(JAR), new byte[] {1, 2}));
  }

  private static Death death() {
    return new Death(
        139,
        Optional.of("SIGSEGV"),
        Death.Cause.NATIVE_CRASH,
        "the last it said",
        "in frame C",
        Optional.of(Path.of("/tmp/hs_err")),
        1 << 30,
        Duration.ofSeconds(4),
        7,
        List.of(12L));
  }

  static List<Message> each() {
    return List.of(
        new Message.Ask(),
        new Message.Here("n1", 6, 12, List.of(LINK)),
        new Message.Open("1", terms(0, "512m"), List.of(JAR)),
        new Message.Piece(DIGEST, new byte[] {4, 5}, true),
        new Job(4, List.of(JAR), new byte[] {6}),
        new Message.Forget(4),
        new Message.Begin(1, 4),
        new Message.Items(
            1,
            List.of(
                new Message.Item(1, 0, 0, null, new byte[] {7}),
                new Message.Item(2, 1, 99, new byte[] {8}, new byte[0]))),
        new Message.End(1),
        new Message.Bye(),
        new Message.Opened(6, 1L << 40, 17, 13),
        new Message.Refused("why"),
        new Message.Want(List.of(DIGEST)),
        new Message.Answers(
            List.of(
                new Told.Answered(1, 1, 99, 1_000, Told.Kind.VALUE, new byte[] {0, 9, 0}, 1, 1),
                new Told.Died(2, 2, 99, Duration.ofMillis(5), death()),
                new Told.Late(
                    3,
                    1,
                    98,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(1),
                    Outcome.Limit.ITEM,
                    "main"),
                new Told.Unsent(4, 0, new RemoteError("E", "m", "s")))),
        new Message.Back(List.of(5L, 6L)),
        new Message.Room(3, 1L << 33),
        new Message.Failed(1, "why"),
        new Message.Gone(),
        new Message.Ping(77, true),
        new Message.Recall(2),
        new Message.Follow(true),
        new Message.Happened(new News.Spawned(4, Duration.ofMillis(90))),
        new Message.Happened(new News.Unborn(4, death(), Duration.ofMillis(90))),
        new Message.Happened(new News.Begun(4, 5)),
        new Message.Happened(new News.Slow(4, 5, Duration.ofSeconds(1))),
        new Message.Happened(new News.Said(4, 5, new Progress(OptionalDouble.of(.5), "half"))),
        new Message.Happened(new News.Said(4, 5, new Progress(OptionalDouble.empty(), ""))),
        new Message.Happened(
            new News.Gone(
                4, death(), Duration.ofSeconds(9), 7, Duration.ofSeconds(8), ExitReason.RECYCLED)));
  }

  @ParameterizedTest
  @MethodSource("each")
  void whatIsSaidIsHeard(Message message) throws Exception {
    byte[] bytes = new Envelope(true, LINK, 8, List.of(message, new Message.Gone())).toBytes();
    Envelope heard = Envelope.read(bytes);
    assertThat(heard.fromParent()).isTrue();
    assertThat(heard.link()).isEqualTo(LINK);
    assertThat(heard.number()).isEqualTo(8);
    assertThat(heard.messages()).hasSize(2);
    assertThat(heard.messages().get(0)).hasSameClassAs(message);
    assertThat(heard.toBytes()).isEqualTo(bytes);
  }

  /** Nodes of one version have spoken so; another must have another version. */
  @Test
  void theseBytes() {
    byte[] bytes =
        new Envelope(
                true,
                LINK,
                1,
                List.of(
                    new Message.Begin(2, 4),
                    new Message.Items(
                        2, List.of(new Message.Item(1, 0, 5, null, new byte[] {(byte) 0xab}))),
                    new Message.Recall(5)))
            .toBytes();
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo(
            "44474e01"
                + "01"
                + "1122334455667788"
                + "0000000000000003"
                + "0000000000000001"
                + ("07" + "0000000c" + "0000000000000002" + "00000004")
                + ("08" + "00000026" + "0000000000000002" + "00000001")
                + ("0000000000000001" + "00000000" + "0000000000000005")
                + ("00" + "00000001" + "ab")
                + ("14" + "00000004" + "00000005"));
  }

  @Test
  void whatIsDamagedIsTold() throws Exception {
    List<byte[]> whole = new ArrayList<>();
    for (Message message : each()) {
      whole.add(new Envelope(false, LINK, 1, List.of(message)).toBytes());
    }
    Fuzz.rounds(
        5_000,
        random -> {
          byte[] bytes = Fuzz.mutated(whole.get(random.nextInt(whole.size())), random);
          long allocated =
              Fuzz.allocated(
                  () -> {
                    try {
                      Envelope read = Envelope.read(bytes);
                      assertThat(read).isNotNull();
                    } catch (ProtocolException told) {
                      assertThat(told).hasMessageMatching("(?s).+");
                    }
                  });
          assertThat(allocated).isLessThan(1 << 20);
        });
  }

  @Test
  void anotherVersionIsNamed() {
    byte[] bytes = new Envelope(true, LINK, 1, List.of(new Message.Ask())).toBytes();
    bytes[3] = 2;
    assertThatThrownBy(() -> Envelope.read(bytes))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("version 2 of the link, this side 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Xmx1g", "", "1gb", "0"})
  void termsThatNoParentHas(String retryHeap) {
    assertUnsound(terms(0, retryHeap));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_537})
  void windowsThatNoParentHas(int window) {
    assertUnsound(terms(window, null));
  }

  private static void assertUnsound(Terms terms) {
    byte[] bytes =
        new Envelope(true, LINK, 1, List.of(new Message.Open("1", terms, List.of()))).toBytes();
    assertThatThrownBy(() -> Envelope.read(bytes))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("terms");
  }
}
