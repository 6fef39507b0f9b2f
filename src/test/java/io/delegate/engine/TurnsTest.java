package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private final Turns turns = new Turns();

  /** A stream whose items are numbers. */
  private static final class Numbers implements Source {
    final ArrayDeque<Flight> waiting = new ArrayDeque<>();
    final List<Object> discarded = new ArrayList<>();
    final AtomicBoolean inside = new AtomicBoolean();
    @Nullable Throwable failure;
    boolean cancelled;

    Flight add(int item, long arrived) {
      Flight flight = new Flight(this, (Integer) item, null, new byte[0], item, arrived);
      waiting.add(flight);
      return flight;
    }

    @Override
    public @Nullable Flight poll() {
      return waiting.poll();
    }

    @Override
    public @Nullable Flight peek() {
      return waiting.peek();
    }

    @Override
    public void discard(Flight flight) {
      discarded.add(flight.item);
    }

    @Override
    public boolean answer(Answer answer) {
      return true;
    }

    @Override
    public void tellAnswers() {}

    @Override
    public void fail(Throwable why) {
      failure = why;
    }

    @Override
    public void roomChanged() {}

    @Override
    public boolean isCancelled() {
      return cancelled;
    }

    @Override
    public boolean enter() {
      return inside.compareAndSet(false, true);
    }

    @Override
    public void leave() {
      inside.set(false);
    }
  }

  private void join(Numbers source) {
    turns.arrived(source.waiting.size());
    assertThat(source.enter()).isTrue();
    turns.join(source);
  }

  private List<Object> taken() {
    List<Object> taken = new ArrayList<>();
    turns.giveTo(flight -> taken.add(flight.item));
    return taken;
  }

  /** Whoever tells the outcome may run out of memory: that stream ends, and the others go on. */
  @Test
  void whatFailsAtItsEndCostsItsStreamAndNoOther() {
    Numbers first = new Numbers();
    Numbers second = new Numbers();
    first.add(1, 0);
    first.add(2, 5 * SECOND);
    second.add(3, 5 * SECOND);
    join(first);
    join(second);
    OutOfMemoryError full = new OutOfMemoryError();
    assertThatThrownBy(
            () ->
                turns.expire(
                    Duration.ofSeconds(1),
                    2 * SECOND,
                    answer -> {
                      throw full;
                    }))
        .isSameAs(full);
    assertThat(first.failure).isSameAs(full);
    assertThat(second.failure).isNull();
    assertThat(taken()).containsExactlyInAnyOrder(2, 3);
    assertThat(turns.anyWaits()).isFalse();
    assertThat(first.inside).isFalse();
  }

  @Test
  void whatHasRunDoesNotOnlyWait() {
    Numbers stream = new Numbers();
    Flight again = stream.add(1, 0);
    stream.waiting.clear();
    again.attempts = 1;
    turns.giveBack(again);
    List<Answer> ended = new ArrayList<>();
    turns.expire(Duration.ofSeconds(1), 9 * SECOND, ended::add);
    assertThat(ended).isEmpty();
    assertThat(taken()).containsExactly(1);
  }

  @Test
  void whatIsKnownIsToldWhereItCannotRunOnceMore() {
    Numbers stream = new Numbers();
    Numbers other = new Numbers();
    Flight known = stream.add(1, 0);
    Flight unknown = stream.add(2, 0);
    Flight others = other.add(3, 0);
    known.lastWord =
        Answer.timedOut(known, 7, Duration.ZERO, Duration.ZERO, "", io.delegate.Outcome.Limit.ITEM);
    others.lastWord = known.lastWord;
    for (Flight flight : List.of(known, unknown, others)) {
      turns.giveBack(flight);
    }
    List<Answer> told = new ArrayList<>();
    turns.giveUp(stream, told::add);
    assertThat(told).containsExactly(known.lastWord);
    stream.waiting.clear();
    assertThat(taken()).containsExactlyInAnyOrder(2, 3);
  }
}
