package io.delegate.engine;

import io.delegate.wire.Found;
import io.delegate.wire.Frame;
import io.delegate.wire.ProtocolException;
import io.delegate.wire.Wanted;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A child's second connection, where it asks for classes: one question, one answer. On the event
 * loop, but for the class loaders, which may block.
 */
final class ClassDesk extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(ClassDesk.class);

  /** How long a question may take to arrive; it is written at once. */
  static final long HALF_SECONDS = 10;

  private final Channel channel;
  private final Child child;

  /** The question that arrives. */
  private final byte[] frame = new byte[Frame.HEADER + Wanted.MOST];

  private int filled;
  private boolean answering;
  private boolean closed;
  private long spent;
  private @Nullable Future<?> search;
  private io.netty.util.concurrent.@Nullable Future<?> patience;

  ClassDesk(Channel channel, Child child) {
    this.channel = channel;
    this.child = child;
  }

  /** Completes when the channel is closed. */
  CompletableFuture<Void> close() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    channel.close().addListener(closing -> done.complete(null));
    return done;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof ByteBuf bytes && !closed) {
        take(ctx, bytes);
      }
    } catch (ProtocolException e) {
      closed = true;
      child.onProtocolError(e);
      channel.close();
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void take(ChannelHandlerContext ctx, ByteBuf bytes) throws ProtocolException {
    if (!bytes.isReadable()) {
      return;
    }
    if (answering) {
      throw new ProtocolException("it asked for a class before it had its answer");
    }
    int more = Math.min(bytes.readableBytes(), frame.length - filled);
    bytes.readBytes(frame, filled, more);
    filled += more;
    int whole = whole();
    if (filled < whole) {
      waitForRest(ctx);
      return;
    }
    if (filled > whole || bytes.isReadable()) {
      throw new ProtocolException("it asked for two classes at once");
    }
    Wanted wanted = Wanted.read(ByteBuffer.wrap(frame, Frame.HEADER, whole - Frame.HEADER));
    filled = 0;
    stopWaiting();
    answer(ctx, wanted);
  }

  /** Bytes of the frame that arrives, as far as known; looked at before the rest of it has come. */
  private int whole() throws ProtocolException {
    if (filled < Frame.HEADER) {
      return Frame.HEADER;
    }
    ByteBuffer head = ByteBuffer.wrap(frame);
    Frame.Type type = Frame.check(head.getLong(), Wanted.MOST);
    if (type != Frame.Type.WANTED) {
      throw new ProtocolException("it sent a frame of type " + type + " where it asks for classes");
    }
    return Frame.HEADER + head.getInt(Integer.BYTES);
  }

  private void waitForRest(ChannelHandlerContext ctx) {
    if (patience == null) {
      patience = ctx.executor().schedule(this::tooLate, HALF_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void tooLate() {
    if (!closed) {
      closed = true;
      child.onProtocolError(new ProtocolException("it asked for half a class, and said no more"));
      channel.close();
    }
  }

  private void stopWaiting() {
    if (patience != null) {
      patience.cancel(false);
      patience = null;
    }
  }

  private void answer(ChannelHandlerContext ctx, Wanted wanted) throws ProtocolException {
    if (spent >= Found.MOST_IN_ALL) {
      throw new ProtocolException("it asked for more than %,d bytes".formatted(Found.MOST_IN_ALL));
    }
    answering = true;
    try {
      search =
          Threads.BLOCKING.submit(
              () -> {
                try {
                  Found found = child.rights().find(wanted);
                  log.debug("a child asked for {}: {}", wanted.name(), found.status());
                  ctx.executor().execute(() -> send(ctx, found));
                } catch (Throwable e) { // no memory: the child must not wait for ever
                  ctx.channel().close();
                }
              });
    } catch (Throwable noThread) {
      send(ctx, Found.refused("the program has no thread to look for it: " + noThread));
    }
  }

  private void send(ChannelHandlerContext ctx, Found found) {
    if (closed) {
      return;
    }
    spent += found.cost();
    ByteBuf all = Unpooled.wrappedBuffer(found.head().array(), found.bytes());
    // told on this very thread once the last byte is out, so before the next question is read
    ctx.writeAndFlush(all)
        .addListener(
            sent -> {
              answering = false;
              if (!sent.isSuccess()) { // no memory for it: the child must not wait for ever
                ctx.close();
              }
            });
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closed = true;
    stopWaiting();
    if (search != null) {
      search.cancel(true); // a class loader that waits for something
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("channel of a child's classes broke", cause); // inactive follows
    if (cause instanceof Error && !closed) {
      closed = true;
      child.onProtocolError(
          new ProtocolException("what it asked for could not be read here: " + cause));
    }
    ctx.close();
  }
}
