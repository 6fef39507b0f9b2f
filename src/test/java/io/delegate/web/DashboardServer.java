package io.delegate.web;

import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** A server on loopback with a dashboard and nothing else. */
final class DashboardServer implements AutoCloseable {
  final Dashboard dashboard;
  private final LoopResources loops = LoopResources.create("dashboard-test", 2, true);

  /** A loop that ends does not close what it has: clients would wait for ever. */
  private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

  private final DisposableServer server;

  DashboardServer(Dashboard dashboard) {
    this(dashboard, 0);
  }

  DashboardServer(Dashboard dashboard, int port) {
    this.dashboard = dashboard;
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(port)
            .runOn(loops, true)
            .childOption(ChannelOption.SO_SNDBUF, 64 << 10)
            .doOnConnection(connection -> connections.add(connection.channel()))
            .route(
                routes -> {
                  dashboard.routes().accept(routes);
                  dashboard.routes("/ops/children").accept(routes);
                })
            .bindNow(Duration.ofSeconds(30));
  }

  int port() {
    return server.port();
  }

  String url() {
    return "http://127.0.0.1:" + port() + "/delegate/";
  }

  @Override
  public void close() {
    dashboard.close();
    server.disposeNow(Duration.ofSeconds(30));
    connections.close().awaitUninterruptibly();
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(10)).block();
  }
}
