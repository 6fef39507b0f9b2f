package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.Inside;
import io.delegate.NothingLeft;
import io.delegate.Output;
import io.delegate.ProcessScheduler;
import io.delegate.conformance.InMemory;
import io.delegate.wire.Found;
import io.delegate.wire.Frame;
import io.delegate.wire.Hello;
import io.delegate.wire.ResultFrame;
import io.delegate.wire.Wanted;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The second connection of a child, spoken by hand. */
@ExtendWith(NothingLeft.class)
class ClassDeskTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final long PID = 7;
  private static final byte[] BYTES = {1, 2, 3};

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);

  private final InMemory.Loader loader =
      new InMemory.Loader(ClassDeskTest.class.getClassLoader(), Map.of("a.B", BYTES)) {
        @Override
        public InputStream getResourceAsStream(String name) {
          if (name.equals("slow")) {
            asked.countDown();
            try {
              go.await();
            } catch (InterruptedException e) {
              interrupted.countDown();
            }
          }
          return super.getResourceAsStream(name);
        }
      };

  private ProcessScheduler scheduler;
  private Pool pool;
  private Gateway gateway;
  private Child child;
  private byte[] token;
  private int number;
  private SocketChannel first;

  @BeforeEach
  void open() throws IOException {
    scheduler = ProcessScheduler.builder().children(1).output(Output.DISCARD).build();
    pool = Inside.pool(scheduler);
    gateway = Gateway.acquire();
    Slot slot = new Slot();
    child = new Child(pool, pool.options(), slot, false);
    slot.state = new SlotState.Starting<>(child);
    token = gateway.expect(child);
    number = pool.works().loaders().numberOf(loader);
    first = connect(Frame.Type.HELLO, token, PID);
    await().atMost(LONG).until(() -> gateway.owner(new Hello(token, PID, 0)) == child);
  }

  @AfterEach
  void close() throws IOException {
    go.countDown();
    leave(first);
    gateway.forget(token);
    gateway.release().join();
    scheduler.close();
  }

  private SocketChannel connect(Frame.Type type, byte[] secret, long pid) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(gateway.address().substring("unix:".length())));
    send(channel, new Hello(secret, pid, System.nanoTime()).toFrame(type));
    return channel;
  }

  private record Desk(SocketChannel channel) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      leave(channel);
    }
  }

  private SocketChannel desk() throws IOException {
    child.rights().grant(1, number, 0);
    return connect(Frame.Type.CLASSES, token, PID);
  }

  private static void send(SocketChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static boolean fill(SocketChannel channel, ByteBuffer in) throws IOException {
    while (in.hasRemaining()) {
      if (channel.read(in) < 0) {
        return false;
      }
    }
    in.flip();
    return true;
  }

  private static Found read(SocketChannel channel) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(Frame.HEADER);
    assertThat(fill(channel, head)).as("an answer").isTrue();
    int length = head.getInt(4);
    assertThat(Frame.header(head, Found.MOST)).isEqualTo(Frame.Type.FOUND);
    ByteBuffer payload = ByteBuffer.allocate(length);
    assertThat(fill(channel, payload)).isTrue();
    return Found.read(payload);
  }

  private Wanted type(String name) {
    return new Wanted(number, Wanted.Kind.CLASS, name);
  }

  private Wanted resource(String name) {
    return new Wanted(number, Wanted.Kind.RESOURCE, name);
  }

  private static Found ask(SocketChannel channel, Wanted wanted) throws IOException {
    send(channel, wanted.toFrame());
    return read(channel);
  }

  /** It was told to end for that reason, and nothing more is read. */
  private void assertCutOff(SocketChannel channel, String why) throws IOException {
    await().atMost(LONG).until(() -> child.verdict != null);
    assertThat(child.verdict.reason()).isEqualTo(Verdict.Reason.PROTOCOL);
    assertThat(child.verdict.note()).contains(why);
    assertEnds(channel);
  }

  /** Waits for the other end to close, too. */
  private static void leave(SocketChannel channel) throws IOException {
    try {
      channel.shutdownOutput();
    } catch (IOException gone) {
      // closed there already
    }
    assertEnds(channel);
  }

  private static void assertEnds(SocketChannel channel) throws IOException {
    try {
      ByteBuffer rest = ByteBuffer.allocate(1 << 16);
      while (channel.read(rest.clear()) >= 0) {
        // an answer that was on its way
      }
    } catch (IOException reset) {
      // as good
    }
    channel.close();
  }

  @Test
  void questionsAreAnsweredOneAfterTheOther() throws IOException {
    loader.with("a/text", new byte[] {4});
    try (Desk at = new Desk(desk())) {
      SocketChannel channel = at.channel();
      for (int i = 0; i < 3; i++) {
        Found found = ask(channel, type("a.B"));
        assertThat(found.status()).isEqualTo(Found.Status.HERE);
        assertThat(found.bytes()).isEqualTo(BYTES);
        assertThat(ask(channel, resource("a/text")).bytes()).containsExactly(4);
        assertThat(ask(channel, type("a.C")).status()).isEqualTo(Found.Status.ABSENT);
        assertThat(ask(channel, resource("b")).status()).isEqualTo(Found.Status.ABSENT);
      }
    }
    assertThat(child.verdict).isNull();
  }

  @Test
  void aQuestionMayComeWithTheHelloOrByteByByte() throws IOException {
    child.rights().grant(1, number, 0);
    ByteBuffer hello = new Hello(token, PID, 1).toFrame(Frame.Type.CLASSES);
    ByteBuffer wanted = type("a.B").toFrame();
    ByteBuffer both =
        ByteBuffer.allocate(hello.remaining() + wanted.remaining()).put(hello).put(wanted).flip();
    try (Desk at = new Desk(SocketChannel.open(StandardProtocolFamily.UNIX))) {
      SocketChannel channel = at.channel();
      channel.connect(UnixDomainSocketAddress.of(gateway.address().substring("unix:".length())));
      send(channel, both);
      assertThat(read(channel).bytes()).isEqualTo(BYTES);
      wanted.rewind();
      while (wanted.hasRemaining()) {
        send(channel, ByteBuffer.wrap(new byte[] {wanted.get()}));
      }
      assertThat(read(channel).bytes()).isEqualTo(BYTES);
    }
  }

  @Test
  void largeAnswersComeWholeAndThereIsAMostInAll() throws IOException {
    loader.with("large", new byte[Found.LARGEST]);
    try (Desk at = new Desk(desk())) {
      SocketChannel channel = at.channel();
      long given = 0;
      while (given < Found.MOST_IN_ALL) {
        Found found = ask(channel, resource("large"));
        assertThat(found.bytes()).hasSize(Found.LARGEST);
        given += found.cost();
      }
      send(channel, resource("large").toFrame());
      assertCutOff(channel, "more than 536,870,912 bytes");
    }
  }

  @Test
  void whatItMayNotAskForIsRefusedAndHarmsNobody() throws IOException {
    try (Desk at = new Desk(desk())) {
      SocketChannel channel = at.channel();
      assertThat(ask(channel, new Wanted(number + 1, Wanted.Kind.CLASS, "a.B")).why())
          .contains("forgotten");
      assertThat(ask(channel, new Wanted(-1, Wanted.Kind.CLASS, "a.B")).why())
          .contains("forgotten");
      child.rights().grant(2, number, 0);
      child.rights().forget(1);
      assertThat(ask(channel, type("a.B")).bytes()).as("by its other work").isEqualTo(BYTES);
      child.rights().forget(2);
      assertThat(ask(channel, type("a.B")).why()).contains("forgotten");
    }
    assertThat(child.verdict).isNull();
  }

  @Test
  void oneWithoutSuchAWorkHasNoSecondConnection() throws IOException {
    child.rights().grant(1, 0, 0); // a work that brings all its files
    assertCutOff(connect(Frame.Type.CLASSES, token, PID), "no work that needs any");
  }

  @Test
  void thereIsNoThirdConnection() throws IOException {
    try (SocketChannel desk = desk()) {
      assertThat(ask(desk, type("a.B")).bytes()).isEqualTo(BYTES);
      assertCutOff(connect(Frame.Type.CLASSES, token, PID), "once more");
      assertEnds(desk); // none of its connections is listened to any more
    }
  }

  @Test
  void nobodySaysHelloTwice() throws IOException {
    child.rights().grant(1, number, 0);
    assertCutOff(connect(Frame.Type.HELLO, token, PID), "hello twice");
  }

  @Test
  void anotherProcessIsNotLetIn() throws IOException {
    child.rights().grant(1, number, PID);
    assertCutOff(connect(Frame.Type.CLASSES, token, PID + 1), "connected for the classes of 7");
  }

  @Test
  void aStrangerIsTurnedAwayAndHarmsNobody() throws IOException {
    child.rights().grant(1, number, 0);
    assertEnds(connect(Frame.Type.CLASSES, new byte[Hello.TOKEN], PID));
    byte[] early = gateway.expect(child); // of a child that has not said hello
    assertEnds(connect(Frame.Type.CLASSES, early, PID));
    gateway.forget(early);
    assertThat(child.verdict).isNull();
    try (Desk at = new Desk(desk())) {
      assertThat(ask(at.channel(), type("a.B")).bytes()).isEqualTo(BYTES);
    }
  }

  private static ByteBuffer frame(Frame.Type type, int claimed, byte[] payload) {
    ByteBuffer out = ByteBuffer.allocate(Frame.HEADER + payload.length);
    Frame.putHeader(out, type, claimed);
    return out.put(payload).flip();
  }

  static Stream<Arguments> breaches() {
    byte[] type = HexFormat.of().parseHex("00000001" + "00" + "61");
    byte[] kind = HexFormat.of().parseHex("00000001" + "02" + "61");
    return Stream.of(
        Arguments.of("noise", ByteBuffer.wrap(new byte[100]), "no frame starts with"),
        Arguments.of(
            "a result",
            frame(Frame.Type.RESULT, ResultFrame.FIXED, new byte[ResultFrame.FIXED]),
            "a frame of type RESULT"),
        Arguments.of(
            "hello", new Hello(new byte[16], 1, 1).toFrame(Frame.Type.CLASSES), "type CLASSES"),
        Arguments.of(
            "a name too long",
            frame(Frame.Type.WANTED, Wanted.MOST + 1, new byte[0]),
            "4102 bytes is more than the limit"),
        Arguments.of("less than none", frame(Frame.Type.WANTED, -1, new byte[0]), "-1 bytes"),
        Arguments.of("nothing", frame(Frame.Type.WANTED, 0, new byte[0]), "a question of 0"),
        Arguments.of("a kind", frame(Frame.Type.WANTED, 6, kind), "unknown kind 2"),
        Arguments.of(
            "two at once",
            ByteBuffer.allocate(28)
                .put(frame(Frame.Type.WANTED, 6, type))
                .put(frame(Frame.Type.WANTED, 6, type))
                .flip(),
            "two classes at once"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("breaches")
  void whoBreaksTheRulesIsCutOff(String name, ByteBuffer sent, String why) throws IOException {
    SocketChannel channel = desk();
    assertThat(ask(channel, type("a.B")).bytes()).isEqualTo(BYTES);
    send(channel, sent.duplicate());
    assertCutOff(channel, why);
  }

  @Test
  void whoAsksBeforeTheAnswerIsCutOffAndTheSearchEnds() throws Exception {
    SocketChannel channel = desk();
    send(channel, resource("slow").toFrame());
    asked.await();
    send(channel, type("a.B").toFrame());
    assertCutOff(channel, "before it had its answer");
    assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whoGoesAwayBeforeTheAnswerEndsTheSearch() throws Exception {
    SocketChannel channel = desk();
    send(channel, resource("slow").toFrame());
    asked.await();
    leave(channel);
    assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.verdict).isNull();
  }

  @Test
  void theEndOfTheChildClosesItsDesk() throws Exception {
    SocketChannel channel = desk();
    assertThat(ask(channel, type("a.B")).bytes()).isEqualTo(BYTES);
    child.rights().close().join();
    assertEnds(channel);
    assertThat(child.verdict).isNull();
  }

  /** In virtual time. */
  @Test
  void halfAQuestionIsWaitedForAWhileAndNoQuestionForEver() {
    child.rights().grant(1, number, 0);
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.pipeline().addLast(new Connection(gateway, channel));
    channel.writeInbound(
        Unpooled.wrappedBuffer(new Hello(token, PID, 1).toFrame(Frame.Type.CLASSES)));
    channel.advanceTimeBy(1, TimeUnit.HOURS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).as("no question, all is well").isTrue();
    channel.writeInbound(Unpooled.wrappedBuffer(type("a.B").toFrame().limit(10)));
    channel.advanceTimeBy(ClassDesk.HALF_SECONDS - 1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isTrue();
    channel.advanceTimeBy(2, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
    await().atMost(LONG).until(() -> child.verdict != null);
    assertThat(child.verdict.note()).contains("half a class");
    channel.finishAndReleaseAll();
  }
}
