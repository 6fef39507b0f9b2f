package io.delegate.worker;

import io.delegate.wire.Frame;
import io.delegate.wire.Hello;
import io.delegate.wire.Ledger;
import io.delegate.wire.ProtocolException;
import io.delegate.wire.Welcome;
import io.delegate.wire.WorkFrame;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The child. Started as {@code java … Main CHANNEL LEDGER PARENT PROVIDER} with the token on stdin.
 *
 * <p>Three threads: this one reads, runs, writes; a {@link ParentWatch} ends the JVM when the
 * parent is gone; the flusher of {@link Stage} sends results that would wait behind a slow item.
 */
public final class Main {
  /**
   * Exit status of a child whose initializer threw; the number is that of a software error in BSD.
   */
  private static final int INITIALIZER_FAILED = 70;

  /** Exit status of a child whose own part failed, as of a JVM whose main method threw. */
  private static final int BROKEN = 1;

  /** By what a second connection is made, if a work needs one. */
  private static String address = "";

  private static byte[] token = {};
  private static long pid;

  private static volatile @Nullable Supplier<?> runner;

  private Main() {}

  /**
   * What {@code io.delegate.Child} asks, by name, for the item that runs on the calling thread.
   *
   * @return gives null where there is none; null where this JVM is no child
   */
  public static @Nullable Supplier<?> runner() {
    return runner;
  }

  /**
   * Runs until the parent says goodbye or is gone.
   *
   * @param args the channel, {@code unix:PATH} or {@code tcp:PORT}; the ledger's file; the pid of
   *     the parent; the class of its selector provider, {@code none} where that is not the JDK's
   * @throws IOException when the token cannot be read
   */
  public static void main(String[] args) throws IOException {
    System.setIn(InputStream.nullInputStream());
    token = new byte[Hello.TOKEN];
    long parent = Long.parseLong(args[2]);
    RandomAccessFile stat = Self.open(); // for as long as this JVM lives
    Self self = Self.look(stat);
    if (!ParentWatch.start(ByteBuffer.wrap(token), stat, parent)) {
      return; // the parent died between the fork and this line
    }
    try {
      Sockets.prepare(args[3]);
      // a sandbox may show the /proc of another namespace
      pid = self.parent() == parent ? self.pid() : ProcessHandle.current().pid();
      address = args[0];
      serve(Path.of(args[1]));
    } catch (Throwable thrown) { // threads of the user's would keep a child up that serves no more
      try {
        thrown.printStackTrace();
      } finally {
        Runtime.getRuntime().halt(BROKEN);
      }
    }
  }

  private static void serve(Path page) throws IOException {
    SocketChannel channel = connect(Frame.Type.HELLO);
    Intake intake = new Intake(channel);
    if (intake.next() != Frame.Type.WELCOME) {
      throw new ProtocolException("the parent did not say welcome");
    }
    Welcome welcome = Welcome.read(intake.payload());
    intake.limit(welcome.limit());
    Marks marks = Marks.install(welcome.marking());
    Ledger ledger = Ledger.open(page);
    Stage stage = new Stage(ledger, channel);
    Runner runner = new Runner(intake, ledger, stage, welcome, marks);
    Main.runner = runner;
    ParentWatch.witness(new Witness(ledger, stage, runner));
    if (welcome.init()) {
      initialize(intake, runner);
    }
    ByteBuffer ready = Frame.bare(Frame.Type.READY);
    while (ready.hasRemaining()) {
      channel.write(ready);
    }
    int status = runner.run();
    if (status == 0) {
      System.exit(0); // the user's shutdown hooks run
    }
    ParentWatch.end(); // the channel broke: nobody is left to work for
  }

  /** Runs the user's initializer; a child whose initializer throws is no use. */
  private static void initialize(Intake intake, Runner runner) throws IOException {
    if (intake.next() != Frame.Type.INIT) {
      throw new ProtocolException("the parent did not send the initializer");
    }
    try {
      runner.initialize(WorkFrame.read(intake.payload()));
    } catch (Throwable thrown) {
      System.err.println("Delegate: the initializer threw");
      thrown.printStackTrace();
      Runtime.getRuntime().halt(INITIALIZER_FAILED);
    }
  }

  /** A second connection, on which the parent is asked for classes. */
  static SocketChannel connectForClasses() throws IOException {
    return connect(Frame.Type.CLASSES);
  }

  private static SocketChannel connect(Frame.Type type) throws IOException {
    SocketChannel channel = connect();
    ByteBuffer hello = new Hello(token, pid, System.nanoTime()).toFrame(type);
    while (hello.hasRemaining()) {
      channel.write(hello);
    }
    return channel;
  }

  private static SocketChannel connect() throws IOException {
    if (address.startsWith("unix:")) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.connect(UnixDomainSocketAddress.of(address.substring("unix:".length())));
      return channel;
    }
    int port = Integer.parseInt(address.substring("tcp:".length()));
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return channel;
  }
}
