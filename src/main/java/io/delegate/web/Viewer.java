package io.delegate.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * One who looks. A frame is made when the network has taken the one before, and not earlier; so one
 * that reads slowly, or not at all, holds one frame, and what it gets next is what is new by then.
 */
final class Viewer {
  /** Shows that somebody is still here, to proxies, to the page, and to us that the page is. */
  private static final Duration QUIET = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(Dashboard.class);

  private final Audience audience;
  private final HttpServerResponse response;
  private final MonoSink<Void> sink;
  private final Connection connection;
  private final EventLoop loop;
  private long seen; // on the clock's thread only, as the next
  private long spoke;
  private boolean writing; // guarded by this, as all below
  private boolean ending;
  private boolean over;

  Viewer(
      Audience audience,
      HttpServerRequest request,
      HttpServerResponse response,
      MonoSink<Void> sink) {
    this.audience = audience;
    this.response = response;
    this.sink = sink;
    Connection[] found = new Connection[1];
    request.withConnection(c -> found[0] = c);
    connection = found[0];
    loop = connection.channel().eventLoop();
    response.header(HttpHeaderNames.CONTENT_TYPE, MediaTypes.EVENTS);
    response.header("x-accel-buffering", "no"); // or nginx waits for more
    if (request.version().equals(HttpVersion.HTTP_1_0)) { // it knows no chunks: it ends by closing
      response.chunkedTransfer(false).keepAlive(false);
    }
  }

  /** Throws the problem where there is no room. */
  void start() {
    audience.enter(this);
    sink.onDispose(this::gone);
    connection.onTerminate().subscribe(null, e -> lost(), this::lost);
  }

  /** What is new, if the network has taken the last. On the clock's thread. */
  void show(Board board) {
    long now = System.nanoTime();
    if (isStuck(now)) {
      lost();
      connection.channel().close();
      return;
    }
    synchronized (this) {
      if (writing || over || ending) {
        return;
      }
      writing = true;
    }
    try {
      if (board.version() == seen && now - spoke < QUIET.toNanos()) {
        free();
        return;
      }
      Frame frame = board.frame(seen);
      seen = frame.version();
      spoke = now;
      loop.execute(() -> write(frame.text()));
    } catch (RuntimeException e) { // by a closed server, as a rule; others are still to be told
      log.debug("a viewer of the dashboard is given up", e);
      lost();
    }
  }

  /** It has its place for nothing, and there are not many. */
  private synchronized boolean isStuck(long now) {
    return writing && !over && now - spoke > audience.patience().toNanos();
  }

  private void write(String text) {
    synchronized (this) {
      if (over) {
        return;
      }
    }
    ByteBuf bytes = response.alloc().buffer(ByteBufUtil.utf8Bytes(text));
    ByteBufUtil.writeUtf8(bytes, text); // half a surrogate pair becomes a question mark
    response
        .sendObject(new DefaultHttpContent(bytes))
        .then()
        .subscribe(nothing -> {}, this::broken, this::free);
  }

  private void free() {
    boolean last;
    synchronized (this) {
      writing = false;
      last = ending && !over;
    }
    if (last) {
      lost();
    }
  }

  private void broken(Throwable thrown) {
    log.debug("a viewer of the dashboard is gone", thrown);
    lost();
    connection.channel().close();
  }

  /** Ends the response after what is being written; does not wait for one that does not read. */
  void end() {
    boolean now;
    synchronized (this) {
      ending = true;
      now = !writing;
    }
    if (now) {
      lost();
    } else {
      connection.channel().close();
    }
  }

  private void lost() {
    gone();
    sink.success();
  }

  private void gone() {
    synchronized (this) {
      over = true;
    }
    audience.leave(this);
  }
}
