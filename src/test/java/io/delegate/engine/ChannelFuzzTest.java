package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.delegate.Fuzz;
import io.delegate.Inside;
import io.delegate.Output;
import io.delegate.ProcessScheduler;
import io.delegate.RemoteError;
import io.delegate.codec.Codecs;
import io.delegate.codec.JdkCodec;
import io.delegate.codec.Thrown;
import io.delegate.wire.Frame;
import io.delegate.wire.Hello;
import io.delegate.wire.ResultFrame;
import io.delegate.wire.Values;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Whatever comes out of a child's channel, each item has one answer at most, and all go on. */
class ChannelFuzzTest {
  private static final int ITEMS = 6;
  private static final int MOST = 24 << 20; // bytes; a forged length claims up to 64 MiB

  private final List<Answer> answers = new ArrayList<>();
  private final Source source = source(answers);
  private final Logger log = (Logger) LoggerFactory.getLogger(Pool.class);
  private final ListAppender<ILoggingEvent> errors = new ListAppender<>();
  private ProcessScheduler scheduler;
  private Pool pool;
  private Gateway gateway;

  @BeforeEach
  void open() {
    scheduler =
        ProcessScheduler.builder()
            .children(1)
            .window(ITEMS)
            .codec(new JdkCodec())
            .output(Output.DISCARD)
            .build();
    errors.start();
    log.addAppender(errors);
    pool = Inside.pool(scheduler);
    gateway = Gateway.acquire();
  }

  @AfterEach
  void close() {
    log.detachAppender(errors);
    gateway.release().join();
    scheduler.close();
  }

  /** As the one of the fakes, but answers are kept. */
  private static Source source(List<Answer> answers) {
    return (Source)
        Proxy.newProxyInstance(
            Source.class.getClassLoader(),
            new Class<?>[] {Source.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("answer")) {
                answers.add((Answer) arguments[0]);
                return false;
              }
              try {
                return method.invoke(Fakes.NO_SOURCE, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** A child that is believed to be starting, with items in its hands. */
  private Child child() throws ReflectiveOperationException {
    Slot slot = new Slot();
    Child child = new Child(pool, pool.options(), slot, false);
    slot.state = new SlotState.Starting<>(child);
    Shipped work = Fakes.flight("", 0).work;
    for (int i = 0; i < ITEMS; i++) {
      Flight flight = new Flight(source, "item " + i, work, new byte[0], i, 0);
      child.hands.add(new Handed(i + 1, i, flight)); // not handed: there is no ledger
    }
    set(child, "free", 0);
    set(child, "sentSeq", ITEMS);
    set(child, "dumpsAsked", 1);
    return child;
  }

  private static void set(Child child, String name, int value) throws ReflectiveOperationException {
    Field field = Child.class.getDeclaredField(name);
    field.setAccessible(true);
    field.set(child, value);
  }

  private static byte[] results() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RuntimeException thrown = new IllegalStateException("thrown");
    byte[] failed =
        ResultFrame.encode(new RemoteError("T", "m", "T: m\n\tat a.B.c"), Thrown.encode(thrown));
    for (int i = 0; i < ITEMS; i++) {
      byte status = i == 2 ? ResultFrame.FAILED : ResultFrame.OK;
      byte[] value =
          i == 2
              ? failed
              : Values.encode(
                  i % 2 == 0 ? i : List.of(i, "text"), new JdkCodec(), 1 << 20, "the result");
      ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER + ResultFrame.FIXED + value.length);
      ResultFrame.put(frame, i + 1, status, 5, value.length);
      out.write(frame.put(value).array());
    }
    return out.toByteArray();
  }

  private static byte[] dump() {
    byte[] text = "\"main\" RUNNABLE".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER + Long.BYTES + text.length);
    Frame.putHeader(frame, Frame.Type.DUMP, Long.BYTES + text.length);
    return frame.putLong(1).put(text).array();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** Each has one answer, in their order, and each answer is an outcome. */
  private void assertSound(Child child) {
    assertThat(answers).hasSizeLessThanOrEqualTo(ITEMS);
    assertThat(answers.size() + child.hands.size()).isEqualTo(ITEMS);
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).outcome().item()).isEqualTo("item " + i);
    }
    answers.clear();
    assertThat(errors.list).as("bugs that stopped a step of the drain").isEmpty();
  }

  @Test
  void whatAChildSends() throws Exception {
    byte[] ready = Frame.bare(Frame.Type.READY).array();
    byte[] whole = join(ready, results(), dump());
    Fuzz.rounds(
        100,
        random -> {
          Child child = child();
          byte[] token = gateway.expect(child);
          byte[] hello = new Hello(token, 7, System.nanoTime()).toFrame().array();
          byte[] sent =
              random.nextInt(10) == 0
                  ? Fuzz.mutated(join(hello, whole), random)
                  : join(hello, Fuzz.mutated(whole, random));
          long allocated = Fuzz.allocated(() -> send(sent, random));
          gateway.forget(token);
          assertThat(allocated).as("bytes allocated").isLessThan(MOST);
          assertSound(child);
        });
  }

  /** Nothing of what it says too often piles up here. */
  @Test
  void aChildThatRepeatsItselfIsCutOff() throws Exception {
    byte[] ready = Frame.bare(Frame.Type.READY).array();
    assertThat(isHeard(ready, results(), dump())).isTrue();
    assertThat(isHeard(ready, ready)).isFalse();
    assertThat(isHeard(ready, results(), results())).isFalse();
    assertThat(isHeard(ready, dump(), dump(), dump()))
        .as("asked for once, which is told twice")
        .isFalse();
  }

  private boolean isHeard(byte[]... sent) throws Exception {
    Child child = child();
    byte[] hello = new Hello(gateway.expect(child), 7, System.nanoTime()).toFrame().array();
    EmbeddedChannel channel = connection();
    channel.writeInbound(Unpooled.wrappedBuffer(hello));
    for (byte[] part : sent) {
      assertThat(channel.isOpen()).isTrue();
      channel.writeInbound(Unpooled.wrappedBuffer(part));
      channel.runPendingTasks();
    }
    boolean open = channel.isOpen();
    channel.finishAndReleaseAll();
    assertSound(child);
    return open;
  }

  private EmbeddedChannel connection() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.pipeline().addLast(new Connection(gateway, channel));
    return channel;
  }

  private void send(byte[] sent, Random random) {
    EmbeddedChannel channel = connection();
    for (int at = 0; at < sent.length && channel.isOpen(); ) {
      int length = Math.min(sent.length - at, 1 + random.nextInt(300));
      channel.writeInbound(Unpooled.copiedBuffer(Arrays.copyOfRange(sent, at, at + length)));
      at += length;
      channel.runPendingTasks();
    }
    channel.checkException();
    channel.finishAndReleaseAll();
  }

  @Test
  void resultsFromALedgerOrAChannel() throws Exception {
    byte[] whole = results();
    Fuzz.rounds(
        250,
        random -> {
          Child child = child();
          byte[] batch = Fuzz.mutated(whole, random);
          long allocated = Fuzz.allocated(() -> pool.post(() -> pool.results(child, batch)));
          assertThat(allocated).as("bytes allocated").isLessThan(MOST);
          assertSound(child);
        });
  }

  /** The same results, read behind the filter. */
  @Test
  void answersBehindTheFilter() throws Exception {
    byte[] value =
        Values.encode(
            List.of(1, "text", List.of(2)),
            Codecs.byName(Codecs.inChild(Codecs.filtered(List.of())), Fuzz.class.getClassLoader()),
            1 << 20,
            "the result");
    Fuzz.rounds(
        250,
        random -> {
          byte[] bytes = Fuzz.mutated(value, random);
          Answer answer =
              Answer.encoded(
                  Fakes.flight("item", 1),
                  7,
                  5,
                  ResultFrame.OK,
                  bytes,
                  0,
                  bytes.length,
                  Codecs.filtered(List.of()));
          long allocated =
              Fuzz.allocated(() -> assertThat(answer.outcome().item()).isEqualTo("item"));
          assertThat(allocated).as("bytes allocated").isLessThan(MOST);
        });
  }
}
