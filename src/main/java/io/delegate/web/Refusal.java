package io.delegate.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** A response that is nothing but a problem. */
final class Refusal {
  /**
   * A connection that is closed while the client still sends is reset, and the client may never see
   * the answer. So we listen until nothing has come for this long.
   */
  private static final Duration LINGER = Duration.ofSeconds(1);

  /** That is for how long at most. */
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private Refusal() {}

  /** Sends it, and completes when the connection may be closed. */
  static Mono<Void> send(Problem problem, HttpServerResponse response, Flux<Boolean> rest) {
    return Mono.defer(
            () -> {
              ByteBuf body = ByteBufUtil.writeUtf8(response.alloc(), problem.json());
              response
                  .status(HttpResponseStatus.valueOf(problem.kind().status()))
                  .header(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                  .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.readableBytes()))
                  .keepAlive(false);
              problem.headers().forEach(response::header);
              if (response.method().equals(HttpMethod.HEAD)) { // its answers have no body
                body.release();
                return response.send().then();
              }
              return response.sendObject(new DefaultHttpContent(body)).then();
            })
        .then(linger(rest));
  }

  /**
   * Reads a body to its end for nobody, and says when there was something. One piece at a time:
   * with all asked for at once its error would come twice.
   */
  static Flux<Boolean> forgotten(Flux<ByteBuf> pieces) {
    return pieces.concatMap(piece -> Mono.just(true), 1);
  }

  /** Until the client has said all it wanted to, or falls silent, but not for ever. */
  static Mono<Void> linger(Flux<Boolean> rest) {
    return rest.timeout(LINGER).onErrorComplete().take(LONGEST).then();
  }
}
