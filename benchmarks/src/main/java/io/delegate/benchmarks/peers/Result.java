package io.delegate.benchmarks.peers;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a contender tells: one line of JSON.
 *
 * @param seconds of the timed pass
 * @param items how many it had
 * @param check is compared with the right value
 * @param figures what else was measured, as JSON: nothing, or members with a comma before each
 */
record Result(double seconds, long items, long check, String figures) {
  Result(double seconds, long items, long check) {
    this(seconds, items, check, "");
  }

  Result with(String name, double... values) {
    String list =
        Arrays.stream(values)
            .mapToObj(value -> String.format(Locale.ROOT, "%.9g", value))
            .collect(Collectors.joining(", ", "[", "]"));
    return new Result(seconds, items, check, figures + ", \"" + name + "\": " + list);
  }

  String json() {
    return String.format(
        Locale.ROOT,
        "{\"seconds\": %.9f, \"items\": %d, \"check\": %d%s}",
        seconds,
        items,
        check,
        figures);
  }
}
