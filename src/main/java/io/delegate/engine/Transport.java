package io.delegate.engine;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.LoggerFactory;
import reactor.netty.resources.LoopResources;

/**
 * How children reach the parent. Chosen by the machine; the system property {@value #PROPERTY}
 * forces one of {@code native}, {@code nio}, {@code tcp}.
 */
enum Transport {
  /** A Unix domain socket on epoll or kqueue, which tell the peer's pid. */
  NATIVE,
  /** A Unix domain socket on the JDK's own selector. */
  NIO,
  /** Loopback TCP, where there are no Unix domain sockets. */
  TCP;

  static final String PROPERTY = "io.delegate.channel";

  /** Whether the user chose. */
  static boolean isForced() {
    return !System.getProperty(PROPERTY, "").isEmpty();
  }

  /** The one that was asked for, or the best one here. */
  static Transport choose() {
    String forced = System.getProperty(PROPERTY, "");
    if (!forced.isEmpty()) {
      try {
        return valueOf(forced.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        LoggerFactory.getLogger(Transport.class)
            .warn("system property {}={} is none of native, nio, tcp; ignored", PROPERTY, forced);
      }
    }
    return LoopResources.hasNativeSupport() ? NATIVE : NIO;
  }

  SocketAddress address(Path socket) {
    return switch (this) {
      case NATIVE -> new DomainSocketAddress(socket.toString());
      case NIO -> UnixDomainSocketAddress.of(socket);
      case TCP -> new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    };
  }
}
