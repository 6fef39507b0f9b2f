package io.delegate.engine;

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
import io.delegate.engine.SlotState.Way;

/**
 * The steps out of each state. An event that a state does not name changes nothing: it is the late
 * news of a race that was decided otherwise, such as an answer from a child that is being killed.
 */
final class SlotSteps {
  private SlotSteps() {}

  static <C> Step<C> resting(Resting<C> s, Event<C> event) {
    if (event instanceof Event.Want<C> e) {
      return Step.to(new Starting<>(e.fresh()), Effect.START, e.fresh());
    }
    boolean close =
        event instanceof Event.Close
            || (event instanceof Event.Retire<C> e && e.then() == Then.CLOSE);
    return Step.stay(close ? new Closed<>() : s);
  }

  static <C> Step<C> starting(Starting<C> s, Event<C> event) {
    if (event instanceof Event.Ready) {
      return Step.stay(new Idle<>(s.child()));
    }
    if (event instanceof Event.Retire<C> e) { // it has done nothing yet: no reason to be polite
      return kill(s.child(), false, e.then() == Then.STAY ? Then.REST : e.then());
    }
    return dying(s, s.child(), Then.REST, event);
  }

  static <C> Step<C> idle(Idle<C> s, Event<C> event) {
    if (event instanceof Event.Handed<C> e) {
      return Step.stay(new Busy<>(s.child(), e.count(), Then.STAY));
    }
    if (event instanceof Event.Retire<C> e && e.then() != Then.STAY) {
      return ask(s.child(), e.then());
    }
    return dying(s, s.child(), Then.REST, event);
  }

  static <C> Step<C> busy(Busy<C> s, Event<C> event) {
    if (event instanceof Event.Handed<C> e) {
      return Step.stay(new Busy<>(s.child(), s.inHand() + e.count(), s.then()));
    }
    if (event instanceof Event.Answered<C> e) {
      int left = s.inHand() - e.count();
      if (left > 0) {
        return Step.stay(new Busy<>(s.child(), left, s.then()));
      }
      return s.then() == Then.STAY ? Step.stay(new Idle<>(s.child())) : ask(s.child(), s.then());
    }
    if (event instanceof Event.Retire<C> e) {
      return Step.stay(new Busy<>(s.child(), s.inHand(), later(s.then(), e.then())));
    }
    return dying(s, s.child(), later(s.then(), Then.REST), event);
  }

  static <C> Step<C> killing(Killing<C> s, Event<C> event) {
    boolean gone = s.gone() || event instanceof Event.Gone;
    boolean ended = s.streamEnded() || event instanceof Event.StreamEnded;
    Then then = s.then();
    if (event instanceof Event.Close) {
      then = Then.CLOSE;
    } else if (event instanceof Event.Retire<C> e) {
      then = later(then, e.then());
    }
    if (gone && ended) {
      return Step.to(then == Then.CLOSE ? new Closed<>() : new Resting<>(), Effect.BURY, s.child());
    }
    // even a child that ended as asked may have left processes behind: the kill sees to them
    boolean kill =
        s.way() == Way.ASKED
            && (event instanceof Event.Kill
                || event instanceof Event.Exited
                || event instanceof Event.Close);
    Way way = kill ? Way.KILLED : s.way();
    SlotState<C> state = new Killing<>(s.child(), way, gone, ended, then);
    return kill ? Step.to(state, Effect.KILL, s.child()) : Step.stay(state);
  }

  private static <C> Step<C> dying(SlotState<C> s, C child, Then then, Event<C> event) {
    if (event instanceof Event.Kill || event instanceof Event.Exited) {
      return kill(child, false, then);
    }
    if (event instanceof Event.StreamEnded) { // a child that cannot be heard is of no use
      return kill(child, true, then);
    }
    if (event instanceof Event.Close) {
      return kill(child, false, Then.CLOSE);
    }
    return Step.stay(s);
  }

  private static <C> Step<C> kill(C child, boolean streamEnded, Then then) {
    return Step.to(new Killing<>(child, Way.KILLED, false, streamEnded, then), Effect.KILL, child);
  }

  private static <C> Step<C> ask(C child, Then then) {
    return Step.to(new Killing<>(child, Way.ASKED, false, false, then), Effect.ASK, child);
  }

  private static Then later(Then a, Then b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
