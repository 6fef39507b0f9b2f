package io.delegate.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The way to the client. What is ready is written and flushed at once, as one piece; what gets
 * ready before the network has taken that is the next piece. So there is never more than one piece
 * under way, and a client that does not read holds up all behind it.
 */
final class Outlet {
  private final HttpServerResponse response;
  private final EventLoop loop;
  private final IntConsumer written;
  private final Consumer<Throwable> broken;

  private StringBuilder ready = new StringBuilder(); // guarded by this, as all below
  private int events;
  private boolean writing;
  private long pieces;
  private boolean begun;
  private long spokeAt = System.nanoTime();
  private long probedAt = spokeAt;
  private int probes;
  private boolean closed;
  private @Nullable Runnable atEnd;

  /**
   * Makes one.
   *
   * @param written is told how many events the network has taken, on the loop
   * @param broken is told why no more can be written, on the loop
   */
  Outlet(
      HttpServerResponse response,
      EventLoop loop,
      IntConsumer written,
      Consumer<Throwable> broken) {
    this.response = response;
    this.loop = loop;
    this.written = written;
    this.broken = broken;
  }

  /** One event more, from any thread; nothing once it is closed. */
  void add(String event) {
    synchronized (this) {
      if (closed) {
        return;
      }
      begun = true;
      spokeAt = System.nanoTime();
      probes = 0;
      ready.append(event);
      events++;
      if (writing) {
        return;
      }
      writing = true;
    }
    loop.execute(this::write);
  }

  /**
   * On the loop: says that where nothing was said for so long, and nothing is being said.
   *
   * @return in how many nanoseconds to look again
   */
  long beat(String nothing, long period) {
    synchronized (this) {
      long now = System.nanoTime();
      long quiet = now - spokeAt;
      if (writing || closed || quiet < period) {
        return writing || closed ? period : period - quiet;
      }
      spokeAt = now;
      begin(nothing);
    }
    write();
    return period;
  }

  /** The same, where that is no word for the client: it does not put off the next beat. */
  long probe(String nothing, long period) {
    synchronized (this) {
      long now = System.nanoTime();
      long quiet = Math.min(now - spokeAt, now - probedAt);
      if (writing || closed || quiet < period) {
        return writing || closed ? period : period - quiet;
      }
      probedAt = now;
      probes++;
      begin(nothing);
    }
    write();
    return period;
  }

  /** How many there were since the last event. */
  synchronized int probes() {
    return probes;
  }

  private synchronized void begin(String nothing) {
    begun = true;
    writing = true;
    ready.append(nothing);
  }

  /** Takes no more; whether it had taken anything. */
  synchronized boolean close() {
    closed = true;
    return begun;
  }

  /** After it was closed: the last words, and what to do on the loop when all is written. */
  void end(String last, Runnable then) {
    synchronized (this) {
      ready.append(last);
      atEnd = then;
      if (writing) {
        return;
      }
      writing = true;
    }
    loop.execute(this::write);
  }

  /** The number of the piece that is under way; 0 where there is none. */
  synchronized long underWay() {
    return writing ? pieces : 0;
  }

  private void write() {
    StringBuilder text;
    int count;
    Runnable then;
    synchronized (this) {
      text = ready;
      count = events;
      then = atEnd;
      ready = new StringBuilder();
      events = 0;
      writing = text.length() > 0;
      pieces++;
    }
    if (text.length() > 0) {
      ByteBuf bytes = response.alloc().buffer(ByteBufUtil.utf8Bytes(text));
      ByteBufUtil.writeUtf8(bytes, text); // half a surrogate pair becomes a question mark
      response
          .sendObject(new DefaultHttpContent(bytes))
          .then()
          .subscribe(nothing -> {}, broken, () -> taken(count));
    } else if (then != null) {
      then.run();
    }
  }

  private void taken(int count) {
    loop.execute(this::write); // a turn of its own: others use this loop, too
    if (count > 0) {
      written.accept(count);
    }
  }
}
