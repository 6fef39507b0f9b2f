package io.delegate.engine;

import io.delegate.link.Digest;
import io.delegate.link.Envelope;
import io.delegate.link.LinkId;
import io.delegate.link.Mesh;
import io.delegate.link.Message;
import io.delegate.link.Told;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
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

  /** What an item or answer takes besides its value. */
  private static final int EACH = 64;

  /** So many envelopes are under way: with one alone the wire would rest for half of the time. */
  private static final int UNDER_WAY = 2;

  private final Mesh mesh;
  private final String member;
  private final boolean fromParent;
  private final LinkId link;
  private final Consumer<Throwable> broken;
  private final Queue<Message> waiting = Queues.<Message>unboundedMultiproducer().get();

  /** Files, of which a piece goes with all else that is to be said, so that neither waits. */
  private final Queue<Whole> files = Queues.<Whole>unboundedMultiproducer().get();

  /** When the other side is to be asked for a sign of life: ahead of all that waits. */
  private final AtomicBoolean ping = new AtomicBoolean();

  private final AtomicInteger wip = new AtomicInteger();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> end = new AtomicReference<>();

  // the sender's alone
  private long number;
  private @Nullable InputStream open;

  /** A file that is to be sent piece by piece. */
  private record Whole(Digest digest, Path file) {}

  private static final class Closed extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** {@code broken}: is told once, on any thread, when something could not be sent. */
  Outbox(Mesh mesh, String member, boolean fromParent, LinkId link, Consumer<Throwable> broken) {
    this.mesh = mesh;
    this.member = member;
    this.fromParent = fromParent;
    this.link = link;
    this.broken = broken;
  }

  /** Any thread; what is said by one thread comes in that order. */
  void say(Message message) {
    put(waiting, message);
  }

  /** Sent when there is room beside messages, in any order with them. */
  void sayFile(Digest digest, Path file) {
    put(files, new Whole(digest, file));
  }

  /** Asks for a sign of life with the next that is sent, ahead of what waits. */
  void ping() {
    if (end.get() == null) {
      ping.set(true);
      wake();
    }
  }

  /** No more is sent. */
  void close() {
    if (end.compareAndSet(null, new Closed())) {
      wake(); // what waits is forgotten
    }
  }

  private <T> void put(Queue<T> queue, T what) {
    if (end.get() == null) {
      queue.offer(what);
      wake();
    }
  }

  private void wake() {
    if (wip.getAndIncrement() == 0) {
      Threads.run(this::send);
    }
  }

  private void send() {
    int missed = 1;
    do {
      try {
        while (end.get() == null && underWay.get() < UNDER_WAY && sendSome()) {
          // and more
        }
      } catch (IOException | RuntimeException | Error e) {
        broke(e);
      }
      if (end.get() != null) {
        waiting.clear();
        files.clear();
        closeFile();
      }
      missed = wip.addAndGet(-missed);
    } while (missed != 0);
  }

  private boolean sendSome() throws IOException {
    List<Message> together = new ArrayList<>();
    if (ping.getAndSet(false)) {
      together.add(new Message.Ping(System.nanoTime(), false));
    }
    for (long bytes = 0; bytes < TOGETHER; ) {
      Message next = waiting.poll();
      if (next == null) {
        break;
      }
      together.add(next);
      bytes += weight(next);
    }
    Whole file = files.peek();
    if (file != null) {
      together.add(piece(file));
    }
    if (together.isEmpty()) {
      return false;
    }
    byte[] envelope = new Envelope(fromParent, link, ++number, together).toBytes();
    underWay.incrementAndGet();
    mesh.send(member, envelope)
        .whenComplete(
            (taken, thrown) -> {
              underWay.decrementAndGet();
              if (thrown == null) {
                wake();
              } else {
                broke(thrown);
              }
            });
    return true;
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

  private static long weight(Message message) {
    long weight = EACH;
    if (message instanceof Message.Items items) {
      for (Message.Item item : items.items()) {
        weight += EACH + item.value().length;
      }
    } else if (message instanceof Message.Answers answers) {
      for (Told told : answers.all()) {
        weight += EACH + (told instanceof Told.Answered a ? a.length() : 0);
      }
    }
    return weight;
  }
}
