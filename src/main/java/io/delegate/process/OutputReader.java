package io.delegate.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.Charset;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one of a child's pipes to its end, whatever the sink does. */
final class OutputReader implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(OutputReader.class);
  private static final Charset NATIVE = nativeCharset();

  private final ReadableByteChannel pipe;
  private final Consumer<String> sink;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private volatile long bytes;
  private volatile boolean waiting;
  private boolean complained;

  OutputReader(ReadableByteChannel pipe, Consumer<String> sink) {
    this.pipe = pipe;
    this.sink = sink;
  }

  CompletableFuture<Void> done() {
    return done;
  }

  @Override
  public void run() {
    LineSplitter splitter = new LineSplitter(NATIVE, this::deliver);
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

  private void deliver(String line) {
    // after giving up, somebody else's lines may still come
    if (done.isDone()) {
      return;
    }
    try {
      sink.accept(line);
    } catch (Throwable t) {
      if (!complained) {
        complained = true;
        LOG.warn("the sink of a child's output threw; its lines are dropped, in silence now", t);
      }
    }
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
