package io.delegate.engine;

import io.delegate.link.Message;
import io.delegate.link.Told;
import io.delegate.process.Departure;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** How many of its items are here; less than 0 once that does not count any more. */
  private final AtomicInteger here = new AtomicInteger();

  /** The pool's alone. */
  private List<Told> untold = new ArrayList<>();

  NodeSource(Guest guest, long number, Shipped work) {
    this.guest = guest;
    this.number = number;
    this.work = work;
  }

  Shipped work() {
    return work;
  }

  /** An item has come. */
  void add(Message.Item item) {
    if (cancelled) {
      guest.back(item.number());
      return;
    }
    here.incrementAndGet();
    guest.counted(1);
    // it is never read here, and goes by its number
    Flight flight = new Flight(this, (Long) item.number(), work, item.value(), item.number(), 0);
    flight.attempts = item.attempts();
    byte[] context = item.context();
    flight.carried = context == null ? null : new Carried(context, null);
    arrivals.offer(flight);
  }

  /** So many of its items are not here any more. Any thread. */
  void gone(int count) {
    int before = here.getAndUpdate(left -> left < 0 ? left : left - count);
    if (before >= 0) {
      guest.counted(-count);
    }
  }

  /** What runs for it is killed by the pool; nothing is told any more. */
  void cancel() {
    cancelled = true;
    int left = here.getAndSet(-1);
    if (left > 0) {
      guest.counted(-left);
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
    gone(1);
    guest.back(flight.index);
  }

  @Override
  public boolean answer(Answer answer) {
    untold.add(answer.told(answer.flight.index));
    return untold.size() == 1;
  }

  @Override
  public void tellAnswers() {
    if (!untold.isEmpty()) {
      List<Told> all = List.copyOf(untold);
      gone(all.size());
      untold = new ArrayList<>();
      guest.say(new Message.Answers(all));
    }
  }

  @Override
  public void fail(Throwable why) {
    tellAnswers();
    if (cancelled) {
      return;
    }
    cancelled = true;
    if (Departure.isOver()) {
      return; // this node ends, which says nothing of others
    }
    guest.say(new Message.Failed(number, String.valueOf(why.getMessage())));
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
