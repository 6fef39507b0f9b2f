package recipes;

import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

/** A work behind a route of Reactor Netty: each request is an item. */
final class WordServer {
  private WordServer() {}

  static int count(String text) {
    if (text.equals("crash")) {
      Runtime.getRuntime().halt(3);
    }
    return text.split("\\W+").length;
  }

  static DisposableServer start(ProcessScheduler children) {
    return HttpServer.create()
        .host("127.0.0.1")
        .port(0)
        .route(
            routes ->
                routes.get(
                    "/count/{text}",
                    (request, response) ->
                        children
                            .submit(WordServer::count, request.param("text"))
                            .flatMap(outcome -> answer(response, outcome))
                            .onErrorResume(
                                RejectedExecutionException.class, // more than maxPending wait
                                e -> response.status(503).send().then())))
        .bindNow();
  }

  private static Mono<Void> answer(HttpServerResponse to, Outcome<String, Integer> outcome) {
    String text = outcome.map(Object::toString).orElse(outcome.getClass().getSimpleName());
    return to.status(status(outcome)).sendString(Mono.just(text)).then();
  }

  private static int status(Outcome<?, ?> outcome) {
    if (outcome instanceof Outcome.Failure) {
      return 422; // the text is to blame
    }
    if (outcome instanceof Outcome.TimedOut) {
      return 504;
    }
    return outcome.isSuccess() ? 200 : 500;
  }
}
