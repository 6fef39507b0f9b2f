package io.delegate.web;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Arrays;

/** What happened in one second, in the same room whatever that was. */
final class Second {
  /**
   * Two for each doubling, from a microsecond to an hour: what is read from them is off by half at
   * worst, and as a rule by much less.
   */
  private static final int BUCKETS = 64;

  private long at = -1;
  private long stamp;
  private final int[] counts = new int[Kind.COUNT];
  private final int[] times = new int[BUCKETS];
  private int timed;
  private long longest;

  /** Begins anew where it was for another one. */
  void begin(long second) {
    if (at != second) {
      at = second;
      Arrays.fill(counts, 0);
      Arrays.fill(times, 0);
      timed = 0;
      longest = 0;
    }
  }

  /**
   * One outcome more.
   *
   * @param took in µs; less than 0 where it did not run
   */
  void add(Kind kind, long took, long version) {
    counts[kind.ordinal()]++;
    stamp = version;
    if (took >= 0) {
      times[bucket(took)]++;
      timed++;
      longest = Math.max(longest, took);
    }
  }

  long at() {
    return at;
  }

  long stamp() {
    return stamp;
  }

  /** The time in µs that so many percent were not over. */
  long percentile(int percent) {
    long rank = Math.max(1, ((long) timed * percent + 99) / 100);
    long seen = 0;
    for (int i = 0; i < BUCKETS && timed > 0; i++) {
      if (seen + times[i] >= rank) {
        long start = i == 0 ? 0 : end(i - 1);
        return Math.min(start + (end(i) - start) * (rank - seen) / times[i], longest);
      }
      seen += times[i];
    }
    return 0;
  }

  private static int bucket(long micros) {
    if (micros < 2) {
      return 0;
    }
    int doublings = 63 - Long.numberOfLeadingZeros(micros);
    int half = (int) (micros >> (doublings - 1)) & 1;
    return Math.min(BUCKETS - 1, 2 * doublings - 1 + half);
  }

  /** The first time that is above the bucket. */
  private static long end(int bucket) {
    int doublings = (bucket + 1) / 2;
    return (bucket & 1) == 1 ? 3L << (doublings - 1) : 2L << doublings;
  }

  /** {@code [second, success, failure, aborted, timedOut, timed, p50, p95, longest]}, in µs. */
  void write(JsonGenerator json) throws IOException {
    json.writeStartArray();
    json.writeNumber(at);
    for (int count : counts) {
      json.writeNumber(count);
    }
    json.writeNumber(timed);
    json.writeNumber(percentile(50));
    json.writeNumber(percentile(95));
    json.writeNumber(longest);
    json.writeEndArray();
  }
}
