package io.delegate.benchmarks.web;

import io.delegate.Output;
import io.delegate.ProcessScheduler;
import io.delegate.web.DelegateHandler;
import io.delegate.web.ItemReader;
import io.delegate.web.ResultWriter;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * One small work behind HTTP twice: at {@code /children} in child processes, at {@code /here} in
 * this one on {@code boundedElastic}. Started as {@code WebLoad CHILDREN}; says its port, and ends
 * with its stdin.
 */
public final class WebLoad {
  private WebLoad() {}

  /**
   * Runs until stdin ends.
   *
   * @param args how many children, and so how many threads
   * @throws Exception what went wrong
   */
  public static void main(String[] args) throws Exception {
    int children = Integer.parseInt(args[0]);
    Scheduler threads = Schedulers.newBoundedElastic(children, Integer.MAX_VALUE, "here");
    try (ProcessScheduler scheduler =
        ProcessScheduler.builder().children(children).output(Output.DISCARD).build()) {
      scheduler.spawn(children).block();
      DisposableServer server =
          HttpServer.create()
              .host("127.0.0.1")
              .port(0)
              .route(
                  routes ->
                      routes
                          .post(
                              "/children",
                              DelegateHandler.ndjson(
                                  WebLoad::words,
                                  scheduler,
                                  ItemReader.text(),
                                  ResultWriter.json()))
                          .post("/here", (request, response) -> here(request, response, threads)))
              .bindNow(Duration.ofSeconds(30));
      System.out.println(server.port());
      while (System.in.read() >= 0) {
        // until it ends
      }
      server.disposeNow();
    }
    threads.dispose();
  }

  private static Mono<Void> here(
      HttpServerRequest request, HttpServerResponse response, Scheduler threads) {
    Mono<String> answer =
        request
            .receive()
            .aggregate()
            .asString()
            .flatMap(text -> Mono.fromCallable(() -> words(text)).subscribeOn(threads))
            .map(words -> "{\"n\":0,\"outcome\":\"success\",\"result\":" + words + "}\n");
    return response.header("Content-Type", "application/x-ndjson").sendString(answer).then();
  }

  /** How many words there are; some crash. */
  static int words(String text) {
    if (text.equals("crash")) {
      Runtime.getRuntime().halt(3);
    }
    int words = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); i++) {
      boolean space = Character.isWhitespace(text.charAt(i));
      words += !space && !inWord ? 1 : 0;
      inWord = !space;
    }
    return words;
  }
}
