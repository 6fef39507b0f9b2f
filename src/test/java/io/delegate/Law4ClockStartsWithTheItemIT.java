package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.codec.JdkCodec;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The clock starts when the item starts, in the child, not when it is queued or sent. */
@ExtendWith(NothingLeft.class)
class Law4ClockStartsWithTheItemIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  @TempDir Path tmp;

  /** The last of six waits for longer than it may run. */
  @Test
  void theTimeBehindASlowItemDoesNotCount() {
    Work<Integer, Object> work =
        x -> {
          Thread.sleep(1_000);
          return 3 * x;
        };
    Shapes.withEachWindowAtOnce(
        window -> {
          List<Outcome<Integer, Object>> outcomes =
              Law3ExactBlameIT.run(6, work, Shapes.builder(window, 1).timeout(millis(4_000)));
          Outcomes.assertOnePerItem(outcomes, 6);
          Outcomes.assertTripled(outcomes);
          assertThat(outcomes)
              .allSatisfy(o -> assertThat(o.took()).isBetween(millis(995), millis(4_000)));
        });
  }

  @Test
  void eachItemHasItsOwn() {
    Shapes.withEachWindowAtOnce(this::eachItemHasItsOwn);
  }

  private void eachItemHasItsOwn(int window) {
    Notes notes = Notes.in(tmp.resolve("window" + window));
    assertThat(notes.directory().mkdir()).isTrue();
    Work<Integer, Object> work =
        x -> {
          if (x == 1) {
            return Misbehaving.SLEEPS.act(notes);
          }
          Thread.sleep(300);
          return 3 * x;
        };
    List<Outcome<Integer, Object>> outcomes =
        Law3ExactBlameIT.run(3, work, Shapes.builder(window, 1).timeout(millis(3_000)));
    Outcomes.assertOnePerItem(outcomes, 3);
    Outcomes.assertTripled(outcomes, 1);
    Outcome<Integer, Object> late = Outcomes.of(1, outcomes);
    assertThat(late).isInstanceOf(Outcome.TimedOut.class);
    assertThat(late.took()).isGreaterThanOrEqualTo(millis(3_000));
    assertThat(((Outcome.TimedOut<?, ?>) late).limit()).isEqualTo(millis(3_000));
    assertThat(late.attempt()).isEqualTo(1);
    assertThat(late.pid()).isEqualTo(notes.awaitPid("child"));
  }

  @Test
  void theStartOfTheChildDoesNotCount() {
    Task<Object> slowStart =
        () -> {
          Thread.sleep(3_000);
          return null;
        };
    Work<Integer, Object> work = x -> 3 * x;
    List<Outcome<Integer, Object>> outcomes =
        Law3ExactBlameIT.run(
            1, work, Shapes.builder(1, 1).initializer(slowStart).timeout(millis(2_000)));
    Outcomes.assertTripled(outcomes);
    assertThat(outcomes)
        .singleElement()
        .satisfies(o -> assertThat(o.took()).isLessThan(millis(2_000)));
  }

  /** Its class takes three seconds to load in a child. */
  private static final class SlowToLoad {
    static {
      if (System.getenv("DELEGATE_CHILD") != null) {
        java.util.concurrent.locks.LockSupport.parkNanos(3_000_000_000L);
      }
    }

    static Work<Integer, Object> work() {
      return x -> 3 * x;
    }
  }

  @Test
  void theLoadingOfTheWorkDoesNotCount() {
    Shapes.withEachWindowAtOnce(
        window -> {
          ProcessScheduler.Builder builder = Shapes.builder(window, 1).timeout(millis(2_000));
          List<Outcome<Integer, Object>> outcomes =
              Law3ExactBlameIT.run(3, SlowToLoad.work(), builder);
          Outcomes.assertOnePerItem(outcomes, 3);
          Outcomes.assertTripled(outcomes);
        });
  }

  /** To run and to send one takes less than the limit, to send two and run one takes longer. */
  private static final class SlowToSend implements Serializable {
    private static final long serialVersionUID = 1;
    private final int value;

    SlowToSend(int value) {
      this.value = value;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      java.util.concurrent.locks.LockSupport.parkNanos(1_600_000_000L);
      out.defaultWriteObject();
    }
  }

  @Test
  void theSendingOfTheResultBeforeDoesNotCount() {
    Work<Integer, Object> work =
        x -> {
          Thread.sleep(1_200);
          return new SlowToSend(x);
        };
    Shapes.withEachWindowAtOnce(
        window -> {
          ProcessScheduler.Builder builder =
              Shapes.builder(window, 1).codec(new JdkCodec()).timeout(millis(4_000));
          List<Outcome<Integer, Object>> outcomes = Law3ExactBlameIT.run(3, work, builder);
          Outcomes.assertOnePerItem(outcomes, 3);
          assertThat(outcomes)
              .allSatisfy(
                  o -> {
                    assertThat(((SlowToSend) o.orElseThrow()).value).isEqualTo(o.item());
                    assertThat(o.took()).isBetween(millis(1_195), millis(2_700));
                  });
        });
  }

  @Test
  void theWayBackDoesNotCount() {
    Work<Integer, Integer> work = x -> 3 * x;
    try (ProcessScheduler on = Shapes.builder(7, 1).timeout(millis(2_000)).build()) {
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 12)
              .transform(Delegate.<Integer, Integer>parallel(work, on))
              .publishOn(Schedulers.boundedElastic(), 1)
              .delayUntil(o -> Mono.delay(millis(o.item() == 3 ? 3_000 : 0)))
              .collectList()
              .block(LONG);
      Outcomes.assertOnePerItem(outcomes, 12);
      Outcomes.assertTripled(outcomes);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Misbehaving.class,
      names = {
        "SPINS_IN_A_COUNTED_LOOP",
        "SPINS_AND_IGNORES_INTERRUPTS",
        "SLEEPS",
        "IGNORES_INTERRUPTS",
        "STOPS_ITSELF"
      })
  void aLimitIsKeptWhateverTheItemDoes(Misbehaving what) {
    List<Outcome<Integer, Object>> outcomes =
        Law3ExactBlameIT.run(
            5, what.at(2, Notes.in(tmp)), Shapes.builder(7, 1).timeout(millis(500)));
    Outcomes.assertOnePerItem(outcomes, 5);
    Outcomes.assertTripled(outcomes, 2);
    Outcome<Integer, Object> late = Outcomes.of(2, outcomes);
    assertThat(late).isInstanceOf(Outcome.TimedOut.class);
    assertThat(late.took()).isBetween(millis(500), millis(30_000));
  }

  private static Duration millis(long n) {
    return Duration.ofMillis(n);
  }
}
