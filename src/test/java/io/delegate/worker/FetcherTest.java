package io.delegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.wire.Found;
import io.delegate.wire.Frame;
import io.delegate.wire.Wanted;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The child's end of the second connection; the parent is played by hand. */
class FetcherTest {
  @TempDir Path directory;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** Daemons: who waits when the connection ends waits until the JVM has ended. */
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "asks");
            thread.setDaemon(true);
            return thread;
          });

  private ServerSocketChannel server;
  private Fetcher fetcher;

  @BeforeEach
  void start() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(address);
    fetcher =
        new Fetcher() {
          @Override
          SocketChannel connect() throws IOException {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(address);
            return channel;
          }

          @Override
          void end() {
            ended.complete(null);
          }
        };
    fetcher.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    Field spent = Fetcher.class.getDeclaredField("spent");
    spent.setAccessible(true);
    spent.set(fetcher, 0);
    var unused = ask("the last, which nobody answers"); // so that no thread is left
    ended.get(30, TimeUnit.SECONDS);
    fetcher.join();
    threads.shutdownNow();
  }

  private Future<Found> ask(String name) {
    Callable<Found> asking = () -> fetcher.ask(new Wanted(1, Wanted.Kind.CLASS, name));
    return threads.submit(asking);
  }

  private static Wanted read(SocketChannel channel) throws IOException {
    ByteBuffer head = fill(channel, ByteBuffer.allocate(Frame.HEADER));
    int length = head.getInt(4);
    assertThat(Frame.header(head, Wanted.MOST)).isEqualTo(Frame.Type.WANTED);
    return Wanted.read(fill(channel, ByteBuffer.allocate(length)));
  }

  private static ByteBuffer fill(SocketChannel channel, ByteBuffer in) throws IOException {
    while (in.hasRemaining()) {
      assertThat(channel.read(in)).isNotNegative();
    }
    return in.flip();
  }

  private static void answer(SocketChannel channel, Found found) throws IOException {
    channel.write(found.head());
    ByteBuffer bytes = ByteBuffer.wrap(found.bytes());
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Test
  void questionsOfManyThreadsGoOneByOneAndEachGetsItsOwnAnswer() throws Exception {
    List<Future<Found>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(ask("n" + i));
    }
    try (SocketChannel parent = server.accept()) {
      for (int i = 0; i < 50; i++) {
        Wanted wanted = read(parent);
        answer(parent, Found.refused(wanted.name()));
      }
      for (int i = 0; i < 50; i++) {
        assertThat(answers.get(i).get(30, TimeUnit.SECONDS).why()).isEqualTo("n" + i);
      }
      assertThat(ended).isNotDone();
    }
  }

  @Test
  void whoeverInterruptsGetsItsAnswerAndStaysInterrupted() throws Exception {
    CompletableFuture<Thread> asking = new CompletableFuture<>();
    CompletableFuture<String> answer = new CompletableFuture<>();
    threads.execute(
        () -> {
          asking.complete(Thread.currentThread());
          Found found = fetcher.ask(new Wanted(1, Wanted.Kind.CLASS, "a"));
          answer.complete(found.why() + Thread.interrupted());
        });
    try (SocketChannel parent = server.accept()) {
      assertThat(read(parent).name()).isEqualTo("a");
      asking.get().interrupt();
      fetcher.interrupt(); // by a work that interrupts all threads it can find
      answer(parent, Found.refused("b"));
      assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("btrue");
      Future<Found> next = ask("c");
      assertThat(read(parent).name()).isEqualTo("c");
      answer(parent, Found.refused("d"));
      assertThat(next.get(30, TimeUnit.SECONDS).why()).isEqualTo("d");
      assertThat(ended).isNotDone();
    }
  }

  /** Then this JVM ends, and with it whoever waits. */
  @Test
  void theEndOfTheParentIsTheEnd() throws Exception {
    Future<Found> asking = ask("a");
    try (SocketChannel parent = server.accept()) {
      read(parent);
    }
    ended.get(30, TimeUnit.SECONDS);
    assertThat(asking).isNotDone();
  }

  @Test
  void anAnswerThatIsNoneIsTheEnd() throws Exception {
    Future<Found> asking = ask("a");
    try (SocketChannel parent = server.accept()) {
      read(parent);
      parent.write(Frame.bare(Frame.Type.BYE));
      ended.get(30, TimeUnit.SECONDS);
      assertThat(asking).isNotDone();
    }
  }

  /** The parent would take more for a breach. */
  @Test
  void whatWouldBeTooMuchInAllIsNotAskedFor() throws Exception {
    Found large = new Found(Found.Status.HERE, new byte[Found.LARGEST]);
    Future<Found> refused =
        threads.submit(
            () -> {
              Found found;
              do {
                found = fetcher.ask(new Wanted(1, Wanted.Kind.RESOURCE, "large"));
              } while (found.status() == Found.Status.HERE);
              return found;
            });
    try (SocketChannel parent = server.accept()) {
      for (long given = 0; given < Found.MOST_IN_ALL; given += large.cost()) {
        assertThat(read(parent).name()).isEqualTo("large");
        answer(parent, large);
      }
      assertThat(refused.get(30, TimeUnit.SECONDS).why()).contains("512 MiB", "a jar or a file");
    }
  }
}
