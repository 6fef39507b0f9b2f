package io.delegate.worker;

import io.delegate.codec.JdkCodec;
import io.delegate.wire.Frame;
import io.delegate.wire.ItemFrame;
import io.delegate.wire.Ledger;
import io.delegate.wire.ResultFrame;
import io.delegate.wire.Values;
import io.delegate.wire.WorkFrame;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The parent's side of one child, spoken by hand: two ends of a real channel, and a ledger. */
final class Wire implements AutoCloseable {
  /** One result as the parent gets it. */
  record Result(long seq, byte status, byte[] value) {
    Object decoded() throws Exception {
      return Values.decode(value, 0, value.length, new JdkCodec(), Wire.class.getClassLoader());
    }

    String error() throws IOException {
      return ResultFrame.decode(ByteBuffer.wrap(value)).toString();
    }
  }

  final SocketChannel parent;
  final CutChannel child;
  final Ledger ledger;

  /** The child's own mapping. */
  final Ledger childLedger;

  Wire(Path directory, int places, int staging) throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      SocketChannel end = SocketChannel.open(StandardProtocolFamily.UNIX);
      end.connect(address);
      child = new CutChannel(end);
      parent = server.accept();
    }
    ledger = Ledger.create(directory.resolve("l"), places, staging);
    childLedger = Ledger.open(directory.resolve("l"));
  }

  void send(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      parent.write(bytes);
    }
  }

  static ByteBuffer item(long seq, int place, int work, byte[] value) {
    ByteBuffer out = ByteBuffer.allocate(Frame.HEADER + ItemFrame.FIXED + value.length);
    ItemFrame.put(out, seq, place, work, value.length);
    return out.put(value).flip();
  }

  static ByteBuffer item(long seq, int place, int work, Object value) throws IOException {
    return item(seq, place, work, Values.encode(value, new JdkCodec(), 1 << 20, "the item"));
  }

  static ByteBuffer work(int id, Object work) throws IOException {
    return new WorkFrame(id, List.of(), new JdkCodec().encode(work)).toFrame(Frame.Type.WORK);
  }

  List<Result> results(int count) throws IOException {
    List<Result> results = new ArrayList<>();
    while (results.size() < count) {
      results.add(result());
    }
    return results;
  }

  /** The next result; waits for it. */
  Result result() throws IOException {
    ByteBuffer head = ByteBuffer.allocate(Frame.HEADER + ResultFrame.FIXED);
    read(head);
    int length = head.getInt(4);
    if (Frame.header(head, Frame.DEFAULT_LIMIT) != Frame.Type.RESULT) {
      throw new IOException("not a result");
    }
    ByteBuffer value = ByteBuffer.allocate(length - ResultFrame.FIXED);
    Result result = new Result(head.getLong(), head.get(), value.array());
    read(value);
    return result;
  }

  private void read(ByteBuffer to) throws IOException {
    while (to.hasRemaining()) {
      if (parent.read(to) < 0) {
        throw new EOFException();
      }
    }
    to.flip();
  }

  @Override
  public void close() throws IOException {
    parent.close();
    child.close();
    ledger.close();
  }
}
