package io.delegate.engine;

import org.jspecify.annotations.Nullable;

/** A place for a child. Changed in the pool's drain only. */
final class Slot {
  SlotState<Child> state = new SlotState.Resting<>();

  /** The child in it, in whatever state. */
  @Nullable Child child() {
    if (state instanceof SlotState.Starting<Child> s) {
      return s.child();
    }
    if (state instanceof SlotState.Killing<Child> s) {
      return s.child();
    }
    return upChild();
  }

  /** The child that is up and not on its way out of the world. */
  @Nullable Child upChild() {
    if (state instanceof SlotState.Idle<Child> s) {
      return s.child();
    }
    if (state instanceof SlotState.Busy<Child> s) {
      return s.child();
    }
    return null;
  }

  /** The child that may be given items now. */
  @Nullable Child openChild() {
    if (state instanceof SlotState.Busy<Child> s && s.then() != SlotState.Then.STAY) {
      return null;
    }
    Child child = upChild();
    return child != null && child.isOpen() ? child : null;
  }

  boolean isIdle() {
    return state instanceof SlotState.Idle;
  }

  boolean isResting() {
    return state instanceof SlotState.Resting;
  }

  boolean isClosed() {
    return state instanceof SlotState.Closed;
  }

  /** It will not be closed. */
  boolean isStaying() {
    return !(state instanceof SlotState.Closed)
        && !(state instanceof SlotState.Busy<Child> b && b.then() == SlotState.Then.CLOSE)
        && !(state instanceof SlotState.Killing<Child> k && k.then() == SlotState.Then.CLOSE);
  }

  /** A child is up or coming, and will stay. */
  boolean isStaffed() {
    return state instanceof SlotState.Starting
        || state instanceof SlotState.Idle
        || (state instanceof SlotState.Busy<Child> s && s.then() == SlotState.Then.STAY);
  }
}
