package io.delegate.engine;

import java.util.List;
import java.util.Optional;

/**
 * The life of a slot: one record per state, each holding only what that state owns.
 *
 * <pre>
 *              Want            Ready           Handed
 *   Resting ────────▶ Starting ──────▶ Idle ◀──────────▶ Busy
 *      ▲                 │              │    Answered      │
 *      │                 │ Kill, Exited, StreamEnded,      │
 *      │                 ▼ Retire       ▼                  ▼
 *      └───────────────────────────  Killing  ───────────────────▶ Closed
 *         gone, stream ended, REST              gone, stream ended, CLOSE
 * </pre>
 *
 * @param <C> the child; a type of its own so that the table test needs no processes
 */
sealed interface SlotState<C> {
  /** No child. */
  record Resting<C>() implements SlotState<C> {}

  /** A child is on its way: its process may not exist yet. */
  record Starting<C>(C child) implements SlotState<C> {}

  /** A child is up and has nothing in hand. */
  record Idle<C>(C child) implements SlotState<C> {}

  /** A child has items in hand. {@code then}: what becomes of it when it has none. */
  record Busy<C>(C child, int inHand, Then then) implements SlotState<C> {}

  /**
   * A child is to be gone. The slot is not free until its process and all that process started have
   * ended, and the channel was read to its end: results may still be in it.
   */
  record Killing<C>(C child, Way way, boolean gone, boolean streamEnded, Then then)
      implements SlotState<C> {}

  /** No child, never again. */
  record Closed<C>() implements SlotState<C> {}

  /** What follows. */
  enum Then {
    /** The child stays up. */
    STAY,
    /** The slot rests; another child may be started in it. */
    REST,
    /** The slot is closed. */
    CLOSE
  }

  /** How a child is made to go. */
  enum Way {
    /** It was asked to end itself. */
    ASKED,
    /** Its process tree is being killed. */
    KILLED
  }

  /** What can happen to a slot. */
  sealed interface Event<C> {
    /** A child is wanted here. */
    record Want<C>(C fresh) implements Event<C> {}

    /** The child is connected and takes items. */
    record Ready<C>() implements Event<C> {}

    /** Items were handed to the child. */
    record Handed<C>(int count) implements Event<C> {}

    /** Items came back from the child, with results or unbegun. */
    record Answered<C>(int count) implements Event<C> {}

    /** The child is to end when it has nothing in hand. */
    record Retire<C>(Then then) implements Event<C> {}

    /** The child is to end now, or was asked and takes too long. */
    record Kill<C>() implements Event<C> {}

    /** The process itself has ended. */
    record Exited<C>() implements Event<C> {}

    /** The channel was read to its end. */
    record StreamEnded<C>() implements Event<C> {}

    /** The process and all it started have ended. */
    record Gone<C>() implements Event<C> {}

    /** The slot is to be closed now. */
    record Close<C>() implements Event<C> {}
  }

  /** What is to be done after a change of state. */
  enum Effect {
    /** Start the child. */
    START,
    /** Ask the child to end itself. */
    ASK,
    /** Kill the child's process tree. */
    KILL,
    /** Settle what it had in hand, and take its things away. */
    BURY
  }

  /** The state that follows, and what is to be done. */
  record Step<C>(SlotState<C> state, List<Effect> effects, Optional<C> child) {
    static <C> Step<C> stay(SlotState<C> state) {
      return new Step<>(state, List.of(), Optional.empty());
    }

    static <C> Step<C> to(SlotState<C> state, Effect effect, C child) {
      return new Step<>(state, List.of(effect), Optional.of(child));
    }
  }

  /** The whole life of slots: pure, and total over states and events. */
  static <C> Step<C> next(SlotState<C> state, Event<C> event) {
    if (state instanceof Resting<C> s) {
      return SlotSteps.resting(s, event);
    }
    if (state instanceof Starting<C> s) {
      return SlotSteps.starting(s, event);
    }
    if (state instanceof Idle<C> s) {
      return SlotSteps.idle(s, event);
    }
    if (state instanceof Busy<C> s) {
      return SlotSteps.busy(s, event);
    }
    if (state instanceof Killing<C> s) {
      return SlotSteps.killing(s, event);
    }
    return Step.stay(state);
  }
}
