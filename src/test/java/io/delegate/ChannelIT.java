package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** The laws hold on every channel, and strangers are turned away. */
@ExtendWith(NothingLeft.class)
class ChannelIT {
  @TempDir Path tmp;

  /** A thousand items with a crash; says what became of them. */
  static final class Program {
    public static void main(String[] args) throws Exception {
      Notes notes = Notes.in(Path.of(args[0]));
      Work<Integer, Object> work =
          x -> {
            if (x == 500) {
              notes.sayPid("child");
              notes.waitFor("go");
              Runtime.getRuntime().halt(137);
            }
            return 3 * x;
          };
      try (ProcessScheduler on = ProcessScheduler.builder().children(2).window(7).build()) {
        List<Outcome<Integer, Object>> outcomes =
            Flux.range(0, 1000)
                .transform(Delegate.<Integer, Object>parallel(work, on))
                .collectList()
                .block();
        Outcomes.assertOnePerItem(outcomes, 1000);
        Outcomes.assertTripled(outcomes, 500);
        Outcomes.aborted(Outcomes.of(500, outcomes));
      }
      System.out.println("right");
    }
  }

  private static String address(long child) throws Exception {
    String command = Files.readString(Path.of("/proc", Long.toString(child), "cmdline"));
    return Stream.of(command.split("\0"))
        .filter(arg -> arg.startsWith("unix:") || arg.startsWith("tcp:"))
        .findFirst()
        .orElseThrow();
  }

  private static java.nio.channels.SocketChannel connect(String address) throws Exception {
    return java.nio.channels.SocketChannel.open(
        address.startsWith("unix:")
            ? java.net.UnixDomainSocketAddress.of(address.substring(5))
            : new java.net.InetSocketAddress(
                java.net.InetAddress.getLoopbackAddress(), Integer.parseInt(address.substring(4))));
  }

  private static void assertTurnedAway(java.nio.channels.SocketChannel channel) throws Exception {
    try {
      assertThat(channel.read(java.nio.ByteBuffer.allocate(1))).isEqualTo(-1);
    } catch (java.io.IOException reset) {
      // as good as the end
    }
    channel.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio", "tcp"})
  void aThousandItemsACrashAndStrangers(String channel) throws Exception {
    Notes notes = Notes.in(tmp);
    Path directories = Files.createDirectories(tmp.resolve("d"));
    try (ParentJvm parent =
        ParentJvm.start(
            directories, List.of("-Dio.delegate.channel=" + channel), Program.class, tmp)) {
      String address = address(notes.awaitPid("child"));
      assertThat(address).startsWith(channel.equals("tcp") ? "tcp:" : "unix:");

      java.nio.channels.SocketChannel silent = connect(address);
      java.nio.channels.SocketChannel garbage = connect(address);
      byte[] bytes = new byte[100];
      new Random(7).nextBytes(bytes);
      garbage.write(java.nio.ByteBuffer.wrap(bytes));
      assertTurnedAway(garbage);
      java.nio.channels.SocketChannel wrong = connect(address);
      wrong.write(
          new io.delegate.wire.Hello(
                  new byte[io.delegate.wire.Hello.TOKEN],
                  ProcessHandle.current().pid(),
                  System.nanoTime())
              .toFrame());
      assertTurnedAway(wrong);
      java.nio.channels.SocketChannel early = connect(address);
      early.write(io.delegate.wire.Frame.bare(io.delegate.wire.Frame.Type.READY));
      assertTurnedAway(early);
      java.nio.channels.SocketChannel huge = connect(address);
      java.nio.ByteBuffer header = java.nio.ByteBuffer.allocate(io.delegate.wire.Frame.HEADER);
      io.delegate.wire.Frame.putHeader(
          header, io.delegate.wire.Frame.Type.HELLO, Integer.MAX_VALUE);
      huge.write(header.flip());
      assertTurnedAway(huge);
      connect(address).close();

      notes.say("go", "");
      assertThat(parent.status()).as("%s", parent).isZero();
      assertThat(parent.heard("right")).isEmpty();
      assertTurnedAway(silent); // at the end, or before
      assertThat(parent.toString()).contains("stranger").contains("was turned away");
    }
    assertThat(NothingLeft.directories(directories, "delegate-")).isEmpty();
  }

  /** The socket is in a directory that only we may enter. */
  @Test
  void nobodyElseCanReachTheSocket() throws Exception {
    try (ProcessScheduler on = ProcessScheduler.create(1)) {
      on.spawn(1).block(Duration.ofSeconds(40));
      Path own =
          NothingLeft.directories(
                  Path.of(System.getProperty("java.io.tmpdir")),
                  "delegate-" + ProcessHandle.current().pid() + "-")
              .get(0);
      assertThat(
              java.nio.file.attribute.PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(own)))
          .isEqualTo("rwx------");
    }
  }
}
