package io.delegate.link;

import java.util.concurrent.CompletionStage;

/**
 * All that is wanted of a cluster engine: who is there, bytes to one member, and who is gone. An
 * engine may bring messages late, in another order, or not at all; if it brings one twice, the
 * second does not count.
 */
public interface Mesh extends AutoCloseable {
  /**
   * Is told what happens, on any thread, where it must not block for long. Of each member it is
   * told first that it joined, and nothing after it has left.
   */
  interface Listener {
    /**
     * Somebody is there, who may be a parent, a node, both, or a stranger.
     *
     * @param member an address in the engine's own form, never used for another
     */
    void joined(String member);

    /**
     * Somebody is gone, or cut off: which of the two cannot be known; or something was lost on its
     * way from there, and then it joins again at once.
     *
     * @param member the address
     */
    void left(String member);

    /**
     * A message has come.
     *
     * @param member who sent it
     * @param message as it was sent, or anything from a stranger
     */
    void received(String member, byte[] message);
  }

  /**
   * Begins. Those who are there already are told as if they joined now.
   *
   * @param listener from now on told of all but this member itself
   */
  void listen(Listener listener);

  /**
   * Sends a message once. May block.
   *
   * @param member to whom
   * @param message its bytes, not changed afterwards
   * @return completes when it was taken on the other side, or with an error when it is not known to
   *     have been
   */
  CompletionStage<Void> send(String member, byte[] message);

  /** Leaves the cluster. */
  @Override
  void close();
}
