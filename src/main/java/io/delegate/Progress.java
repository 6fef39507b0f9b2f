package io.delegate;

import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * How far an item is, as its work has told by {@link Child#progress(double, String)}.
 *
 * @param fraction how much of it is done, from 0 to 1; empty where the work did not say
 * @param note a line in the work's own words, empty where it said none
 */
public record Progress(OptionalDouble fraction, String note) {
  /**
   * Checks it.
   *
   * @param fraction how much of it is done
   * @param note a line
   * @throws IllegalArgumentException for a fraction that is not from 0 to 1
   */
  public Progress {
    Objects.requireNonNull(note, "note");
    if (fraction.isPresent() && !(fraction.getAsDouble() >= 0 && fraction.getAsDouble() <= 1)) {
      throw new IllegalArgumentException(
          "fraction = " + fraction.getAsDouble() + ": give a number from 0 to 1, or none");
    }
  }

  /** One readable line, such as {@code 42 % page 7}. */
  @Override
  public String toString() {
    if (fraction.isEmpty()) {
      return note;
    }
    // not rounded up: what is not done must not look as if it were
    String percent = String.format(Locale.ROOT, "%d %%", (int) (fraction.getAsDouble() * 100));
    return note.isEmpty() ? percent : percent + " " + note;
  }
}
