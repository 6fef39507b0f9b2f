package io.delegate.report;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run at one moment.
 *
 * @param elapsed since its first child was up, in ns
 * @param success how many items succeeded
 * @param failure how many failed
 * @param aborted how many were aborted
 * @param timedOut how many timed out
 * @param rate items per second of the last seconds
 * @param steadyRate the same over half a minute, to tell from how long the rest will take
 * @param children those that are there, and those that have just gone
 * @param casualties the last that were aborted or timed out, the newest at the end
 * @param ends how often which end, by outcome
 * @param started how many children were started in all
 * @param dropped how many pieces of news were left out
 * @param slowest the item that ran longest
 * @param longest how long it did, in ns
 */
record LiveState(
    long elapsed,
    long success,
    long failure,
    long aborted,
    long timedOut,
    double rate,
    double steadyRate,
    List<LiveChild.Now> children,
    List<Casualty> casualties,
    Map<String, Map<String, Long>> ends,
    long started,
    long dropped,
    @Nullable Named slowest,
    long longest) {

  long done() {
    return success + failure + aborted + timedOut;
  }
}
