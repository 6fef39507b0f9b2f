package io.delegate.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What requests may be, and what responses can be. */
final class MediaTypes {
  static final String NDJSON = "application/x-ndjson";
  static final String EVENTS = "text/event-stream";
  static final List<String> LINES = List.of(NDJSON, "application/ndjson", "application/jsonl");
  static final List<String> WHOLE = List.of("application/json", "text/plain");

  /** As told to whoever sent something else. */
  static final String ACCEPTED = String.join(", ", LINES) + ", " + String.join(", ", WHOLE);

  private MediaTypes() {}

  /** The type alone, in small letters; null where the text is in another encoding than UTF-8. */
  static @Nullable String of(@Nullable String header) {
    if (header == null) {
      return null;
    }
    String[] parts = header.toLowerCase(Locale.ROOT).split(";", -1);
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].replace("\"", "").strip();
      if (parameter.startsWith("charset=") && !parameter.matches("charset=(utf-?8|us-ascii)")) {
        return null;
      }
    }
    return parts[0].strip();
  }

  /** What the response should be, by the header Accept; null when it can be nothing of that. */
  static @Nullable String response(List<String> accept) {
    if (accept.stream().allMatch(String::isBlank)) {
      return NDJSON;
    }
    List<Range> ranges = new ArrayList<>();
    for (String header : accept) {
      for (String range : header.split(",")) {
        ranges.add(Range.of(range));
      }
    }
    String best = null;
    Range most = new Range("", 0);
    for (String type : List.of(NDJSON, LINES.get(1), LINES.get(2), EVENTS)) {
      Range range = range(type, ranges);
      if (range != null && range.isBetterThan(most)) {
        most = range;
        best = type;
      }
    }
    return best;
  }

  /** The one which names it most exactly: its quality counts. */
  private static @Nullable Range range(String type, List<Range> ranges) {
    Range closest = null;
    for (Range range : ranges) {
      if (range.holds(type) && (closest == null || range.exactness() > closest.exactness())) {
        closest = range;
      }
    }
    return closest;
  }

  private record Range(String type, double quality) {
    static Range of(String text) {
      String[] parts = text.toLowerCase(Locale.ROOT).split(";", -1);
      double quality = 1;
      for (int i = 1; i < parts.length; i++) {
        String parameter = parts[i].strip();
        if (parameter.startsWith("q=")) {
          quality = number(parameter.substring(2));
        }
      }
      return new Range(parts[0].strip(), quality);
    }

    private static double number(String text) {
      return text.matches("0(\\.\\d{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(text) : 0;
    }

    /** What is named is wanted more than what is only not excluded. */
    boolean isBetterThan(Range other) {
      return quality > other.quality
          || (quality > 0 && quality == other.quality && exactness() > other.exactness());
    }

    boolean holds(String other) {
      return type.equals("*/*")
          || type.equals(other)
          || type.endsWith("/*") && other.startsWith(type.substring(0, type.length() - 1));
    }

    int exactness() {
      return type.equals("*/*") ? 0 : type.endsWith("/*") ? 1 : 2;
    }
  }
}
