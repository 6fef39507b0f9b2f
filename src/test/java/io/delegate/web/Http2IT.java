package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.NothingLeft;
import io.delegate.Pids;
import io.delegate.ProcessScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.ByteBufFlux;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** Many requests on one connection, by HTTP/2 with prior knowledge. */
@ExtendWith({NothingLeft.class, NoLeak.class})
class Http2IT {
  private static final Duration LONG = Duration.ofSeconds(40);
  @TempDir Path tmp;

  private final LoopResources loops = LoopResources.create("h2-test", 2, true);
  private final ConnectionProvider one = ConnectionProvider.create("h2-test", 1);
  private final Set<Object> connections = ConcurrentHashMap.newKeySet();

  private DisposableServer serve(ProcessScheduler children) {
    var handler =
        DelegateHandler.<String, String>builder(
                Works.tellingIn(tmp), children, ItemReader.json(String.class), ResultWriter.text())
            .build();
    return HttpServer.create()
        .host("127.0.0.1")
        .port(0)
        .protocol(HttpProtocol.H2C)
        .runOn(loops)
        .doOnConnection(
            c -> connections.add(c.channel().parent() == null ? c.channel() : c.channel().parent()))
        .route(routes -> routes.route(request -> request.path().equals("work"), handler))
        .bindNow(LONG);
  }

  private HttpClient client(DisposableServer server) {
    return HttpClient.create(one)
        .runOn(loops)
        .protocol(HttpProtocol.H2C)
        .baseUrl("http://127.0.0.1:" + server.port());
  }

  private static Flux<String> post(HttpClient client, Flux<String> lines) {
    return client
        .headers(h -> h.set("content-type", "application/x-ndjson"))
        .post()
        .uri("/work")
        .send(ByteBufFlux.fromString(lines))
        .response(
            (head, body) ->
                Flux.concat(Mono.just(head.status().toString()), body.asString())
                    .concatWith(Mono.just("end")));
  }

  private long pid(String item) throws IOException {
    Path file = tmp.resolve(item);
    await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> Files.exists(file));
    return Long.parseLong(Files.readString(file));
  }

  @Test
  void theCancelOfOneStreamTakesItsChildAndNoOther() throws Exception {
    try (ProcessScheduler children = WebServer.children().children(3).build()) {
      DisposableServer server = serve(children);
      try {
        HttpClient client = client(server);
        CopyOnWriteArrayList<String> others = new CopyOnWriteArrayList<>();
        Flux<String> unfinished = Flux.just("\"hang other\"\n").concatWith(Flux.never());
        Disposable other = post(client, unfinished).subscribe(others::add);
        long stays = pid("hang other");
        Disposable cancelled =
            post(client, Flux.just("\"hang\"\n").concatWith(Flux.never())).subscribe();
        long goes = pid("hang");
        cancelled.dispose();
        await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> !Pids.runs(goes));
        assertThat(Pids.runs(stays)).isTrue();
        String next =
            String.join("", post(client, Flux.just("\"next\"\n")).collectList().block(LONG));
        assertThat(next).startsWith("200 OK").contains("\"result\":\"NEXT\"").endsWith("end");
        assertThat(Pids.runs(stays)).isTrue();
        assertThat(connections).as("connections").hasSize(1);
        assertThat(others).as("nothing was told to the other").isEmpty();
        other.dispose();
        await().atMost(LONG).until(() -> !Pids.runs(stays));
      } finally {
        end(server);
      }
    }
  }

  @Test
  void aProblemEndsItsStreamAndNotTheConnection() throws Exception {
    try (ProcessScheduler children = WebServer.children().build()) {
      DisposableServer server = serve(children);
      try {
        HttpClient client = client(server);
        Disposable other =
            post(client, Flux.just("\"hang other\"\n").concatWith(Flux.never())).subscribe();
        long stays = pid("hang other");
        String wrong = String.join("", post(client, Flux.just("{\n")).collectList().block(LONG));
        assertThat(wrong).startsWith("400 ").contains("urn:delegate:bad-item").endsWith("end");
        String foreign =
            String.join(
                "",
                post(client.headers(h -> h.set("origin", "https://evil.example")), Flux.just("1"))
                    .collectList()
                    .block(LONG));
        assertThat(foreign).startsWith("403 ").contains("urn:delegate:foreign-origin");
        Sinks.Many<String> lines = Sinks.many().unicast().onBackpressureBuffer();
        lines.tryEmitNext("\"one\"\n");
        String late =
            String.join(
                "",
                post(client, lines.asFlux())
                    .doOnNext(
                        text -> {
                          if (text.contains("ONE")) { // it has begun
                            lines.tryEmitNext("{\n");
                          }
                        })
                    .collectList()
                    .block(LONG));
        assertThat(late).startsWith("200 ").contains("ONE", "{\"problem\":{").endsWith("end");
        assertThat(Pids.runs(stays)).isTrue();
        assertThat(connections).as("connections").hasSize(1);
        other.dispose();
      } finally {
        end(server);
      }
    }
  }

  private void end(DisposableServer server) {
    one.disposeLater().block(LONG);
    server.disposeNow(LONG);
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(10)).block();
  }
}
