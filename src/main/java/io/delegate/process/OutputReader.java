package io.delegate.process;

import io.delegate.wire.Mark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.Charset;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one of a child's pipes to its end, whatever the sink does. */
final class OutputReader implements Runnable, LineSplitter.Found {
  private static final Logger LOG = LoggerFactory.getLogger(OutputReader.class);
  private static final Charset NATIVE = nativeCharset();

  private final ReadableByteChannel pipe;
  private final byte[] prefix;
  private final @Nullable StderrTail tail;
  private final BiConsumer<String, String> sink;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private volatile long bytes;
  private volatile boolean waiting;
  private volatile boolean muted;
  private boolean complained;

  /**
   * One for a pipe.
   *
   * @param prefix of the child's marks
   * @param tail remembers the last lines, if need be
   * @param sink takes the item, empty if not known, and the line
   */
  OutputReader(
      ReadableByteChannel pipe,
      byte[] prefix,
      @Nullable StderrTail tail,
      BiConsumer<String, String> sink) {
    this.pipe = pipe;
    this.prefix = prefix.clone();
    this.tail = tail;
    this.sink = sink;
  }

  CompletableFuture<Void> done() {
    return done;
  }

  @Override
  public void run() {
    LineSplitter splitter = new LineSplitter(NATIVE, prefix, this);
    ByteBuffer buffer = ByteBuffer.allocate(LineSplitter.LONGEST);
    try (pipe) {
      while (read(buffer)) {
        splitter.add(buffer.flip());
        buffer.clear();
      }
    } catch (IOException e) {
      LOG.trace("a child's output was closed", e); // by giveUp, as a rule
    } finally {
      splitter.end();
      done.complete(null);
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  private boolean read(ByteBuffer buffer) throws IOException {
    waiting = true;
    int read = pipe.read(buffer);
    waiting = false;
    bytes += Math.max(0, read);
    return read >= 0;
  }

  /** How many it has read. */
  long bytes() {
    return bytes;
  }

  /** Whether it waits for the writer, not for the sink. */
  boolean isWaiting() {
    return waiting;
  }

  @Override
  public void mark(Mark mark) {
    if (tail != null && !done.isDone()) {
      tail.mark(mark);
    }
  }

  @Override
  public void line(Mark mark, String line) {
    // after giving up, somebody else's lines may still come
    if (done.isDone()) {
      return;
    }
    if (tail != null) {
      tail.add(mark, line);
    }
    if (muted) {
      return;
    }
    try {
      sink.accept(mark.label(), line);
    } catch (Throwable t) {
      if (!complained) {
        complained = true;
        LOG.warn("the sink of a child's output threw; its lines are dropped, in silence now", t);
      }
    }
  }

  /** Reads on without the sink, which has been too slow for too long. */
  void mute() {
    muted = true;
  }

  /** Stops reading although somebody still holds the other end. */
  void giveUp() {
    done.complete(null);
    try {
      pipe.close();
    } catch (IOException e) {
      LOG.trace("closing a child's output", e);
    }
  }

  private static Charset nativeCharset() {
    try {
      return Charset.forName(System.getProperty("native.encoding", ""));
    } catch (IllegalArgumentException unknown) {
      return Charset.defaultCharset();
    }
  }
}
