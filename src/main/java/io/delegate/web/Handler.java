package io.delegate.web;

import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Reads the head of a request, waits for a place, and leaves the rest to an {@link Exchange}. */
final class Handler<I, R>
    implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {
  private final WebOptions<I, R> options;

  Handler(WebOptions<I, R> options) {
    this.options = options;
  }

  @Override
  public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
    return Mono.defer(() -> answer(request, response))
        .onErrorResume(
            error -> error instanceof Problem || error instanceof RequestLimit.Refused,
            error ->
                Refusal.send(
                    Problems.of(error, options.evidence()),
                    response,
                    Refusal.forgotten(request.receive())));
  }

  private Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    options.hosts().check(request);
    options.origins().check(request);
    Cors.tell(options.origins(), request, response);
    return Cors.isQuestion(request)
        ? Mono.from(Cors.answer(response))
        : admitted(request, response);
  }

  private Mono<Void> admitted(HttpServerRequest request, HttpServerResponse response) {
    Asked asked = Asked.of(request, options.maxBodyBytes());
    Mono<Void> exchange =
        Mono.create(sink -> new Exchange<>(options, asked, request, response, sink).start());
    RequestLimit limit = options.limit();
    return limit == null ? exchange : limit.limit(exchange);
  }
}
