package io.delegate.engine;

import io.delegate.DelegateException;
import io.delegate.link.Message;
import io.delegate.link.Told;
import io.delegate.process.Departure;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/**
 * A stream of another parent on its node: items come as bytes, and what their children say goes
 * back as bytes.
 */
final class NodeSource implements Source {
  private final Guest guest;
  private final long number;
  private final Shipped work;
  private final Queue<Flight> arrivals = Queues.<Flight>unboundedMultiproducer().get();
  private final AtomicBoolean inPool = new AtomicBoolean();
  private volatile boolean cancelled;

  // how many of its items are here, and their bytes, while that counts; under the lock of this
  private int here;
  private long bytes;
  private boolean uncounted;

  // the pool's alone
  private List<Told> untold = new ArrayList<>();
  private long untoldBytes;

  NodeSource(Guest guest, long number, Shipped work) {
    this.guest = guest;
    this.number = number;
    this.work = work;
  }

  Shipped work() {
    return work;
  }

  /**
   * An item has come.
   *
   * @return whether it waits for a child now
   */
  boolean add(Message.Item item) {
    if (cancelled) {
      guest.back(List.of(item.number()));
      return false;
    }
    counted(1, item.value().length);
    // it is never read here, and goes by its number
    long arrived = guest.hasQueueLimit() ? System.nanoTime() - item.waited() : 0;
    Flight flight =
        new Flight(this, (Long) item.number(), work, item.value(), item.number(), arrived);
    flight.attempts = item.attempts();
    byte[] context = item.context();
    flight.carried = context == null ? null : new Carried(context, null);
    arrivals.offer(flight);
    return true;
  }

  /** So many of its items are not here any more. Any thread. */
  void gone(int count, long size) {
    counted(-count, -size);
  }

  private synchronized void counted(int more, long size) {
    if (!uncounted) {
      here += more;
      bytes += size;
      guest.counted(more, size);
    }
  }

  /** What runs for it is killed by the pool; nothing is told any more. */
  void cancel() {
    cancelled = true;
    synchronized (this) {
      if (here > 0) {
        counted(-here, -bytes);
      }
      uncounted = true;
    }
  }

  @Override
  public @Nullable Flight poll() {
    return arrivals.poll();
  }

  @Override
  public @Nullable Flight peek() {
    return arrivals.peek();
  }

  @Override
  public void discard(Flight flight) {
    Answer known = flight.lastWord;
    if (known == null) {
      guest.back(List.of(flight.index));
    } else { // it has run, which must never be said not to have begun
      guest.say(new Message.Answers(List.of(known.told(flight.index))));
    }
    gone(1, flight.size);
  }

  @Override
  public boolean answer(Answer answer) {
    try {
      untold.add(answer.told(answer.flight.index));
      untoldBytes += answer.flight.size;
    } catch (RuntimeException | Error e) { // the parent would wait for ever
      guest.over();
      throw e;
    }
    return untold.size() == 1;
  }

  @Override
  public void tellAnswers() {
    if (!untold.isEmpty()) {
      List<Told> all = untold;
      List<Told> next = new ArrayList<>();
      gone(all.size(), untoldBytes); // first: the parent may have sent others before this goes on
      try {
        guest.say(new Message.Answers(all));
      } catch (RuntimeException | Error e) {
        counted(all.size(), untoldBytes); // as for want of memory: it is tried again
        throw e;
      }
      untold = next;
      untoldBytes = 0;
      guest.checkRoom();
    }
  }

  @Override
  public void fail(Throwable why) {
    tellAnswers();
    if (cancelled) {
      return;
    }
    cancelled = true;
    if (Departure.isOver()) { // this node ends, which says nothing of others
      guest.over();
      return;
    }
    if (why instanceof DelegateException.StartFailed) {
      guest.say(new Message.Failed(number, String.valueOf(why.getMessage())));
    } else {
      guest.over();
    }
  }

  @Override
  public void roomChanged() {
    // what comes is the parent's affair
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public boolean enter() {
    return inPool.compareAndSet(false, true);
  }

  @Override
  public void leave() {
    inPool.set(false);
  }
}
