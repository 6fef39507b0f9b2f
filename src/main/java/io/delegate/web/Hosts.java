package io.delegate.web;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Tells whether a request asks for this server by a name of its own. A foreign page can have its
 * own name point to a loopback address, and then read what is there as if it were its own; but the
 * browser still asks for that name. An address is nobody's name.
 */
final class Hosts {
  private final Set<String> allowed;

  Hosts(Set<String> allowed) {
    this.allowed = allowed;
  }

  /** Throws the problem if not. */
  void check(HttpServerRequest request) {
    List<String> all = request.requestHeaders().getAll(HttpHeaderNames.HOST);
    String asked = all.size() == 1 ? all.get(0) : null; // of two nobody knows which one counts
    if (!permits(asked, isLoopback(request.connectionHostAddress()))) {
      throw Problem.of(
          ProblemKind.FOREIGN_HOST,
          "it was asked for as %s; allowedHosts can name that"
              .formatted(asked == null ? "no name, or several" : ShortText.of(asked)));
    }
  }

  boolean permits(@Nullable String asked, boolean loopback) {
    if (asked == null) {
      return false;
    }
    String name = name(asked);
    return isOwn(name) || allowed.contains(name) || allowed.isEmpty() && !loopback;
  }

  /** What a server may be told that it goes by. */
  static Set<String> checked(String... hosts) {
    Set<String> names = new LinkedHashSet<>();
    for (String host : hosts) {
      if (!host.matches("[A-Za-z0-9._-]+")) {
        throw new IllegalArgumentException(
            "option allowedHosts = " + host + ": give names without port, such as app.example.com");
      }
      names.add(host.toLowerCase(Locale.ROOT));
    }
    return Set.copyOf(names);
  }

  /** Without the port, and the dot that may end it. */
  static String name(String host) {
    String name = host.strip().toLowerCase(Locale.ROOT).replaceFirst(":\\d*$", "");
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private static boolean isOwn(String name) {
    boolean bracketed = name.startsWith("[") && name.endsWith("]");
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || NetUtil.isValidIpV4Address(name)
        || bracketed && NetUtil.isValidIpV6Address(name.substring(1, name.length() - 1));
  }

  private static boolean isLoopback(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet
        && inet.getAddress() != null
        && inet.getAddress().isLoopbackAddress();
  }
}
