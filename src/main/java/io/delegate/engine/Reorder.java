package io.delegate.engine;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts answers into the order of their items. As large as the look-ahead has ever been. */
final class Reorder {
  private @Nullable Answer[] ring = new Answer[16];
  private long next;

  void put(Answer answer) {
    long ahead = answer.flight.index - next;
    if (ahead >= ring.length) {
      grow(ahead + 1);
    }
    ring[(int) (answer.flight.index % ring.length)] = answer;
  }

  /** The answer that is due, if it is there. */
  @Nullable Answer take() {
    int at = (int) (next % ring.length);
    Answer answer = ring[at];
    if (answer != null) {
      ring[at] = null;
      next++;
    }
    return answer;
  }

  /** Gives up all that are held back. */
  void drain(Consumer<Answer> taker) {
    for (int i = 0; i < ring.length; i++) {
      Answer answer = ring[i];
      if (answer != null) {
        ring[i] = null;
        taker.accept(answer);
      }
    }
  }

  private void grow(long needed) {
    @Nullable Answer[] larger = new Answer[(int) Math.max(needed, 2L * ring.length)];
    for (Answer answer : ring) {
      if (answer != null) {
        larger[(int) (answer.flight.index % larger.length)] = answer;
      }
    }
    ring = larger;
  }
}
