package io.delegate.engine;

import io.delegate.link.Digest;
import io.delegate.link.Envelope;
import io.delegate.link.LinkId;
import io.delegate.link.Mesh;
import io.delegate.link.Message;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/**
 * One direction of a link. What is to be said gathers while the engine is busy with what was said
 * before, and goes together. What cannot be sent is the end of the link: nothing is sent twice.
 *
 * <p>An engine may block, so it is called on a thread of its own.
 */
final class Outbox {
  /** About the most bytes that go together, but for a larger item. */
  private static final long TOGETHER = 1 << 20;

  /** Of a file, at once. */
  private static final int PIECE = 256 << 10;

  /** The other side keeps those that have come in memory until they are written. */
  private static final int PIECES_AHEAD = 64;

  /**
   * So many envelopes are under way, counted from the oldest that is: with one alone the wire would
   * rest for half of the time; and the other side keeps what comes before its turn.
   */
  private static final int UNDER_WAY = 2;

  /** How long the last word may take without anything being taken, besides what is large. */
  private static final long LAST_WORD_MILLIS = 3_000;

  /** The slowest network: 64 KiB a second. */
  private static final long BYTES_PER_MILLI = 65;

  private final Mesh mesh;
  private final String member;
  private final boolean fromParent;
  private final LinkId link;
  private final Consumer<Throwable> broken;
  private final LongConsumer weighs;
  private final Queue<Message> waiting = Queues.<Message>unboundedMultiproducer().get();

  /** Files, of which a piece goes with all else that is to be said, so that neither waits. */
  private final Queue<Whole> files = Queues.<Whole>unboundedMultiproducer().get();

  /** What of files waits, or is on its way. */
  private final Set<Digest> digests = ConcurrentHashMap.newKeySet();

  /** So many more may go before the other side says that it has dealt with some. */
  private final AtomicInteger pieces = new AtomicInteger(PIECES_AHEAD);

  /** Of all that were handed to the engine, be it in vain. */
  private volatile long lastItem;

  /** When the other side is to be asked for a sign of life: ahead of all that waits. */
  private final AtomicBoolean ping = new AtomicBoolean();

  private final AtomicInteger wip = new AtomicInteger();

  /** Bytes of those, by their numbers. */
  private final Map<Long, Integer> underWay = new ConcurrentHashMap<>();

  private final AtomicReference<@Nullable Throwable> end = new AtomicReference<>();
  private final AtomicReference<@Nullable Runnable> afterwards = new AtomicReference<>();

  /** How many were. */
  private final AtomicLong taken = new AtomicLong();

  // the sender's alone
  private long number;
  private @Nullable InputStream open;

  /** A file that is to be sent piece by piece. */
  private record Whole(Digest digest, Path file) {}

  private static final class Closed extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Makes one.
   *
   * @param broken is told once, on any thread, when something could not be sent
   * @param weighs is told, on any thread, about how many bytes more wait here, or fewer
   */
  Outbox(
      Mesh mesh,
      String member,
      boolean fromParent,
      LinkId link,
      Consumer<Throwable> broken,
      LongConsumer weighs) {
    this.weighs = weighs;
    this.mesh = mesh;
    this.member = member;
    this.fromParent = fromParent;
    this.link = link;
    this.broken = broken;
  }

  /** Any thread; what is said by one thread comes in that order. */
  void say(Message message) {
    if (end.get() == null) {
      long weight = message.weight();
      weighs.accept(weight);
      try {
        boolean unused = waiting.offer(message);
      } catch (Error e) { // it does not wait
        weighs.accept(-weight);
        throw e;
      }
      wake();
    }
  }

  /** Sent when there is room beside messages, in any order with them. */
  void sayFile(Digest digest, Path file) {
    if (end.get() == null && digests.add(digest)) {
      put(files, new Whole(digest, file));
    }
  }

  /** The other side has dealt with so many pieces of files more. */
  void dealtWith(int more) {
    pieces.updateAndGet(left -> Math.min(PIECES_AHEAD, left + more));
    wake();
  }

  /**
   * The number of the last item that may have left, after {@link #close()}; none that comes after
   * it ever does.
   */
  long lastItem() {
    return lastItem;
  }

  /** Asks for a sign of life with the next that is sent, ahead of what waits. */
  void ping() {
    if (end.get() == null) {
      ping.set(true);
      wake();
    }
  }

  /**
   * Nothing is said after that.
   *
   * @param then runs once, on any thread, when all was taken on the other side, or no more is sent,
   *     which is so if nothing is taken for {@value #LAST_WORD_MILLIS} ms, and as long as the
   *     slowest network may take for what is large
   */
  void sayLast(Message message, Runnable then) {
    say(message);
    afterwards.set(then);
    wake();
    seeLater();
  }

  private void seeLater() {
    seeLater(taken.get(), System.nanoTime());
  }

  private void seeLater(long before, long since) {
    long left = Math.max(100, patience(underWay()) - millisSince(since));
    Future<?> unused =
        Threads.TIMER.schedule(() -> see(before, since), left, TimeUnit.MILLISECONDS);
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  private long underWay() {
    return underWay.values().stream().mapToLong(bytes -> bytes).sum();
  }

  /** In milliseconds, where so much is under way. */
  static long patience(long bytes) {
    return LAST_WORD_MILLIS + bytes / BYTES_PER_MILLI;
  }

  /** Also where the sender hangs in the engine. */
  private void see(long before, long since) {
    boolean same = taken.get() == before;
    if (same && millisSince(since) >= patience(underWay())) {
      close();
      follow();
    }
    if (afterwards.get() != null) {
      if (same) {
        seeLater(before, since); // what is under way by now may take longer
      } else {
        seeLater();
      }
    }
  }

  private void follow() {
    Runnable then = afterwards.getAndSet(null);
    if (then != null) {
      try {
        then.run();
      } catch (RuntimeException | Error e) { // as for want of memory: it is tried again
        afterwards.set(then);
      }
    }
  }

  /** No more is sent. */
  void close() {
    if (end.compareAndSet(null, new Closed())) {
      wake(); // what waits is forgotten
    }
  }

  /** What is put there at the end is forgotten soon. */
  private <T> void put(Queue<T> queue, T what) {
    queue.offer(what);
    wake();
  }

  private void wake() {
    if (wip.getAndIncrement() == 0) {
      try {
        Threads.BLOCKING.execute(this::send); // never by the timer, which it would hold up
      } catch (OutOfMemoryError | RejectedExecutionException noThread) {
        wip.set(0);
        broke(noThread);
      }
    }
  }

  private void send() {
    int missed = wip.get();
    do {
      try {
        while (end.get() == null && mayGo(number + 1) && sendSome()) {
          // and more
        }
      } catch (IOException | RuntimeException | Error e) {
        broke(e);
      }
      if (end.get() != null) {
        while (next() != null) {
          // forgotten
        }
        files.clear();
        closeFile();
      }
      if (end.get() != null || (waiting.isEmpty() && underWay.isEmpty())) {
        follow();
      }
      missed = wip.addAndGet(-missed);
    } while (missed != 0);
  }

  private boolean mayGo(long next) {
    for (long before : underWay.keySet()) {
      if (before <= next - UNDER_WAY) {
        return false;
      }
    }
    return true;
  }

  private boolean sendSome() throws IOException {
    List<Message> together = new ArrayList<>();
    if (ping.getAndSet(false)) {
      together.add(new Message.Ping(System.nanoTime(), false));
    }
    for (long bytes = 0; bytes < TOGETHER; ) {
      Message next = next();
      if (next == null) {
        break;
      }
      together.add(next);
      bytes += next.weight();
      if (next instanceof Message.Items items && !items.items().isEmpty()) {
        lastItem = items.items().get(items.items().size() - 1).number();
      }
    }
    Whole file = files.peek();
    if (file != null && pieces.get() > 0) {
      together.add(piece(file));
      pieces.decrementAndGet();
    }
    if (together.isEmpty() || end.get() != null) { // the second look follows that at the last item
      return false;
    }
    long its = number + 1;
    byte[] envelope = new Envelope(fromParent, link, its, together).toBytes();
    number = its;
    underWay.put(its, envelope.length);
    mesh.send(member, envelope)
        .whenComplete(
            (unused, thrown) -> {
              underWay.remove(its);
              taken.incrementAndGet();
              if (thrown == null) {
                wake();
              } else {
                broke(thrown);
              }
            });
    return true;
  }

  private @Nullable Message next() {
    Message next = waiting.poll();
    if (next != null) {
      weighs.accept(-next.weight());
    }
    return next;
  }

  private Message piece(Whole whole) throws IOException {
    InputStream in = open;
    if (in == null) {
      in = Files.newInputStream(whole.file());
      open = in;
    }
    byte[] bytes = in.readNBytes(PIECE);
    boolean last = bytes.length < PIECE;
    if (last) {
      closeFile();
      files.poll();
      digests.remove(whole.digest());
    }
    return new Message.Piece(whole.digest(), bytes, last);
  }

  private void closeFile() {
    InputStream in = open;
    open = null;
    if (in != null) {
      try {
        in.close();
      } catch (IOException readToItsEnd) {
        // or not to be sent at all
      }
    }
  }

  private void broke(Throwable thrown) {
    if (end.compareAndSet(null, thrown)) {
      broken.accept(thrown);
      wake(); // what waits is forgotten
    }
  }
}
