package io.delegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.ItemContext;
import io.delegate.Work;
import io.delegate.codec.JdkCodec;
import io.delegate.wire.ContextFrame;
import io.delegate.wire.Frame;
import io.delegate.wire.Ledger.State;
import io.delegate.wire.Marking;
import io.delegate.wire.ResultFrame;
import io.delegate.wire.Welcome;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

/** The loop of a child, in this JVM, over a real channel and a real ledger. */
class RunnerTest {
  private static final int PLACES = 500;

  /** What works ran, for works are copies of what the test made. */
  private static final List<Object> ran = Collections.synchronizedList(new ArrayList<>());

  @TempDir Path directory;
  private Wire wire;
  private CompletableFuture<Integer> status = new CompletableFuture<>();

  @BeforeEach
  void start() throws IOException {
    ran.clear();
    wire = new Wire(directory, PLACES, 1 << 16);
    Thread main =
        new Thread(
            () -> {
              try {
                Welcome welcome =
                    new Welcome(100_000, false, Marking.NONE, JdkCodec.class.getName());
                Intake intake = new Intake(wire.child);
                Stage stage = new Stage(wire.childLedger, wire.child);
                status.complete(
                    new Runner(intake, wire.childLedger, stage, welcome, new Marks()).run());
              } catch (Throwable thrown) {
                status.completeExceptionally(thrown);
              }
            },
            "runner");
    main.setDaemon(true);
    main.start();
  }

  @AfterEach
  void bye() throws Exception {
    if (!status.isDone()) {
      wire.send(Frame.bare(Frame.Type.BYE));
    }
    status.get(30, TimeUnit.SECONDS);
    wire.close();
  }

  private void work(int id, Work<?, ?> work) throws IOException {
    wire.send(Wire.work(id, work));
  }

  private void queue(long seq, int work, Object item) throws IOException {
    wire.ledger.queue((int) seq, seq);
    wire.send(Wire.item(seq, (int) seq, work, item));
  }

  private static Work<Integer, Integer> doubling() {
    return item -> {
      ran.add(item);
      if (item % 7 == 0) {
        throw new IllegalArgumentException("seven");
      }
      return 2 * item;
    };
  }

  @Test
  void everyItemIsAnsweredOnceInOrderAndWhatWasTakenBackIsNotRun() throws Exception {
    Random random = new Random(1999);
    List<Integer> expected = new ArrayList<>();
    ByteBuffer all = ByteBuffer.allocate(1 << 16).put(Wire.work(1, doubling()));
    for (int seq = 1; seq < PLACES; seq++) {
      wire.ledger.queue(seq, seq);
      if (random.nextInt(3) == 0) {
        assertThat(wire.ledger.revoke(seq, seq)).isTrue();
      } else {
        expected.add(seq);
      }
      all.put(Wire.item(seq, seq, 1, (Object) seq));
    }
    wire.send(all.flip());
    List<Wire.Result> results = wire.results(PLACES - 1);
    for (int seq = 1; seq < PLACES; seq++) {
      Wire.Result result = results.get(seq - 1);
      assertThat(result.seq()).isEqualTo(seq);
      if (!expected.contains(seq)) {
        assertThat(result.status()).isEqualTo(ResultFrame.SKIPPED);
        assertThat(result.value()).isEmpty();
      } else if (seq % 7 == 0) {
        assertThat(result.status()).isEqualTo(ResultFrame.FAILED);
        assertThat(result.error()).isEqualTo("java.lang.IllegalArgumentException: seven");
      } else {
        assertThat(result.status()).isEqualTo(ResultFrame.OK);
        assertThat(result.decoded()).isEqualTo(2 * seq);
      }
    }
    assertThat(ran).isEqualTo(expected);
    wire.send(Frame.bare(Frame.Type.BYE));
    assertThat(status.get(30, TimeUnit.SECONDS)).isZero();
    for (int seq = 1; seq < PLACES; seq++) {
      assertThat(wire.ledger.state(seq, seq))
          .isEqualTo(expected.contains(seq) ? State.DONE : State.REVOKED);
    }
    assertThat(wire.ledger.salvage()).isEmpty();
  }

  private static final CountDownLatch[] gates = new CountDownLatch[2];

  @Test
  void whileAnItemRunsTheLedgerSaysSoAndWhatIsQueuedCanBeTakenBack() throws Exception {
    gates[0] = new CountDownLatch(1);
    gates[1] = new CountDownLatch(1);
    Work<Integer, Integer> waiting =
        item -> {
          if (item == 2) {
            gates[0].countDown();
            gates[1].await();
          }
          ran.add(item);
          return item;
        };
    work(1, waiting);
    long before = System.nanoTime();
    queue(1, 1, 1);
    queue(2, 1, 2);
    queue(3, 1, 3);
    assertThat(gates[0].await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(wire.result().seq()).as("sent though the next item still runs").isEqualTo(1);
    assertThat(wire.ledger.state(2, 2)).isEqualTo(State.RUNNING);
    assertThat(wire.ledger.since(2)).isBetween(before, System.nanoTime());
    assertThat(wire.ledger.revoke(2, 2)).isFalse();
    assertThat(wire.ledger.state(3, 3)).isEqualTo(State.QUEUED);
    assertThat(wire.ledger.revoke(3, 3)).isTrue();
    gates[1].countDown();
    List<Wire.Result> rest = wire.results(2);
    assertThat(rest).extracting(Wire.Result::status).containsExactly((byte) 0, (byte) 2);
    assertThat(ran).containsExactly(1, 2);
  }

  @Test
  void aWorkThatLeavesTheInterruptFlagKeepsItsChannel() throws Exception {
    Work<Integer, String> interrupting =
        item -> {
          Thread.currentThread().interrupt();
          if (item % 2 == 0) {
            throw new InterruptedException("even");
          }
          return "odd";
        };
    work(1, interrupting);
    for (int seq = 1; seq <= 20; seq++) {
      queue(seq, 1, seq);
      assertThat(wire.result().status())
          .isEqualTo(seq % 2 == 0 ? ResultFrame.FAILED : ResultFrame.OK);
    }
    assertThat(wire.child.interruptedWrites).hasValue(0);
  }

  /** Gives up its writing politely: catches an interrupt and sets the flag again. */
  private static final class Interrupting implements Serializable {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("unused")
    private void writeObject(ObjectOutputStream out) throws IOException {
      out.defaultWriteObject();
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aResultWhoseWritingLeavesTheInterruptFlagKeepsTheChannel() throws Exception {
    Work<Integer, Object> work = item -> new Interrupting();
    work(1, work);
    for (int seq = 1; seq <= 20; seq++) {
      queue(seq, 1, seq);
      assertThat(wire.result().decoded()).isInstanceOf(Interrupting.class);
    }
    assertThat(wire.child.interruptedWrites).hasValue(0);
  }

  private static final class HostileError extends Error {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      Thread.currentThread().interrupt();
      throw this;
    }
  }

  @Test
  void whateverAWorkThrowsIsItsItemsFailureAlone() throws Exception {
    Work<Integer, Integer> throwing =
        item -> {
          switch (item) {
            case 1 -> throw new StackOverflowError();
            case 2 -> throw new HostileError();
            case 3 -> throw new NoClassDefFoundError("gone");
            case 4 -> throw new ThreadDeath();
            default -> {
              return item;
            }
          }
        };
    work(1, throwing);
    for (int seq = 1; seq <= 5; seq++) {
      queue(seq, 1, seq);
    }
    List<Wire.Result> results = wire.results(5);
    assertThat(results)
        .extracting(Wire.Result::status)
        .containsExactly((byte) 1, (byte) 1, (byte) 1, (byte) 1, (byte) 0);
    assertThat(results.get(0).error()).startsWith("java.lang.StackOverflowError");
    assertThat(results.get(1).error()).contains(HostileError.class.getName(), "getMessage() threw");
    assertThat(wire.child.interruptedWrites).hasValue(0);
  }

  @Test
  void anItemThatCannotBeReadIsItsOwnFailure() throws Exception {
    work(1, doubling());
    for (int seq = 1; seq <= 3; seq++) {
      wire.ledger.queue(seq, seq);
    }
    wire.send(Wire.item(1, 1, 1, new byte[] {20, 1, 2, 3})); // for the codec, damaged
    wire.send(Wire.item(2, 2, 1, new byte[0]));
    wire.send(Wire.item(3, 3, 1, (Object) 3));
    List<Wire.Result> results = wire.results(3);
    assertThat(results)
        .extracting(Wire.Result::status)
        .containsExactly((byte) 1, (byte) 1, (byte) 0);
    assertThat(results.get(1).error()).contains("without a tag");
  }

  @Test
  void aResultThatCannotTravelIsAFailureThatNamesItsClass() throws Exception {
    Work<Integer, Object> unsendable = item -> new Object[] {item, new CountDownLatch(1)};
    work(1, unsendable);
    queue(1, 1, 1);
    Wire.Result result = wire.result();
    assertThat(result.status()).isEqualTo(ResultFrame.FAILED);
    assertThat(result.error()).contains(CountDownLatch.class.getName());
  }

  @Test
  void aResultTooLargeIsAFailureThatNamesTheOption() throws Exception {
    Work<Integer, @Nullable Object> large =
        item -> item == 0 ? null : item > 0 ? "x".repeat(item) : List.of("x".repeat(-item));
    work(1, large);
    int fits = 100_000 - ResultFrame.FIXED - 1;
    queue(1, 1, fits);
    queue(2, 1, fits + 1);
    queue(3, 1, -fits);
    queue(4, 1, 0);
    List<Wire.Result> results = wire.results(4);
    assertThat(results)
        .extracting(Wire.Result::status)
        .containsExactly((byte) 0, (byte) 1, (byte) 1, (byte) 0);
    assertThat(results.get(1).error()).contains("the result, a java.lang.String", "maxFrame");
    assertThat(results.get(2).error()).contains("the result, a java.util.", "maxFrame");
    assertThat(results.get(3).decoded()).isNull();
  }

  @Test
  void aWorkThatWasForgottenOrNeverSentFailsItsItemsOnly() throws Exception {
    work(1, doubling());
    queue(1, 1, 1);
    ByteBuffer forget = ByteBuffer.allocate(12);
    Frame.putHeader(forget, Frame.Type.FORGET, 4);
    wire.send(forget.putInt(1).flip());
    queue(2, 1, 2);
    work(2, doubling());
    queue(3, 2, 3);
    List<Wire.Result> results = wire.results(3);
    assertThat(results)
        .extracting(Wire.Result::status)
        .containsExactly((byte) 0, (byte) 1, (byte) 0);
    assertThat(results.get(1).error()).contains("work 1 was never sent");
  }

  private void context(String... namesAndValues) throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    wire.send(new ContextFrame(values).toFrame());
  }

  @Test
  void anItemSeesWhatItTakesAlongAndTheNextDoesNot() throws Exception {
    Work<Object, String> telling =
        item -> {
          String seen = ItemContext.current() + " " + MDC.getCopyOfContextMap();
          if (item.equals("throws")) {
            throw new IllegalStateException(seen);
          }
          return seen;
        };
    work(1, telling);
    queue(1, 1, "nothing yet");
    context("a", "1", "b", "2");
    queue(2, 1, "something");
    wire.ledger.queue(3, 3);
    assertThat(wire.ledger.revoke(3, 3)).isTrue();
    wire.send(Wire.item(3, 3, 1, (Object) "taken back"));
    queue(4, 1, "x".repeat(90_000)); // claimed before it is read
    queue(5, 1, "throws");
    context("b", "3");
    queue(6, 1, "something else");
    context();
    queue(7, 1, "nothing any more");
    List<Wire.Result> results = wire.results(7);
    assertThat(results.get(0).decoded()).isEqualTo("{} null");
    assertThat(results.get(1).decoded()).isEqualTo("{a=1, b=2} {a=1, b=2}");
    assertThat(results.get(2).status()).isEqualTo(ResultFrame.SKIPPED);
    assertThat(results.get(3).decoded()).isEqualTo("{a=1, b=2} {a=1, b=2}");
    assertThat(results.get(4).error()).contains("{a=1, b=2} {a=1, b=2}");
    assertThat(results.get(5).decoded()).isEqualTo("{b=3} {b=3}");
    assertThat((String) results.get(6).decoded()).matches("\\{} (null|\\{})");
  }

  @Test
  void whatStoodInTheMdcBeforeIsThereAfterwards() throws Exception {
    Work<Integer, String> telling =
        item -> {
          String seen = MDC.get("mine") + " " + MDC.get("theirs");
          if (item == 1) {
            MDC.put("mine", "initial");
          } else {
            MDC.put("theirs", "left behind");
          }
          return seen;
        };
    work(1, telling);
    queue(1, 1, 1);
    context("mine", "carried", "theirs", "carried");
    queue(2, 1, 2);
    context();
    queue(3, 1, 3);
    List<Wire.Result> results = wire.results(3);
    assertThat(results.get(1).decoded()).isEqualTo("carried carried");
    assertThat(results.get(2).decoded()).isEqualTo("initial null");
  }

  @Test
  void anItemThatCannotBeReadLeavesNoContextBehind() throws Exception {
    Work<Object, String> telling = item -> ItemContext.current().toString();
    work(1, telling);
    wire.ledger.queue(1, 1);
    context("a", "1");
    wire.send(Wire.item(1, 1, 1, new byte[] {20, 1, 2, 3})); // for the codec, damaged
    queue(2, 1, 2);
    context();
    queue(3, 1, 3);
    List<Wire.Result> results = wire.results(3);
    assertThat(results.get(0).status()).isEqualTo(ResultFrame.FAILED);
    assertThat(results.get(1).decoded()).isEqualTo("{a=1}");
    assertThat(results.get(2).decoded()).isEqualTo("{}");
  }

  @Test
  void aContextThatIsTooLongEndsTheRun() throws Exception {
    context("a", "x".repeat(ContextFrame.MOST));
    assertThat(status.get(30, TimeUnit.SECONDS)).isEqualTo(1);
  }

  @Test
  void theEndOfTheChannelEndsTheRun() throws Exception {
    work(1, doubling());
    queue(1, 1, 1);
    assertThat(wire.result().seq()).isEqualTo(1);
    wire.parent.shutdownOutput();
    assertThat(status.get(30, TimeUnit.SECONDS)).isEqualTo(1);
  }

  @Test
  void aFrameThatNoParentSendsEndsTheRun() throws Exception {
    wire.send(Frame.bare(Frame.Type.READY));
    assertThat(status.get(30, TimeUnit.SECONDS)).isEqualTo(1);
  }
}
