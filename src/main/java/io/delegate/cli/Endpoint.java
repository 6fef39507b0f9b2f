package io.delegate.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/** A server of HTTP at one address, which keeps {@link Visitors} out that other sites sent. */
final class Endpoint implements AutoCloseable {
  /** A connection is opened in microseconds, but the name of the host may have to be looked up. */
  private static final Duration TO_BIND = Duration.ofSeconds(10);

  /** For the next request of a connection: as long as the common proxies keep theirs. */
  private static final Duration IDLE = Duration.ofSeconds(75);

  /** Until one that is refused has said all, but not for ever. */
  private static final Duration SILENCE = Duration.ofSeconds(1);

  private static final Duration LISTENING = Duration.ofSeconds(5);

  private final DefaultEventExecutor closer = new DefaultEventExecutor();
  private final ChannelGroup connections = new DefaultChannelGroup(closer);
  private final Address address;
  private final DisposableServer server;

  private Endpoint(Address address, HttpServerRoutes routes, Visitors visitors) {
    this.address = address;
    server =
        HttpServer.create()
            .host(address.host())
            .port(address.port())
            .idleTimeout(IDLE)
            .channelGroup(connections)
            .handle((request, response) -> answer(request, response, routes, visitors))
            .bindNow(TO_BIND);
  }

  /**
   * Listens.
   *
   * @param option by which the address was given, for the message of the IllegalArgumentException
   *     where it cannot be had
   */
  static Endpoint open(
      Address address,
      String option,
      Collection<String> names,
      Consumer<? super HttpServerRoutes> mounts) {
    HttpServerRoutes routes = HttpServerRoutes.newRoutes();
    mounts.accept(routes);
    try {
      return new Endpoint(address, routes, new Visitors(address.isLoopback(), names));
    } catch (ChannelBindException e) {
      throw new IllegalArgumentException(
          "Invalid value for option '%s': '%s': cannot listen there (%s); give a host of this machine and another port, or 0 for any"
              .formatted(option, address, rootOf(e)),
          e);
    }
  }

  private static Throwable rootOf(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static Publisher<Void> answer(
      HttpServerRequest request,
      HttpServerResponse response,
      HttpServerRoutes routes,
      Visitors visitors) {
    String why =
        visitors.refuse(
            request.requestHeaders().get("Host"),
            request.requestHeaders().get("Origin"),
            request.requestHeaders().get("Sec-Fetch-Site"));
    return why == null ? routes.apply(request, response) : refuse(request, response, why);
  }

  /** One that still sends when its connection is closed might never see why. */
  private static Publisher<Void> refuse(
      HttpServerRequest request, HttpServerResponse response, String why) {
    String text =
        "{\"type\":\"about:blank\",\"title\":\"Forbidden\",\"status\":403,\"detail\":\""
            + new String(JsonStringEncoder.getInstance().quoteAsString(why))
            + "\"}\n";
    Mono<Void> told =
        response
            .status(403)
            .header("Content-Type", "application/problem+json")
            .header(
                "Content-Length", Integer.toString(text.getBytes(StandardCharsets.UTF_8).length))
            .keepAlive(false)
            .sendObject(new DefaultHttpContent(ByteBufUtil.writeUtf8(response.alloc(), text)))
            .then();
    return told.then(request.receive().timeout(SILENCE).onErrorComplete().take(LISTENING).then());
  }

  /** Where it is found. */
  String url() {
    int port = ((InetSocketAddress) server.address()).getPort();
    return "http://" + new Address(address.host(), port) + "/";
  }

  /** Takes no more requests, and ends those under way. */
  @Override
  public void close() {
    close(Duration.ofMillis(1));
  }

  /** Takes no more requests, gives those under way so much time, and ends what is left of them. */
  void close(Duration grace) {
    try {
      server.disposeNow(grace);
    } catch (IllegalStateException e) {
      // the time is up
    }
    connections.close().awaitUninterruptibly(1_000);
    closer.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }
}
