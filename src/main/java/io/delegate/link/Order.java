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

  /** So many bytes of more than one, likewise. */
  static final long MOST_EARLY_BYTES = 64 << 20;

  private final TreeMap<Long, Early> early = new TreeMap<>();
  private long next = 1;

  /** Of those that are early. */
  private long bytes;

  /** One was missing for too long: nothing is in order any more. */
  private boolean broken;

  private record Early(List<Message> messages, long bytes) {}

  /** Nothing has come yet. */
  public Order() {}

  /**
   * One has come.
   *
   * @param envelope of this link and direction
   * @param size how many bytes it had
   * @return the messages whose turn it is now, which may be none
   * @throws ProtocolException when one is missing for too long; from then on nothing comes of any
   */
  public List<Message> came(Envelope envelope, long size) throws ProtocolException {
    if (broken || envelope.number() < next) {
      return List.of(); // once more, or too late
    }
    if (early.putIfAbsent(envelope.number(), new Early(envelope.messages(), size)) == null) {
      bytes += size;
    }
    List<Message> due = new ArrayList<>();
    for (Early first = early.remove(next); first != null; first = early.remove(next)) {
      due.addAll(first.messages());
      bytes -= first.bytes();
      next++;
    }
    if (early.size() > MOST_EARLY || (early.size() > 1 && bytes > MOST_EARLY_BYTES)) {
      int following = early.size();
      broken = true;
      early.clear();
      throw new ProtocolException(
          "number %d is missing, and %d that follow it have come, of %,d bytes"
              .formatted(next, following, bytes));
    }
    return due;
  }
}
