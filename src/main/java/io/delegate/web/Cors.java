package io.delegate.web;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** What a browser wants to be told before a page of another site may post, and read the answer. */
final class Cors {
  /** For how long it need not ask again, in s: as long as Chromium remembers it at most. */
  private static final String MAX_AGE = "7200";

  private Cors() {}

  /** For a request that was let in. */
  static void tell(Origins origins, HttpServerRequest request, HttpServerResponse response) {
    String origin = request.requestHeaders().get(HttpHeaderNames.ORIGIN);
    if (origin != null && origins.allows(origin)) {
      response.header(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
      response.header(HttpHeaderNames.VARY, "origin");
    }
  }

  /** Whether a browser asks whether a page may post. */
  static boolean isQuestion(HttpServerRequest request) {
    return request.method().equals(HttpMethod.OPTIONS)
        && request.requestHeaders().contains(HttpHeaderNames.ORIGIN)
        && request.requestHeaders().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
  }

  static Publisher<Void> answer(HttpServerResponse response) {
    return response
        .status(HttpResponseStatus.NO_CONTENT)
        .header(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "POST")
        .header(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, "content-type")
        .header(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, MAX_AGE)
        .send();
  }
}
