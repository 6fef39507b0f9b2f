package io.delegate.faults;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * All that is decided before a run.
 *
 * @param seed where it comes from
 * @param children most children
 * @param window items in a child's hands; {@link #FOLLOWS} where that is not set
 * @param fst whether the codec is FST, else Java's own
 * @param listened whether somebody listens to events
 * @param smallHeap whether children have little
 * @param retries how often an item is run again
 * @param maxItems items a child may run; 0 for any number
 * @param maxAge null for any
 * @param idle null for ever
 * @param spares children beyond those needed
 * @param limit of an item's time, or null
 * @param queueLimit of an item's wait, or null
 * @param maxPending most single items that may wait; -1 for any number
 * @param courses the streams
 * @param acts what is done meanwhile, in order
 */
record Schedule(
    long seed,
    int children,
    int window,
    boolean fst,
    boolean listened,
    boolean smallHeap,
    int retries,
    int maxItems,
    Duration maxAge,
    Duration idle,
    int spares,
    Duration limit,
    Duration queueLimit,
    int maxPending,
    List<Course> courses,
    List<Act> acts) {
  static final int FOLLOWS = 0;

  int mostInHand() {
    return window == FOLLOWS ? 2_048 : window; // the most that is promised, on a fast machine
  }

  boolean does(Act.What what) {
    return acts.stream().anyMatch(act -> act.what() == what);
  }

  /** Disposed while the streams run. */
  boolean isCutShort() {
    return does(Act.What.DISPOSE) || does(Act.What.FINISH);
  }

  /** The most children that are ever asked for. */
  int mostAsked() {
    return acts.stream()
        .filter(act -> act.what() == Act.What.SPAWN)
        .mapToInt(Act::pick)
        .reduce(children, Math::max);
  }

  /** One line. */
  String summary() {
    StringBuilder text = new StringBuilder();
    text.append("%d children, window %d, %s".formatted(children, window, fst ? "FST" : "JDK"));
    text.append(retries > 0 ? ", retries " + retries : "");
    text.append(maxItems > 0 ? ", maxItems " + maxItems : "");
    text.append(maxAge != null ? ", maxAge " + maxAge : "");
    text.append(idle != null ? ", idle " + idle : "");
    text.append(spares > 0 ? ", spares " + spares : "");
    text.append(limit != null ? ", limit " + limit : "");
    text.append(queueLimit != null ? ", queue " + queueLimit : "");
    text.append(maxPending >= 0 ? ", maxPending " + maxPending : "");
    text.append(smallHeap ? ", small heap" : "").append(listened ? ", listened to" : "");
    text.append("; ");
    text.append(courses.stream().map(Course::summary).collect(Collectors.joining(" | ")));
    return text.append("; ").append(acts).toString();
  }

  /** The items that do something odd. */
  String oddities() {
    return courses.stream()
        .flatMap(course -> course.orders().stream())
        .filter(order -> order.deed() != Deed.QUICK && order.deed() != Deed.NAPS)
        .map(order -> order.name() + " " + order.deed())
        .collect(Collectors.joining(", "));
  }
}
