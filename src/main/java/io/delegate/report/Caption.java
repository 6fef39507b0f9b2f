package io.delegate.report;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the user said of the run beforehand.
 *
 * @param title what it is, in a line
 * @param total how many items there are; 0 where nobody knows
 * @param limit how long an item may run
 */
record Caption(String title, long total, @Nullable Duration limit) {
  /** "620 of 1,000 items". */
  String progress(long done) {
    return total == 0
        ? Amounts.count(done, "item")
        : Amounts.number(done) + " of " + Amounts.count(total, "item");
  }
}
