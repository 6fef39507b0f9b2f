package io.delegate.engine;

import io.delegate.wire.Frame;
import io.delegate.wire.Hello;
import io.delegate.wire.ProtocolException;
import io.delegate.wire.ResultFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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

  /** Children cut theirs at a quarter of that. */
  private static final int LONGEST_DUMP = 1 << 20;

  /** One at once, one that knows more. */
  private static final int DUMPS_PER_QUESTION = 2;

  private final Gateway gateway;
  private final Channel channel;

  /** A part of a frame, unless that is a large result. */
  private ByteBuf rest = Unpooled.EMPTY_BUFFER;

  private @Nullable LargeResult large;
  private @Nullable Child child;

  /** Who reads on where a child asks for classes. */
  private @Nullable ClassDesk desk;

  private boolean broken;
  private boolean ready;

  /** The item it answered last: one that answers what it was not given fills no memory of ours. */
  private long answered;

  private int dumps;

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

  /** Whether the kernel says that the other end is another user's; root may be anything. */
  private boolean isForeign() {
    try {
      if (channel instanceof EpollDomainSocketChannel epoll) {
        int user = epoll.peerCredentials().uid();
        return user != 0 && user != gateway.user() && gateway.user() >= 0;
      }
    } catch (IOException | LinkageError e) {
      // as above
    }
    return false;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel.config().setAutoRead(true); // the windows bound what a child may send
    if (!gateway.admit()) {
      channel.close();
      return;
    }
    ctx.executor()
        .schedule(
            () -> {
              if (child == null && desk == null) {
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

  /** Reads no more: whatever the other end sends, none of it takes memory. */
  void deafen() {
    channel
        .eventLoop()
        .execute(
            () -> {
              broken = true;
              channel.close();
            });
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
      if (large != null) {
        takeLarge(large, all);
      }
      passFrames(all);
    } catch (ProtocolException e) {
      broken = true;
      if (child != null) {
        child.onProtocolError(e);
      } else {
        gateway.turnedAway(e.getMessage());
      }
      channel.close();
    } finally {
      if (desk != null) {
        ctx.pipeline().replace(this, ctx.name(), desk);
        ctx.fireChannelRead(all); // to the desk: this context leads there now
      } else if (all.isReadable() && !broken) {
        rest = all;
      } else {
        all.release();
      }
    }
  }

  private static ByteBuf append(ByteBuf rest, ByteBuf more) {
    ByteBuf all = rest;
    int free = rest.maxWritableBytes();
    int both = rest.readableBytes() + more.readableBytes();
    boolean small = rest.readableBytes() + rest.writableBytes() < both;
    if (small || rest.refCnt() > 1 || rest.isReadOnly() || free < more.readableBytes()) {
      try {
        all = more.alloc().buffer(Math.max(both, announced(rest)));
      } catch (Throwable e) {
        more.release();
        throw e;
      }
      all.writeBytes(rest);
      rest.release();
    } else {
      all.discardSomeReadBytes();
    }
    all.writeBytes(more);
    more.release();
    return all;
  }

  /**
   * The whole of a frame of which some is there, or the longest that is gathered here: one that
   * comes byte by byte must not be copied for each.
   */
  private static int announced(ByteBuf part) {
    int start = part.readerIndex();
    boolean told = part.readableBytes() >= Frame.HEADER;
    return told ? Frame.HEADER + Math.min(LONGEST_DUMP, part.getInt(start + 4)) : 0;
  }

  /** Passes on all whole frames at the start of the bytes, and those before a bad one, too. */
  private void passFrames(ByteBuf in) throws ProtocolException {
    int start = in.readerIndex();
    int end = start;
    try {
      while (in.writerIndex() - end >= Frame.HEADER) {
        long header = in.getLong(end);
        int length = (int) header;
        int limit = child == null ? Hello.TOKEN + 2 * Long.BYTES : child.frameLimit();
        Frame.Type type = Frame.check(header, limit);
        if (child != null) {
          check(child, type, length);
        }
        Child from = type == Frame.Type.RESULT ? child : null;
        boolean isLarge = from != null && length >= LargeResult.LEAST;
        int there = in.writerIndex() - end;
        if (there < (isLarge ? LargeResult.HEAD : Frame.HEADER + length)) {
          break;
        }
        if (from != null) {
          checkOrder(from, in.getLong(end + Frame.HEADER));
        }
        int next = end + Frame.HEADER + length;
        if (isLarge || from == null) {
          pass(in, start, end);
          start = next;
        }
        if (isLarge) {
          in.readerIndex(end);
          takeLarge(new LargeResult(in, length), in);
          next = in.readerIndex();
          start = next;
        } else if (from == null) {
          control(type, in.nioBuffer(end + Frame.HEADER, length));
        }
        end = next;
        if (desk != null) {
          break;
        }
      }
    } catch (ProtocolException e) {
      pass(in, start, end);
      throw e;
    }
    in.readerIndex(end);
    pass(in, start, end);
  }

  /** Before it is read to its end: what must not come must not take memory. */
  private void check(Child child, Frame.Type type, int length) throws ProtocolException {
    boolean allowed =
        switch (type) {
          case RESULT -> answered < child.sentSeq() && length >= ResultFrame.FIXED;
          case READY -> !ready && length == 0;
          case DUMP ->
              dumps < DUMPS_PER_QUESTION * child.dumpsAsked()
                  && length >= Long.BYTES
                  && length <= LONGEST_DUMP;
          default -> false;
        };
    if (!allowed) {
      throw new ProtocolException(
          "a child sent a frame of type " + type + " with " + length + " bytes, which was not due");
    }
  }

  private void checkOrder(Child child, long seq) throws ProtocolException {
    if (seq != answered + 1 || seq > child.sentSeq()) {
      throw new ProtocolException(
          "answered item " + seq + " after " + answered + " of " + child.sentSeq());
    }
    answered = seq;
  }

  /** Whatever is no result. */
  private void control(Frame.Type type, ByteBuffer payload) throws ProtocolException {
    if (child == null) {
      greet(type, payload);
    } else if (type == Frame.Type.READY) {
      ready = true;
      child.onReady();
    } else {
      dumps++;
      child.onDump(payload.getLong(), StandardCharsets.UTF_8.decode(payload).toString());
    }
  }

  private void pass(ByteBuf in, int start, int end) {
    if (end > start && child != null) {
      byte[] batch = new byte[end - start];
      in.getBytes(start, batch);
      child.onResults(batch);
    }
  }

  private void takeLarge(LargeResult result, ByteBuf in) {
    if (child != null && result.take(in)) {
      large = null;
      result.pass(child);
    } else {
      large = result;
    }
  }

  private void greet(Frame.Type type, ByteBuffer payload) throws ProtocolException {
    if (type != Frame.Type.HELLO && type != Frame.Type.CLASSES) {
      throw new ProtocolException("the first frame is no hello but " + type);
    }
    Hello hello = Hello.read(payload);
    Child owner = isForeign() ? null : gateway.owner(hello);
    if (owner != null) {
      openDesk(owner, type, hello);
      return;
    }
    child = isForeign() || type == Frame.Type.CLASSES ? null : gateway.greet(hello);
    if (child == null) {
      throw new ProtocolException("the token of pid " + hello.pid() + " is not known");
    }
    gateway.known();
    child.onHello(this, hello, System.nanoTime() - hello.nanos());
  }

  /** A child that is connected has connected once more. */
  private void openDesk(Child owner, Frame.Type type, Hello hello) throws ProtocolException {
    ClassDesk opened = new ClassDesk(channel, owner);
    try {
      if (type != Frame.Type.CLASSES) {
        throw new ProtocolException("it connected and said hello twice");
      }
      owner.rights().enter(hello, peerPid(), opened);
    } catch (ProtocolException breach) {
      owner.onProtocolError(breach);
      throw breach;
    }
    gateway.known();
    desk = opened;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    rest.release();
    rest = Unpooled.EMPTY_BUFFER;
    large = null;
    if (child != null) {
      child.onStreamEnd();
    } else {
      gateway.known();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("channel of child broke", cause); // inactive follows
    try {
      if (child != null && cause instanceof Error) { // an IOException comes after all that was sent
        child.onLost(cause);
      }
    } finally {
      ctx.close();
    }
  }
}
