package io.delegate.benchmarks.peers;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Child JVMs and a blocking Unix domain socket to each. They end when their socket is closed. */
final class RawChildren implements AutoCloseable {
  private final List<Process> processes = new ArrayList<>();
  private final List<SocketChannel> channels = new ArrayList<>();

  RawChildren(int children, Class<?> main, String... args) throws IOException {
    Path directory = Files.createTempDirectory("floor");
    Path path = directory.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      List<String> words = new ArrayList<>(List.of(path.toString()));
      words.addAll(List.of(args));
      for (int i = 0; i < children; i++) {
        processes.add(BareJvm.start(BareJvm.FLAGS, main, words.toArray(String[]::new)));
      }
      for (int i = 0; i < children; i++) {
        channels.add(server.accept());
      }
    } finally {
      Files.deleteIfExists(path);
      Files.delete(directory);
    }
  }

  static SocketChannel connect(String path) throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(path));
  }

  List<SocketChannel> channels() {
    return channels;
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
    for (Process process : processes) {
      process.onExit().join();
    }
  }
}
