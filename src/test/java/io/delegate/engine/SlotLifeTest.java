package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.engine.SlotState.Busy;
import io.delegate.engine.SlotState.Closed;
import io.delegate.engine.SlotState.Effect;
import io.delegate.engine.SlotState.Event;
import io.delegate.engine.SlotState.Idle;
import io.delegate.engine.SlotState.Killing;
import io.delegate.engine.SlotState.Resting;
import io.delegate.engine.SlotState.Starting;
import io.delegate.engine.SlotState.Step;
import io.delegate.engine.SlotState.Then;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Promises about whole lives of slots, kept over random sequences of events. */
class SlotLifeTest {
  /** What became of a child, by what the slot had done to it and what its process did. */
  private static final class Life {
    boolean started;
    boolean killed;
    boolean asked;
    boolean buried;
    boolean exited;
    boolean gone;
    boolean streamEnded;
  }

  private final Map<Integer, Life> lives = new HashMap<>();
  private final Set<Class<?>> seen = new HashSet<>();
  private SlotState<Integer> state = new Resting<>();
  private int children;

  @BeforeEach
  void fresh() {
    state = new Resting<>();
    lives.clear();
    children = 0;
  }

  private static Optional<Integer> childOf(SlotState<Integer> state) {
    if (state instanceof Starting<Integer> s) {
      return Optional.of(s.child());
    }
    if (state instanceof Idle<Integer> s) {
      return Optional.of(s.child());
    }
    if (state instanceof Busy<Integer> s) {
      return Optional.of(s.child());
    }
    if (state instanceof Killing<Integer> s) {
      return Optional.of(s.child());
    }
    return Optional.empty();
  }

  /** One event, and all that must hold after it, whatever it was. */
  private void fire(Event<Integer> event) {
    SlotState<Integer> before = state;
    Optional<Integer> childBefore = childOf(before);
    Step<Integer> step = SlotState.next(before, event);
    state = step.state();
    seen.add(state.getClass());
    Optional<Integer> childAfter = childOf(state);
    String story = before + " upon " + event + " became " + step;

    if (childBefore.isPresent() && childAfter.isPresent()) {
      assertThat(childAfter).as("one child in one slot: %s", story).isEqualTo(childBefore);
    }
    if (childBefore.isPresent() && childAfter.isEmpty()) {
      assertThat(step.effects()).as("none leaves unburied: %s", story).containsOnly(Effect.BURY);
    }
    if (childBefore.isEmpty() && childAfter.isPresent()) {
      assertThat(step.effects()).as("none comes unstarted: %s", story).containsOnly(Effect.START);
    }
    if (before instanceof Closed) {
      assertThat(state).as(story).isEqualTo(before);
    }
    if (state instanceof Closed) {
      assertThat(step.effects()).as(story).doesNotContain(Effect.START);
    }
    if (state instanceof Busy<Integer> busy) {
      assertThat(busy.inHand()).as(story).isPositive();
    }
    if (state instanceof Killing<Integer> k) {
      assertThat(k.gone() && k.streamEnded()).as("buried at once: %s", story).isFalse();
      assertThat(k.then())
          .as("a child on its way out never stays: %s", story)
          .isNotEqualTo(Then.STAY);
    }
    assertThat(step.effects()).as(story).hasSizeLessThanOrEqualTo(1);
    for (Effect effect : step.effects()) {
      run(effect, step.child().orElseThrow(), story);
    }
    childAfter.ifPresent(
        child -> assertThat(lives.get(child).buried).as("forgotten: %s", story).isFalse());
  }

  private void run(Effect effect, int child, String story) {
    Life life = lives.computeIfAbsent(child, c -> new Life());
    assertThat(life.buried).as("nothing is done to the dead: %s", story).isFalse();
    switch (effect) {
      case START -> {
        assertThat(life.started).as(story).isFalse();
        life.started = true;
      }
      case ASK -> {
        assertThat(life.asked || life.killed).as(story).isFalse();
        life.asked = true;
      }
      case KILL -> {
        assertThat(life.killed).as("killed once: %s", story).isFalse();
        life.killed = true;
      }
      case BURY -> life.buried = true;
    }
  }

  private Event<Integer> any(Random random) {
    return switch (random.nextInt(11)) {
      case 0, 1 -> new Event.Want<>(++children);
      case 2 -> new Event.Ready<>();
      case 3 -> new Event.Handed<>(1 + random.nextInt(3));
      case 4 -> new Event.Answered<>(1 + random.nextInt(3));
      case 5 -> new Event.Retire<>(random.nextInt(10) > 0 ? Then.REST : Then.STAY);
      case 6 -> new Event.Kill<>();
      case 7 -> new Event.Exited<>();
      case 8 -> new Event.StreamEnded<>();
      case 9 -> new Event.Gone<>();
      default ->
          random.nextInt(20) > 0
              ? new Event.Ready<>()
              : random.nextBoolean() ? new Event.Close<>() : new Event.Retire<>(Then.CLOSE);
    };
  }

  @Test
  void anyEventsInAnyOrder() {
    Random random = new Random(1999);
    for (int life = 0; life < 3_000; life++) {
      fresh();
      for (int i = 0; i < 100; i++) {
        fire(any(random));
      }
      int current = childOf(state).orElse(0);
      lives.forEach((child, l) -> assertThat(l.started && (l.buried || child == current)).isTrue());
    }
    assertThat(seen).hasSameElementsAs(Set.of(SlotState.class.getPermittedSubclasses()));
  }

  /** Events as processes bring them about: a tree is gone only once it was killed, and so on. */
  private Optional<Event<Integer>> possible(Random random) {
    Optional<Integer> child = childOf(state);
    if (child.isEmpty()) {
      return Optional.of(new Event.Want<>(++children));
    }
    Life life = lives.get(child.get());
    return switch (random.nextInt(9)) {
      case 0 -> Optional.of(new Event.Ready<>());
      case 1 ->
          state instanceof Idle || state instanceof Busy
              ? Optional.of(new Event.Handed<>(1 + random.nextInt(300)))
              : Optional.empty();
      case 2, 3 ->
          state instanceof Busy<Integer> b
              ? Optional.of(new Event.Answered<>(1 + random.nextInt(b.inHand())))
              : Optional.empty();
      case 4 -> Optional.of(new Event.Retire<>(Then.REST));
      case 5 -> random.nextInt(5) == 0 ? Optional.of(new Event.Kill<>()) : Optional.empty();
      case 6 -> {
        boolean first = !life.exited && (life.killed || life.asked || random.nextInt(5) == 0);
        life.exited |= first;
        yield first ? Optional.of(new Event.Exited<>()) : Optional.empty();
      }
      case 7 -> {
        boolean first = life.killed && life.exited && !life.gone;
        life.gone |= first;
        yield first ? Optional.of(new Event.Gone<>()) : Optional.empty();
      }
      default -> {
        boolean first = life.exited && !life.streamEnded;
        life.streamEnded |= first;
        yield first ? Optional.of(new Event.StreamEnded<>()) : Optional.empty();
      }
    };
  }

  @Test
  void everyChildThatEndsIsKilledOnceAndBuriedOnceAndItsSlotIsFree() {
    Random random = new Random(2026);
    int buried = 0;
    for (int slot = 0; slot < 300; slot++) {
      fresh();
      for (int i = 0; i < 500; i++) {
        possible(random).ifPresent(this::fire);
        Optional<Integer> child = childOf(state);
        if (child.isPresent() && lives.get(child.get()).exited) {
          assertThat(lives.get(child.get()).killed)
              .as("what it left behind is killed: %s", state)
              .isTrue();
        }
      }
      for (Life life : lives.values()) {
        assertThat(life.started).isTrue();
        if (life.gone && life.streamEnded) {
          assertThat(life.buried).isTrue();
        }
        if (life.buried) {
          assertThat(life.killed && life.gone && life.streamEnded).isTrue();
          buried++;
        }
      }
    }
    assertThat(buried).isGreaterThan(1_000);
  }

  @Test
  void whateverHappenedASlotIsFreeOnceItsChildIsGoneAndHeardOut() {
    Random random = new Random(7);
    for (int i = 0; i < 3_000; i++) {
      fresh();
      for (int n = random.nextInt(40); n > 0; n--) {
        fire(any(random));
      }
      fire(new Event.Kill<>());
      boolean goneFirst = random.nextBoolean();
      fire(goneFirst ? new Event.Gone<>() : new Event.StreamEnded<>());
      fire(goneFirst ? new Event.StreamEnded<>() : new Event.Gone<>());
      assertThat(state).isInstanceOfAny(Resting.class, Closed.class);
    }
  }

  @Test
  void aSlotThatWasToldToCloseIsClosedInTheEndAndStartsNobody() {
    Random random = new Random(8);
    for (int i = 0; i < 3_000; i++) {
      fresh();
      for (int n = random.nextInt(40); n > 0; n--) {
        fire(any(random));
      }
      int before = children;
      fire(random.nextBoolean() ? new Event.Close<>() : new Event.Retire<>(Then.CLOSE));
      int last = childOf(state).orElse(0);
      for (int n = random.nextInt(40); n > 0; n--) {
        fire(any(random));
      }
      for (int child = before + 1; child <= children; child++) {
        assertThat(lives.get(child)).isNull();
      }
      assertThat(childOf(state).orElse(last)).isEqualTo(last);
      fire(new Event.Kill<>());
      fire(new Event.StreamEnded<>());
      fire(new Event.Gone<>());
      assertThat(state).isEqualTo(new Closed<>());
    }
  }
}
