package io.delegate.report;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ids for log lines, from what a tracer has written for the other side. */
final class TraceIds {
  private static final String TRACE = "traceId";
  private static final String SPAN = "spanId";

  private TraceIds() {}

  /** Adds both, where one of the usual forms is there. */
  static void add(Map<String, String> carried) {
    String w3c = carried.get("traceparent"); // version-trace-span-flags
    String b3 = carried.get("b3"); // trace-span, and perhaps more
    if (w3c != null) {
      String[] parts = w3c.split("-", -1);
      if (parts.length >= 4) {
        put(carried, parts[1], parts[2]);
      }
    } else if (b3 != null) {
      String[] parts = b3.split("-", -1);
      if (parts.length >= 2) {
        put(carried, parts[0], parts[1]);
      }
    } else {
      put(carried, carried.get("X-B3-TraceId"), carried.get("X-B3-SpanId"));
    }
  }

  private static void put(
      Map<String, String> carried, @Nullable String trace, @Nullable String span) {
    if (trace != null && span != null) {
      carried.put(TRACE, trace);
      carried.put(SPAN, span);
    }
  }
}
