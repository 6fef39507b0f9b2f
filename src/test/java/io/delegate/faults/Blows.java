package io.delegate.faults;

import io.delegate.Death;
import io.delegate.Death.Cause;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What children suffered from outside: noted before it is done. */
final class Blows {
  /** One signal. */
  record Blow(Act.What what, long nanos) {}

  private final Map<Long, List<Blow>> all = new ConcurrentHashMap<>();

  void strike(Act.What what, ProcessHandle child) throws IOException, InterruptedException {
    all.computeIfAbsent(child.pid(), pid -> new CopyOnWriteArrayList<>())
        .add(new Blow(what, System.nanoTime()));
    switch (what) {
      case KILL -> child.destroyForcibly(); // which knows it from a later one with its pid
      case TERM -> child.destroy();
      case SEGV -> signal("SEGV", child);
      default -> signal("STOP", child);
    }
  }

  static void signal(String name, ProcessHandle child) throws IOException, InterruptedException {
    if (child.isAlive()) {
      new ProcessBuilder("kill", "-" + name, Long.toString(child.pid())).start().waitFor();
    }
  }

  List<Blow> on(long pid) {
    return all.getOrDefault(pid, List.of());
  }

  boolean wasStalled(long pid) {
    return on(pid).stream().anyMatch(blow -> blow.what() == Act.What.STALL);
  }

  /** Whether one of them can have ended it by then, and so. */
  boolean explain(long pid, Death death, long when) {
    List<Blow> before = on(pid).stream().filter(blow -> blow.nanos() < when).toList();
    return before.stream().anyMatch(blow -> explains(blow.what(), death))
        || (death.cause() == Cause.EXIT && death.exitCode() == 137 && isKilledInExit(before));
  }

  /**
   * Whether it can have been killed while it ended by itself: see {@link Cause#EXIT}. A JVM that
   * crashes writes for some tenths of a second, and has its headline on stderr by then.
   */
  boolean cutShort(long pid, Death death, long when) {
    return (death.cause() == Cause.EXIT || death.cause() == Cause.NATIVE_CRASH)
        && death.exitCode() == 137
        && on(pid).stream().anyMatch(b -> b.what() == Act.What.KILL && b.nanos() < when);
  }

  /** It was ending already when it was killed, and had written that it ends: so it says EXIT. */
  private static boolean isKilledInExit(List<Blow> blows) {
    List<Act.What> kinds = blows.stream().map(Blow::what).toList();
    int term = kinds.indexOf(Act.What.TERM);
    return term >= 0 && kinds.lastIndexOf(Act.What.KILL) > term;
  }

  private static boolean explains(Act.What what, Death death) {
    return switch (what) {
      case KILL -> death.cause() == Cause.SIGNAL && death.exitCode() == 137;
      case TERM -> death.cause() == Cause.SIGNAL && death.exitCode() == 143;
      case SEGV -> death.cause() == Cause.NATIVE_CRASH;
      default -> false;
    };
  }

  /** The children that were struck dead. */
  List<Long> struck() {
    return all.entrySet().stream()
        .filter(e -> e.getValue().stream().anyMatch(b -> b.what() != Act.What.STALL))
        .map(Map.Entry::getKey)
        .toList();
  }

  boolean isStruck(long pid) {
    return struck().contains(pid);
  }

  @Override
  public String toString() {
    return all.toString();
  }
}
