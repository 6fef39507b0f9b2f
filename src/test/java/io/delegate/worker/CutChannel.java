package io.delegate.worker;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A channel over a real one that gives its bytes in pieces of given sizes, and survives an
 * interrupted writer, which it counts: a real one would be closed by it, and the flusher would end
 * the JVM of the test.
 */
final class CutChannel extends SocketChannel {
  final AtomicInteger interruptedWrites = new AtomicInteger();
  final AtomicInteger writes = new AtomicInteger();
  private final SocketChannel real;
  private final Queue<Integer> sizes = new ArrayDeque<>();
  private int everySize = Integer.MAX_VALUE;

  CutChannel(SocketChannel real) {
    super(real.provider());
    this.real = real;
  }

  /** The next reads give exactly so many bytes, later ones what there is. */
  CutChannel cutAt(Integer... pieces) {
    sizes.addAll(Arrays.asList(pieces));
    return this;
  }

  CutChannel cutEvery(int bytes) {
    everySize = bytes;
    return this;
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    Integer size = sizes.poll();
    ByteBuffer piece = to.duplicate();
    int most = Math.min(size == null ? everySize : size, to.remaining());
    piece.limit(piece.position() + most);
    do {
      if (real.read(piece) < 0) {
        return -1;
      }
    } while (size != null && piece.hasRemaining());
    int got = piece.position() - to.position();
    to.position(piece.position());
    return got;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    boolean interrupted = Thread.interrupted();
    if (interrupted) {
      interruptedWrites.incrementAndGet();
    }
    writes.incrementAndGet();
    return real.write(from);
  }

  @Override
  public long read(ByteBuffer[] to, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SocketChannel bind(SocketAddress local) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> SocketChannel setOption(SocketOption<T> name, T value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T getOption(SocketOption<T> name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return Set.of();
  }

  @Override
  public SocketChannel shutdownInput() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SocketChannel shutdownOutput() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket socket() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isConnected() {
    return real.isConnected();
  }

  @Override
  public boolean isConnectionPending() {
    return false;
  }

  @Override
  public boolean connect(SocketAddress remote) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean finishConnect() {
    return true;
  }

  @Override
  public SocketAddress getRemoteAddress() throws IOException {
    return real.getRemoteAddress();
  }

  @Override
  public SocketAddress getLocalAddress() throws IOException {
    return real.getLocalAddress();
  }

  @Override
  protected void implCloseSelectableChannel() throws IOException {
    real.close();
  }

  @Override
  protected void implConfigureBlocking(boolean block) {
    throw new UnsupportedOperationException();
  }
}
