package io.delegate.benchmarks.peers;

import java.util.Map;
import java.util.TreeMap;

/** The contenders that are written in Java. Each run is one of them, in a JVM of its own. */
public final class Peers {
  private Peers() {}

  private interface Contender {
    Result run(int items, int children) throws Exception;
  }

  private static final Map<String, Contender> CONTENDERS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("delegate-integers", Streams::integers),
              Map.entry("delegate-cold", Streams::integersCold),
              Map.entry("floor-cold", Floor::cold),
              Map.entry("delegate-records", Streams::records),
              Map.entry("delegate-bytes", Streams::bytes),
              Map.entry("delegate-one-at-a-time", Streams::oneAtATime),
              Map.entry("delegate-submits", Streams::submits),
              Map.entry(
                  "floor-integers",
                  (items, children) ->
                      Floor.run(items, children, Job.TRIPLE, i -> i, r -> (Integer) r)),
              Map.entry(
                  "floor-records",
                  (items, children) ->
                      Floor.run(items, children, Job.ECHO, Parcel::of, r -> ((Parcel) r).check())),
              Map.entry("raw-ping", (items, children) -> RawEcho.run(items, children, 5)),
              Map.entry(
                  "raw-bytes",
                  (items, children) -> RawEcho.run(items, children, 1 + Streams.MEBIBYTE)),
              Map.entry("delegate-sleeps", Limits::sleeps),
              Map.entry("delegate-mixed", Limits::mixed),
              Map.entry("delegate-crashes", Limits::crashes),
              Map.entry("first-outcome", Limits::firstOutcome),
              Map.entry("timed-out", Limits::timedOut),
              Map.entry("after-death", Limits::afterDeath),
              Map.entry("threads", Limits::threads),
              Map.entry("idle-memory", Idle::memory),
              Map.entry("idle-cpu", Idle::cpu),
              Map.entry("in-process", Streams::inProcess),
              Map.entry("jvm-per-item", Streams::jvmPerItem)));

  /**
   * Runs one contender and prints one line of JSON.
   *
   * @param args its name, how many items, how many children
   */
  public static void main(String[] args) throws Exception {
    Contender contender = args.length == 3 ? CONTENDERS.get(args[0]) : null;
    if (contender == null) {
      System.err.println("usage: NAME ITEMS CHILDREN, where NAME is one of " + CONTENDERS.keySet());
      System.exit(2);
      return;
    }
    Result result = contender.run(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    System.out.println(result.json());
    System.exit(0); // Reactor's threads may idle on
  }
}
