package io.delegate;

/**
 * What children are called where they may be on several machines: their process, and the number of
 * their node. A child of this machine is called by its process alone, so its name is just the pid.
 */
public final class ChildId {
  private static final int NODE_SHIFT = 32;

  private ChildId() {}

  /**
   * The name of a child of a node.
   *
   * @param node its number, from 1; 0 for this machine
   * @param process the pid there
   * @return as {@link Outcome#pid()} and events have it
   */
  public static long of(int node, long process) {
    return process == 0 ? 0 : (long) node << NODE_SHIFT | process;
  }

  /**
   * On which node it is.
   *
   * @param pid as outcomes and events have it
   * @return the number that {@link Event.Node} tells with the node's name; 0 for this machine
   */
  public static int node(long pid) {
    return (int) (pid >>> NODE_SHIFT);
  }

  /**
   * Its process there.
   *
   * @param pid as outcomes and events have it
   * @return the pid on its machine
   */
  public static long process(long pid) {
    return pid & 0xffff_ffffL;
  }

  /**
   * For people.
   *
   * @param pid as outcomes and events have it
   * @return as in {@code 4711}; on a node as in {@code 4711@2}
   */
  public static String text(long pid) {
    return node(pid) == 0 ? Long.toString(pid) : process(pid) + "@" + node(pid);
  }
}
