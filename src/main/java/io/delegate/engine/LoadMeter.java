package io.delegate.engine;

import io.delegate.Event;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells listeners now and then what there is to do, and who does it. In the pool's drain. */
final class LoadMeter {
  /** Often enough for a person who watches. */
  static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Pool pool;
  private long sent;
  private long received;
  private Event.@Nullable Load told;
  private long again = System.nanoTime();

  LoadMeter(Pool pool) {
    this.pool = pool;
  }

  void sent(long bytes) {
    sent += bytes;
  }

  void received(long bytes) {
    received += bytes;
  }

  /** After any news: tells if something has changed, and if it is time; else later. */
  void tell() {
    if (!pool.hub().active()) {
      return;
    }
    Event.Load now = measure();
    if (now.equals(told) || (told == null && now.idle() + now.busy() == 0)) {
      return; // first of all comes the first child
    }
    long nanos = System.nanoTime();
    if (nanos - again < 0) {
      pool.watch().look(again);
      return;
    }
    told = now;
    again = nanos + PAUSE_NANOS;
    pool.hub().tell(now);
  }

  /** When all is over, whatever the time: nobody is to go on believing in children. */
  void tellLast() {
    Event.Load now = measure();
    if (told != null && !now.equals(told)) {
      told = now;
      pool.hub().tell(now);
    }
  }

  private Event.Load measure() {
    int starting = 0;
    int idle = 0;
    int busy = 0;
    int most = 0;
    for (Slot slot : pool.slots()) {
      Child up = slot.upChild();
      if (up == null) {
        starting += slot.state instanceof SlotState.Starting<Child> ? 1 : 0;
      } else {
        int inHand = up.inHand();
        idle += inHand == 0 ? 1 : 0;
        busy += inHand == 0 ? 0 : 1;
        most = Math.max(most, inHand);
      }
    }
    int load = pool.dispatcher().load();
    int inHand = pool.dispatcher().inHand();
    return new Event.Load(starting, idle, busy, load - inHand, inHand, most, sent, received);
  }
}
