package io.delegate.web;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** The page, the files it is made of, and the events that feed it, below one path. */
final class Site implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {
  private record File(String name, String type) {}

  private static final File[] FILES = {
    new File("dashboard.html", "text/html; charset=utf-8"),
    new File("dashboard.css", "text/css; charset=utf-8"),
    new File("dashboard-page.js", "text/javascript; charset=utf-8"),
    new File("dashboard-state.js", "text/javascript; charset=utf-8"),
    new File("dashboard-draw.js", "text/javascript; charset=utf-8"),
    new File("dashboard-rows.js", "text/javascript; charset=utf-8"),
    new File("dashboard-deaths.js", "text/javascript; charset=utf-8"),
    new File("dashboard-words.js", "text/javascript; charset=utf-8"),
    new File("dashboard.svg", "image/svg+xml"),
  };

  /** Nothing runs, loads, or is sent anywhere that does not come from here; nobody frames it. */
  private static final Map<String, String> HEADERS =
      Map.of(
          "content-security-policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
              + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
              + "require-trusted-types-for 'script'; trusted-types 'none'",
          "x-content-type-options",
          "nosniff",
          "x-frame-options",
          "DENY",
          "referrer-policy",
          "no-referrer",
          "cross-origin-resource-policy",
          "same-origin",
          "cross-origin-opener-policy",
          "same-origin",
          "cache-control",
          "no-store");

  private record Content(String type, byte[] bytes) {}

  private final String path;
  private final Hosts hosts;
  private final Origins origins;
  private final Audience audience;
  private final Map<String, Content> files = new HashMap<>();

  Site(String path, Set<String> hosts, Audience audience) {
    this.path = path;
    this.hosts = new Hosts(hosts);
    this.origins = new Origins(hosts, Set.of());
    this.audience = audience;
    for (File file : FILES) {
      files.put(file.name(), new Content(file.type(), read(file.name())));
    }
  }

  private static byte[] read(String name) {
    try (InputStream in = Site.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing beside the class " + Site.class);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a request is for something that is here. */
  boolean has(HttpServerRequest request) {
    String name = name(request);
    return (request.method().equals(HttpMethod.GET) || isHead(request))
        && name != null
        && (name.isEmpty() || name.equals("/") || name.equals("/events") || file(name) != null);
  }

  private static boolean isHead(HttpServerRequest request) {
    return request.method().equals(HttpMethod.HEAD);
  }

  /** What is behind the path; null for what is not below it. */
  private @Nullable String name(HttpServerRequest request) {
    String uri = request.uri().split("[?#]", 2)[0];
    if (!uri.startsWith(path)) {
      return null;
    }
    String rest = uri.substring(path.length());
    return rest.isEmpty() || rest.startsWith("/") ? rest : null;
  }

  private @Nullable Content file(String name) {
    return files.get(name.equals("/") ? "dashboard.html" : name.substring(1));
  }

  @Override
  public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
    return Mono.defer(() -> answer(request, response))
        .onErrorResume(
            Problem.class,
            problem -> Refusal.send(problem, response, Refusal.forgotten(request.receive())));
  }

  private Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    HEADERS.forEach(response::header);
    hosts.check(request);
    String name = name(request);
    if (name == null || name.isEmpty()) {
      return redirect(response);
    }
    if (name.equals("/events") && isHead(request)) {
      return response.header(HttpHeaderNames.CONTENT_TYPE, MediaTypes.EVENTS).send().then();
    }
    if (name.equals("/events")) {
      origins.check(request); // a page of another site could take all places
      return Mono.create(sink -> new Viewer(audience, request, response, sink).start());
    }
    Content file = file(name);
    if (file == null) {
      return response.sendNotFound().then();
    }
    response.header(HttpHeaderNames.CONTENT_TYPE, file.type());
    response.header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(file.bytes().length));
    if (isHead(request)) {
      return response.send().then();
    }
    return response.sendByteArray(Mono.just(file.bytes())).then();
  }

  /** To the page, by a relative path: there may be a proxy in front that adds to it. */
  private Mono<Void> redirect(HttpServerResponse response) {
    return response
        .status(HttpResponseStatus.TEMPORARY_REDIRECT)
        .header(HttpHeaderNames.LOCATION, path.substring(path.lastIndexOf('/') + 1) + "/")
        .header(HttpHeaderNames.CONTENT_LENGTH, "0")
        .send()
        .then();
  }
}
