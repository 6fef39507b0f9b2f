package io.delegate.web;

import io.delegate.Output;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** A server on loopback with one handler at /work, and its children. */
final class WebServer implements AutoCloseable {
  final ProcessScheduler children;
  private final LoopResources loops = LoopResources.create("web-test", 2, true);
  private final DisposableServer server;

  WebServer(Work<String, String> work) {
    this(work, builder -> builder);
  }

  WebServer(
      Work<String, String> work, UnaryOperator<DelegateHandler.Builder<String, String>> options) {
    this(work, options, children().build(), true);
  }

  /**
   * With a scheduler of its own, which it closes.
   *
   * @param natives whether Netty's own transport may be used
   */
  WebServer(
      Work<String, String> work,
      UnaryOperator<DelegateHandler.Builder<String, String>> options,
      ProcessScheduler children,
      boolean natives) {
    this(work, ItemReader.json(String.class), ResultWriter.text(), options, children, natives);
  }

  /** The same, with a reader and a writer that may do anything. */
  WebServer(
      Work<String, String> work,
      ItemReader<String> in,
      ResultWriter<? super String> out,
      UnaryOperator<DelegateHandler.Builder<String, String>> options,
      ProcessScheduler children,
      boolean natives) {
    this.children = children;
    var handler =
        options.apply(DelegateHandler.<String, String>builder(work, children, in, out)).build();
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .runOn(loops, natives)
            .childOption(ChannelOption.SO_SNDBUF, 64 << 10)
            .route(routes -> routes.route(request -> request.path().equals("work"), handler))
            .bindNow(Duration.ofSeconds(30));
  }

  static ProcessScheduler.Builder children() {
    return ProcessScheduler.builder().children(2).output(Output.DISCARD);
  }

  int port() {
    return server.port();
  }

  String url() {
    return "http://127.0.0.1:" + port() + "/work";
  }

  WebClient connect() throws IOException {
    return new WebClient(port());
  }

  @Override
  public void close() {
    server.disposeNow(Duration.ofSeconds(30));
    children.close();
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(10)).block();
  }
}
