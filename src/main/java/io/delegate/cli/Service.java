package io.delegate.cli;

import io.delegate.ProcessScheduler;
import io.delegate.web.Dashboard;
import io.delegate.web.DelegateHandler;
import io.delegate.web.ItemReader;
import io.delegate.web.RequestLimit;
import io.delegate.web.ResultWriter;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/** A work behind HTTP, with a page to watch it where that is asked for. */
final class Service {
  private final ServeLimits limits;
  private final @Nullable Dashboard dashboard;
  private @Nullable Endpoint endpoint;

  Service(ServeLimits limits, WorkOptions options, Reports reports) {
    this.limits = limits;
    Dashboard page =
        limits.dashboard()
            ? Watch.dashboard(options.work, options.timeout)
                .evidence(limits.evidence())
                .allowedHosts(limits.allowedHosts().toArray(String[]::new))
                .build()
            : null;
    dashboard = page;
    if (page != null) {
      reports.add(page.reporter());
    }
  }

  /** Listens, and says where; an IllegalArgumentException says why it cannot. */
  void open(MethodWork work, ProcessScheduler children, PrintWriter err) {
    var handler = handler(work, children);
    Endpoint opened =
        Endpoint.open(
            limits.listen(), "--listen", limits.allowedHosts(), routes -> mount(routes, handler));
    endpoint = opened;
    if (!limits.listen().isLoopback()) {
      err.println("delegate serve: whoever reaches " + limits.listen() + " may run the work");
    }
    err.println(
        "delegate serve: POST items to "
            + opened.url()
            + (limits.dashboard() ? ", watch it at " + opened.url() : ""));
  }

  private void mount(
      HttpServerRoutes routes,
      BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler) {
    if (dashboard != null) {
      Watch.mount(dashboard, routes);
    }
    routes.route(request -> request.path().isEmpty(), handler);
  }

  private BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler(
      MethodWork work, ProcessScheduler children) {
    ItemReader<String> items =
        limits.items() == ServeCommand.Items.JSON
            ? ItemReader.json(String.class)
            : ItemReader.text();
    var builder =
        DelegateHandler.<String, String>builder(work, children, items, ResultWriter.raw())
            .evidence(limits.evidence())
            .maxItemBytes(limits.maxItem())
            .writeTimeout(limits.writeTimeout())
            .ahead(limits.ahead())
            .allowedHosts(limits.allowedHosts().toArray(String[]::new))
            .limit(places());
    if (limits.maxBody() != null) {
      builder = builder.maxBodyBytes(limits.maxBody());
    }
    if (limits.requestTimeout() != null) {
      builder = builder.timeout(limits.requestTimeout());
    }
    if (limits.heartbeat() != null) {
      builder = builder.heartbeat(limits.heartbeat());
    }
    return builder.build();
  }

  private RequestLimit places() {
    return RequestLimit.builder()
        .maxConcurrent(limits.maxRequests())
        .maxPending(limits.maxWaiting())
        .queueTimeout(limits.queueTimeout())
        .build();
  }

  /** Takes no more requests, and gives those under way so much time. */
  void close(Duration grace) {
    if (dashboard != null) {
      dashboard.close(); // first: to watch is a request, too, which would not end by itself
    }
    if (endpoint != null) {
      endpoint.close(grace);
    }
  }
}
