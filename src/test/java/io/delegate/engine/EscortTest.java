package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.DelegateException;
import io.delegate.Inside;
import io.delegate.ItemObserver;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.wire.ContextFrame;
import io.delegate.wire.Frame;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.util.context.Context;

class EscortTest {
  /** Bytes of a value named with one letter that leave no room for another. */
  private static final int LONGEST = ContextFrame.MOST - 3 * Integer.BYTES - 1;

  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();

  private final ItemObserver.Item counting =
      new ItemObserver.Item() {
        @Override
        public void ended(Outcome<?, ?> outcome) {
          ended.incrementAndGet();
        }

        @Override
        public void cancelled() {
          cancelled.incrementAndGet();
        }
      };

  private static @Nullable Escort escort(ProcessScheduler.Builder builder, Context context) {
    try (ProcessScheduler scheduler = builder.build()) {
      return Escort.of(Inside.pool(scheduler).options(), context);
    }
  }

  private static ProcessScheduler.Builder builder() {
    return ProcessScheduler.builder();
  }

  private static Map<String, String> values(Carried carried) throws Exception {
    return carried.frame == null
        ? Map.of()
        : ContextFrame.read(ByteBuffer.wrap(carried.frame).position(Frame.HEADER)).values();
  }

  private static Answer answer(Carried carried) {
    Flight flight = Fakes.flight("item", 0);
    flight.carried = carried;
    return Answer.timedOut(flight, 0, Duration.ZERO, Duration.ZERO, "", Outcome.Limit.QUEUE);
  }

  @Test
  void withoutKeysAndObserverThereIsNone() {
    assertThat(escort(builder(), Context.of("a", "1"))).isNull();
  }

  @Test
  void whereNoKeyIsFoundThereIsNone() {
    assertThat(escort(builder().contextKeys("b"), Context.of("a", "1"))).isNull();
  }

  @Test
  void allItemsOfAStreamShareOneFrame() throws Exception {
    Escort escort = escort(builder().contextKeys("a", "b"), Context.of("a", "1", "c", "3"));
    Carried first = escort.taken("first");
    assertThat(values(first)).isEqualTo(Map.of("a", "1"));
    assertThat(escort.taken("second")).isSameAs(first);
  }

  @Test
  void asMuchAsFitsGoesAlongAndOneByteMoreIsRefusedByName() throws Exception {
    Context fits = Context.of("a", "x".repeat(LONGEST));
    assertThat(values(escort(builder().contextKeys("a"), fits).taken(1)).get("a")).hasSize(LONGEST);
    Context over = Context.of("a", "x".repeat(LONGEST + 1));
    assertThatThrownBy(() -> escort(builder().contextKeys("a"), over))
        .isInstanceOf(DelegateException.NotShippable.class)
        .hasMessageContaining("\"a\"")
        .hasMessageContaining("8193 bytes")
        .hasMessageContaining("contextKeys");
    Context many = Context.of("short", "x", "long", "→".repeat(3_000));
    assertThatThrownBy(() -> escort(builder().contextKeys("short", "long"), many))
        .hasMessageContaining("\"long\" has 9012");
  }

  @Test
  void whatAnObserverAddsComesOnTop() throws Exception {
    ItemObserver observer =
        context ->
            (item, carried) -> {
              carried.put("b", "seen " + context.apply("a") + " " + context.apply("absent"));
              carried.put("item", item.toString());
              return counting;
            };
    Escort escort =
        escort(builder().contextKeys("a", "b").observer(observer), Context.of("a", "1", "b", "2"));
    assertThat(values(escort.taken(7)))
        .isEqualTo(Map.of("a", "1", "b", "seen 1 null", "item", "7"));
  }

  @Test
  void anObserverThatAddsNothingSendsNothing() {
    Escort escort =
        escort(
            builder().contextKeys("a").observer(context -> (item, carried) -> counting),
            Context.of("a", "1"));
    assertThat(escort.taken(7).frame).isSameAs(escort.taken(8).frame);
    Escort bare =
        escort(builder().observer(context -> (item, carried) -> counting), Context.empty());
    assertThat(bare.taken(7).frame).isNull();
  }

  @Test
  void whatAnObserverAddsTooMuchOfIsLeftOutAndTheItemFollowedNevertheless() throws Exception {
    ItemObserver observer =
        context ->
            (item, carried) -> {
              if (item.equals(1)) {
                carried.put("baggage", "x".repeat(ContextFrame.MOST));
              } else {
                carried.put("baggage", null);
              }
              return counting;
            };
    Escort escort = escort(builder().contextKeys("a").observer(observer), Context.of("a", "1"));
    for (int item = 1; item <= 2; item++) {
      Carried carried = escort.taken(item);
      assertThat(values(carried)).isEqualTo(Map.of("a", "1"));
      escort.ended(answer(carried));
      assertThat(ended).hasValue(item);
    }
  }

  @Test
  void anObserverThatThrowsHurtsNobody() throws Exception {
    ItemObserver broken =
        context -> {
          throw new IllegalStateException("broken");
        };
    assertThat(escort(builder().observer(broken), Context.empty())).isNull();
    Context context = Context.of("a", "1");
    ItemObserver brokenLater =
        c ->
            (item, carried) -> {
              throw new StackOverflowError();
            };
    Escort escort = escort(builder().contextKeys("a").observer(brokenLater), context);
    assertThat(values(escort.taken(1))).isEqualTo(Map.of("a", "1"));
    ItemObserver nothing = c -> (item, carried) -> null;
    assertThat(escort(builder().observer(nothing), context).taken(1).observed).isNull();
  }

  @Test
  void theEndIsToldOnceWhateverComesTogether() throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(2);
    int rounds = 2_000;
    Escort[] escorts = new Escort[rounds];
    Answer[] answers = new Answer[rounds];
    Options options;
    try (ProcessScheduler scheduler =
        builder().observer(context -> (item, carried) -> counting).build()) {
      options = Inside.pool(scheduler).options();
    }
    for (int i = 0; i < rounds; i++) {
      escorts[i] = Escort.of(options, Context.empty());
      answers[i] = answer(escorts[i].taken(i));
    }
    Thread closing =
        new Thread(
            () -> {
              for (Escort escort : escorts) {
                await(barrier);
                escort.close();
              }
            });
    closing.start();
    for (int i = 0; i < rounds; i++) {
      await(barrier);
      escorts[i].ended(answers[i]);
    }
    closing.join();
    assertThat(ended.get() + cancelled.get()).isEqualTo(rounds);
    Carried late = escorts[0].taken("after the end");
    assertThat(late.observed).isNotNull();
    assertThat(ended.get() + cancelled.get()).isEqualTo(rounds + 1);
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
