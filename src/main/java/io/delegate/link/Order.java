package io.delegate.link;

import io.delegate.wire.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Puts what comes on a link in order: engines hand messages to pools of threads. Each counts once.
 * One thread at a time.
 */
public final class Order {
  /** So many may be early: an engine that loses one must not fill the memory with those behind. */
  static final int MOST_EARLY = 1024;

  private final TreeMap<Long, List<Message>> early = new TreeMap<>();
  private long next = 1;

  /** Nothing has come yet. */
  public Order() {}

  /**
   * One has come.
   *
   * @param envelope of this link and direction
   * @return the messages whose turn it is now, which may be none
   * @throws ProtocolException when one is missing for too long
   */
  public List<Message> came(Envelope envelope) throws ProtocolException {
    if (envelope.number() < next) {
      return List.of(); // once more
    }
    early.putIfAbsent(envelope.number(), envelope.messages());
    if (early.size() > MOST_EARLY) {
      throw new ProtocolException(
          "number " + next + " is missing, and " + MOST_EARLY + " that follow it have come");
    }
    List<Message> due = new ArrayList<>();
    for (List<Message> messages = early.remove(next);
        messages != null;
        messages = early.remove(next)) {
      due.addAll(messages);
      next++;
    }
    return due;
  }
}
