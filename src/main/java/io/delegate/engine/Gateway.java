package io.delegate.engine;

import io.delegate.process.Launcher;
import io.delegate.process.PrivateDirectory;
import io.delegate.wire.Hello;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * Where all children of this JVM connect: one socket in one private directory, on event loops of
 * its own. It lives as long as any child does.
 */
final class Gateway {
  private static final Logger log = LoggerFactory.getLogger(Gateway.class);
  private static final Duration BIND_LIMIT = Duration.ofSeconds(10);
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Connections that have not said hello; a child of ours does in its first milliseconds. */
  private static final int MOST_UNKNOWN = 256;

  /** So many strangers are told of; who knocks without end must not fill the log. */
  private static final int MOST_TOLD = 20;

  /** As much as the kernel keeps for a socket, usually, so that it can be read at once. */
  private static final int MOST_READ = 256 << 10;

  private static @Nullable Gateway current;

  private final PrivateDirectory directory;
  private final Launcher launcher;
  private final LoopResources loops;
  private final DisposableServer server;
  private final String address;
  private final int user;
  private final AtomicInteger unknown = new AtomicInteger();
  private final AtomicInteger turnedAway = new AtomicInteger();
  private final Map<ByteBuffer, Child> expected = new ConcurrentHashMap<>();
  private final Map<ByteBuffer, Child> greeted = new ConcurrentHashMap<>();
  private int users;

  private Gateway() {
    directory = PrivateDirectory.create();
    Threads.run(new Preload());
    launcher = new Launcher(directory);
    user = ownerOf(directory.path());
    loops = LoopResources.create("delegate", 1, true);
    Path socket = directory.file("s");
    try {
      Transport chosen = Transport.choose();
      DisposableServer bound;
      try {
        bound = bind(chosen, socket);
      } catch (RuntimeException e) {
        if (Transport.isForced() || chosen == Transport.TCP) {
          throw e;
        }
        log.warn(
            "no Unix domain socket at {} ({}); children connect by loopback", socket, e.toString());
        chosen = Transport.TCP;
        bound = bind(chosen, socket);
      }
      server = bound;
      address =
          chosen == Transport.TCP
              ? "tcp:" + ((InetSocketAddress) server.address()).getPort()
              : "unix:" + socket;
    } catch (RuntimeException e) {
      loops.dispose();
      directory.close();
      throw e;
    }
  }

  /** The number of this user; -1 where users have none. */
  private static int ownerOf(Path own) {
    try {
      return (int) Files.getAttribute(own, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    } catch (IOException | RuntimeException e) {
      return -1;
    }
  }

  int user() {
    return user;
  }

  @SuppressWarnings("deprecation") // by this name alone the option is there in Netty 4.1, too
  private DisposableServer bind(Transport transport, Path socket) {
    return TcpServer.create()
        .runOn(loops, transport == Transport.NATIVE)
        .bindAddress(() -> transport.address(socket))
        .option(ChannelOption.SO_BACKLOG, 256)
        // a failed write to a dead child must not close the channel: results may still be in it
        .childOption(ChannelOption.AUTO_CLOSE, false)
        .childOption(
            ChannelOption.RCVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(64, 2048, MOST_READ))
        .doOnConnection(c -> c.addHandlerLast("delegate", new Connection(this, c.channel())))
        .handle((in, out) -> Mono.never())
        .bindNow(BIND_LIMIT);
  }

  /** The gateway, made if there is none; blocks. To be given back by {@link #release()}. */
  static synchronized Gateway acquire() {
    if (current == null) {
      current = new Gateway();
    }
    current.users++;
    return current;
  }

  /** One user less; completes when nothing is left of a gateway without users. */
  CompletableFuture<Void> release() {
    synchronized (Gateway.class) {
      if (--users > 0) {
        return CompletableFuture.completedFuture(null);
      }
      if (current == this) {
        current = null;
      }
    }
    CompletableFuture<Void> closed = new CompletableFuture<>();
    server.dispose();
    // In two steps: were the loop ended by the first one's own listener, Netty could find it gone
    // while it still adds that listener, and log that as an error.
    CompletableFuture<Void> unbound = server.onDispose().onErrorComplete().toFuture();
    unbound
        .thenCompose(
            v -> loops.disposeLater(Duration.ZERO, BIND_LIMIT).onErrorComplete().toFuture())
        .whenComplete(
            (v, e) ->
                Threads.run(
                    () -> {
                      launcher.close();
                      directory.close();
                      closed.complete(null);
                    }));
    return closed;
  }

  String address() {
    return address;
  }

  /** The class of the JDK's own selector provider; {@code none} if another is in use. */
  String selectorProvider() {
    Class<?> provider = SelectorProvider.provider().getClass();
    return provider.getClassLoader() == null ? provider.getName() : "none";
  }

  Path file(String name) {
    return directory.file(name);
  }

  Launcher launcher() {
    return launcher;
  }

  /** A new secret; whoever says hello with it is that child. */
  byte[] expect(Child child) {
    byte[] token = new byte[Hello.TOKEN];
    RANDOM.nextBytes(token);
    expected.put(ByteBuffer.wrap(token), child);
    return token;
  }

  /** The secret is void. */
  void forget(byte[] token) {
    ByteBuffer key = ByteBuffer.wrap(token);
    expected.remove(key);
    greeted.remove(key);
  }

  /** Whether one more connection may be made that nobody knows yet; {@link #known} must follow. */
  boolean admit() {
    boolean room = unknown.incrementAndGet() <= MOST_UNKNOWN;
    if (!room) {
      turnedAway("there are " + MOST_UNKNOWN + " others that said nothing");
    }
    return room;
  }

  /** A connection is a child's now, or gone. */
  void known() {
    unknown.decrementAndGet();
  }

  /** Who that is; each secret is good once. Null for a stranger. */
  @Nullable Child greet(Hello hello) {
    ByteBuffer key = ByteBuffer.wrap(hello.token());
    Child child = expected.get(key);
    if (child == null) {
      return null;
    }
    greeted.put(key, child);
    if (!expected.remove(key, child)) { // forgotten just now, perhaps before that line
      greeted.remove(key);
      return null;
    }
    return child;
  }

  /** The child that has said hello with that secret before; null if none has. */
  @Nullable Child owner(Hello hello) {
    return greeted.get(ByteBuffer.wrap(hello.token()));
  }

  void turnedAway(@Nullable String why) {
    int count = turnedAway.incrementAndGet();
    if (count <= MOST_TOLD) {
      log.warn(
          "a stranger connected to {} and was turned away: {}{}",
          address,
          why,
          count == MOST_TOLD ? " (others will not be told of)" : "");
    }
  }
}
