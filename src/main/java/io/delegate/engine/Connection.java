package io.delegate.engine;

import io.delegate.wire.Frame;
import io.delegate.wire.Hello;
import io.delegate.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One child's end of the channel, on the event loop: cuts the bytes into whole frames and passes
 * them on, many at a time. Who has not said hello may send nothing else, and little of that.
 */
final class Connection extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  /** How long a stranger may keep a connection; a child says hello in its first milliseconds. */
  private static final long HELLO_SECONDS = 10;

  private final Gateway gateway;
  private final Channel channel;
  private ByteBuf rest = Unpooled.EMPTY_BUFFER;
  private @Nullable Child child;
  private boolean broken;

  Connection(Gateway gateway, Channel channel) {
    this.gateway = gateway;
    this.channel = channel;
  }

  /** The pid of the other end where the kernel tells, else 0. */
  long peerPid() {
    try {
      if (channel instanceof EpollDomainSocketChannel epoll) {
        return epoll.peerCredentials().pid();
      }
    } catch (IOException | LinkageError e) {
      // not on Linux, or without Netty's classes for it
    }
    return 0;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel.config().setAutoRead(true); // the windows bound what a child may send
    ctx.executor()
        .schedule(
            () -> {
              if (child == null) {
                channel.close(); // who connects and says nothing
              }
            },
            HELLO_SECONDS,
            TimeUnit.SECONDS);
  }

  void send(ByteBuf frames) {
    // always as a task: written at once, the loop's own frames would overtake those of other
    // threads
    channel.eventLoop().execute(() -> channel.writeAndFlush(frames));
  }

  void close() {
    channel.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes) || broken) {
      ReferenceCountUtil.release(message);
      return;
    }
    ByteBuf all = bytes;
    if (rest.isReadable()) {
      all = append(rest, bytes);
    }
    rest = Unpooled.EMPTY_BUFFER;
    try {
      passFrames(all);
    } catch (ProtocolException e) {
      broken = true;
      if (child != null) {
        child.onProtocolError(e);
      } else {
        log.warn("a connection without a hello was closed: {}", e.getMessage());
      }
      channel.close();
    } finally {
      if (all.isReadable() && !broken) {
        rest = all;
      } else {
        all.release();
      }
    }
  }

  private static ByteBuf append(ByteBuf rest, ByteBuf more) {
    ByteBuf all = rest;
    int free = rest.maxWritableBytes();
    if (rest.refCnt() > 1 || rest.isReadOnly() || free < more.readableBytes()) {
      all = more.alloc().buffer(rest.readableBytes() + more.readableBytes());
      all.writeBytes(rest);
      rest.release();
    } else {
      all.discardSomeReadBytes();
    }
    all.writeBytes(more);
    more.release();
    return all;
  }

  /** Passes on all whole frames at the start of the bytes. */
  private void passFrames(ByteBuf in) throws ProtocolException {
    int start = in.readerIndex();
    int end = start;
    while (in.writerIndex() - end >= Frame.HEADER) {
      int length = in.getInt(end + 4);
      int limit = child == null ? Hello.TOKEN + 2 * Long.BYTES : child.frameLimit();
      Frame.Type type =
          Frame.check(in.getShort(end), in.getByte(end + 2), in.getByte(end + 3), length, limit);
      if (in.writerIndex() - end - Frame.HEADER < length) {
        break;
      }
      if (child == null) {
        greet(type, in.nioBuffer(end + Frame.HEADER, length));
        start = end + Frame.HEADER + length;
      } else if (type == Frame.Type.READY) {
        child.onReady();
        if (end > start) {
          throw new ProtocolException("a child said that it is ready after it was");
        }
        start = end + Frame.HEADER + length;
      } else if (type != Frame.Type.RESULT) {
        throw new ProtocolException("a child sent a frame of type " + type);
      }
      end += Frame.HEADER + length;
    }
    in.readerIndex(end);
    if (end > start && child != null) {
      byte[] batch = new byte[end - start];
      in.getBytes(start, batch);
      child.onResults(batch);
    }
  }

  private void greet(Frame.Type type, ByteBuffer payload) throws ProtocolException {
    if (type != Frame.Type.HELLO) {
      throw new ProtocolException("the first frame is no hello but " + type);
    }
    Hello hello = Hello.read(payload);
    child = gateway.greet(hello, channel);
    if (child == null) {
      throw new ProtocolException("the token of pid " + hello.pid() + " is not known");
    }
    child.onHello(this, hello, System.nanoTime() - hello.nanos());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    rest.release();
    rest = Unpooled.EMPTY_BUFFER;
    if (child != null) {
      child.onStreamEnd();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("channel of child broke", cause); // inactive follows
    ctx.close();
  }
}
