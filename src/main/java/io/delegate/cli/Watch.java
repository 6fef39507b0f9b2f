package io.delegate.cli;

import io.delegate.web.Dashboard;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRoutes;

/** A page on which to watch a run, while it lasts; none where no address is given. */
final class Watch implements AutoCloseable {
  private static final String PAGE = "/delegate";

  private final @Nullable Address address;
  private final @Nullable Dashboard dashboard;
  private @Nullable Endpoint endpoint;

  private Watch(@Nullable Address address, @Nullable Dashboard dashboard) {
    this.address = address;
    this.dashboard = dashboard;
  }

  static Watch at(@Nullable Address address, WorkOptions options, Reports reports) {
    if (address == null) {
      return new Watch(null, null);
    }
    Dashboard dashboard = dashboard(options.work, options.timeout).build();
    reports.add(dashboard.reporter());
    return new Watch(address, dashboard);
  }

  /** The page of a work. */
  static Dashboard.Builder dashboard(String work, @Nullable Duration limit) {
    Dashboard.Builder page = Dashboard.builder().title(work.isBlank() ? "delegate" : work);
    return limit == null ? page : page.limit(limit);
  }

  /** Shows it; an IllegalArgumentException says why it cannot be shown there. */
  void open(PrintWriter err) {
    Address at = address;
    Dashboard shown = dashboard;
    if (at == null || shown == null) {
      return;
    }
    Endpoint opened = Endpoint.open(at, "--dashboard", List.of(), routes -> mount(shown, routes));
    endpoint = opened;
    err.println("delegate run: watch it at " + opened.url());
  }

  /** Whoever asks for the server alone is led to the page. */
  static void mount(Dashboard page, HttpServerRoutes routes) {
    page.routes(PAGE).accept(routes);
    routes.get("/", (request, response) -> response.sendRedirect(PAGE + "/"));
  }

  @Override
  public void close() {
    if (endpoint != null) {
      endpoint.close();
    }
    if (dashboard != null) {
      dashboard.close();
    }
  }
}
