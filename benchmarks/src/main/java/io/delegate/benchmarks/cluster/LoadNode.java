package io.delegate.benchmarks.cluster;

import io.delegate.ProcessScheduler;
import io.delegate.cluster.ClusterNode;

/**
 * A node, and beside it what answers the engine's own requests. Started as {@code LoadNode ENGINE
 * PORT FIRST NOOP-PORT NOOP-FIRST CHILDREN}; says when it is there, and ends with its stdin.
 */
public final class LoadNode {
  private LoadNode() {}

  /**
   * Runs until stdin ends.
   *
   * @param args as above
   * @throws Exception what went wrong
   */
  public static void main(String[] args) throws Exception {
    Engine engine = Engine.valueOf(args[0]);
    int[] ports = new int[4];
    for (int i = 0; i < ports.length; i++) {
      ports[i] = Integer.parseInt(args[1 + i]);
    }
    ProcessScheduler.Builder machine =
        ProcessScheduler.builder().name("n" + ports[0]).children(Integer.parseInt(args[5]));
    try (ClusterNode node = ClusterNode.start(engine.cluster(ports[0], ports[1]), machine)) {
      NoOp answers = engine.noOp(ports[2], ports[3], 1);
      System.out.println("ready " + node.name());
      while (System.in.read() >= 0) {
        // until it ends
      }
      answers.close();
    }
    System.exit(0); // threads of the engine may idle on
  }
}
