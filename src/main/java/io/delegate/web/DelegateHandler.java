package io.delegate.web;

import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.time.Duration;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Runs a work over the items of HTTP requests, for a server of Reactor Netty.
 *
 * <pre>{@code
 * ProcessScheduler children = ProcessScheduler.create(6);
 * HttpServer.create()
 *     .idleTimeout(Duration.ofSeconds(60)) // for the next request of a connection
 *     .requestTimeout(Duration.ofMinutes(5)) // for a whole request to come in
 *     .route(routes -> routes.post("/words", DelegateHandler.ndjson(
 *         Words::count, children, ItemReader.text(), ResultWriter.json())))
 *     .bindNow();
 * }</pre>
 *
 * <p><b>Requests</b> are POST. In {@code application/x-ndjson} (also {@code application/ndjson},
 * {@code application/jsonl}) each line is an item; lines end with LF or CRLF, empty ones are left
 * out. A body of {@code application/json} or {@code text/plain} is one item. Text is UTF-8. A body
 * of lines is read as items are needed, so it may be of any length.
 *
 * <p><b>Responses</b> hold one JSON object per outcome, as they come, {@code
 * {"n":0,"outcome":"success","pid":4711,"tookMillis":1.5,"attempt":1,"result":…}}: {@code n} is the
 * position of the item in the request, from 0; the others are {@code failure} with {@code error},
 * {@code aborted} with {@code death}, and {@code timedOut}. The default is {@code
 * application/x-ndjson}, one a line. With {@code Accept: text/event-stream} each is an event: its
 * name is the outcome, its id is {@code n}. The status is sent with the first outcome.
 *
 * <p><b>Demand and cancel.</b> Outcomes are asked for as the network takes those before, so a
 * client that reads slowly slows down its own items and holds no more than {@link Builder#ahead} of
 * them. A client that hangs up cancels its request: its items that run are killed with their
 * children, within a second, and other requests notice nothing. While more of its request is under
 * way than is read ahead (some 256 KiB, and what the kernel holds), its end could not be seen; so a
 * space is sent then before the next line, or a comment among events, wherever nothing was sent for
 * 250 ms (for 5 s, after ten minutes without an outcome). With the first such sign the response has
 * begun, with status 200. One that hangs up while it waits for a place ({@link Builder#limit}) may
 * keep that until its turn comes, unless all it sent was read. Half a connection is none: a client
 * that closes its end for writing is gone, unless the server says otherwise.
 *
 * <p><b>Who may post.</b> There is no password: put the route behind what guards the rest of the
 * server. But a page of another site cannot make its viewer's browser use the handler: what {@code
 * Sec-Fetch-Site} or {@code Origin} say to come from such a page is answered with 403, unless
 * {@link Builder#allowedOrigins} names the site; and so is, on loopback, what asks for a name that
 * is not of this machine (DNS rebinding), unless {@link Builder#allowedHosts} does. Clients that
 * are no browsers send neither header.
 *
 * <p><b>Problems</b> are told as {@code application/problem+json} (RFC 9457) while nothing else was
 * sent: 400 for an item that cannot be read, 403 for pages of other sites, 405, 406, 408, 413 and
 * 415 for other mistakes, 500 where children cannot start, 503 with {@code Retry-After} where too
 * much is to be done, 504 for {@link Builder#timeout}. Mount the handler with {@code post} and the
 * routes themselves answer other methods; with {@code route(request -> …)} it answers 405. Once
 * outcomes were sent, the problem is the last line, {@code {"problem":{…}}}, or the last event,
 * {@code problem}. Either way all that still runs for the request is cancelled, and the connection
 * is closed.
 *
 * <p>For a single item, {@link ProcessScheduler.Builder#maxPending} and {@link
 * ProcessScheduler.Builder#queueTimeout} come out as 503. Items of a stream are not refused; one
 * that waited too long is a {@code timedOut} of the limit {@code queueTimeout}.
 *
 * <p>Handlers block no thread, and may be mounted many times. They do not dispose the scheduler.
 */
public final class DelegateHandler {
  private DelegateHandler() {}

  /**
   * A handler with default limits.
   *
   * @param work what to run
   * @param scheduler where
   * @param in how a line, or a whole body, becomes an item
   * @param out how a result is written
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return for {@code HttpServerRoutes.post} and its kin
   */
  public static <I, R> BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> ndjson(
      Work<? super I, ? extends R> work,
      ProcessScheduler scheduler,
      ItemReader<? extends I> in,
      ResultWriter<? super R> out) {
    return DelegateHandler.<I, R>builder(work, scheduler, in, out).build();
  }

  /**
   * A builder with default limits.
   *
   * @param work what to run
   * @param scheduler where
   * @param in how a line, or a whole body, becomes an item
   * @param out how a result is written
   * @param <I> the type of the items
   * @param <R> the type of the results
   * @return the builder
   */
  public static <I, R> Builder<I, R> builder(
      Work<? super I, ? extends R> work,
      ProcessScheduler scheduler,
      ItemReader<? extends I> in,
      ResultWriter<? super R> out) {
    return new DelegateHandlerBuilder<>(work, scheduler, in, out);
  }

  /**
   * Every option has a default; what is set last counts. Bad values are refused at once.
   *
   * @param <I> the type of the items
   * @param <R> the type of the results
   */
  public interface Builder<I, R> {
    /**
     * How many bytes a body may have; more are answered with 413, at once where they are announced.
     * Default: no bound, since a body of lines is never held as a whole.
     *
     * @param bytes at least 1
     * @return this
     */
    Builder<I, R> maxBodyBytes(long bytes);

    /**
     * How many bytes one item may have, which is a line, or a whole body; more are answered with
     * 413. Default 1 MiB.
     *
     * @param bytes at least 1
     * @return this
     */
    Builder<I, R> maxItemBytes(int bytes);

    /**
     * How many items a request may have; more are answered with 413. Default: no bound.
     *
     * @param items at least 1
     * @return this
     */
    Builder<I, R> maxItems(long items);

    /**
     * How many outcomes of a request are asked for ahead of what the network has taken: that many
     * of its items run at once at most, and that many results are held for a client that does not
     * read. Make it less where results are large. Default 256.
     *
     * @param outcomes at least 1
     * @return this
     */
    Builder<I, R> ahead(int outcomes);

    /**
     * How long a request may take, from when it has its place until all outcomes are written; then
     * it is answered with 504 and cancelled. Default: for ever.
     *
     * @param limit more than zero, at most a year
     * @return this
     */
    Builder<I, R> timeout(Duration limit);

    /**
     * How long a request may leave us waiting for more of its body while none of its items is under
     * way; then, or up to as long after, it is answered with 408. A body that trickles is bounded
     * by {@link #timeout}, or by {@code HttpServer.requestTimeout}, which closes the connection.
     * Heads of requests are the server's matter: {@code HttpServer.idleTimeout} closes connections
     * that send nothing, and a head that trickles is bounded by its size alone ({@code
     * HttpServer.httpRequestDecoder}). Default 30 s.
     *
     * @param limit more than zero, at most a year
     * @return this
     */
    Builder<I, R> bodyTimeout(Duration limit);

    /**
     * How long a client may take nothing of what is ready for it; then, or up to as long after, its
     * request is cancelled and the connection closed. Until then it holds its place, and what is
     * ready, but no child: one that is stopped to be looked at, or shows what it has page by page,
     * needs some time. Default 10 minutes.
     *
     * @param limit more than zero, at most a year
     * @return this
     */
    Builder<I, R> writeTimeout(Duration limit);

    /**
     * After how long without an outcome an empty line is sent, or a comment among events. It keeps
     * proxies from closing the connection, and shows clients that the server is still there. With
     * the first such line the response has begun, with status 200. Default: never.
     *
     * @param period more than zero, at most a year
     * @return this
     */
    Builder<I, R> heartbeat(Duration period);

    /**
     * Whether clients are told what may help to find a mistake: stack traces, thread dumps, lines
     * of stderr, crashes, and why children cannot start. Without, those texts are empty, or name
     * the server's log. Turn it off where clients are strangers. Default: they are told.
     *
     * @param told whether
     * @return this
     */
    Builder<I, R> evidence(boolean told);

    /**
     * How many requests may be under way at once; share it among handlers. A request's body is not
     * read before it has its place. Default: no bound but the server's.
     *
     * @param limit the limit
     * @return this
     */
    Builder<I, R> limit(RequestLimit limit);

    /**
     * By which names the server may be asked, beside {@code localhost} and addresses; pages of
     * these names are its own. Default: any on connections to addresses that are not loopback, none
     * on others. Once names are given, they are the only ones everywhere. A server behind a proxy
     * on the same machine, which passes on the name it was asked for, needs that name.
     *
     * @param hosts without ports
     * @return this
     */
    Builder<I, R> allowedHosts(String... hosts);

    /**
     * Pages of which other sites may use the handler, and read its answers: their browsers are told
     * so ({@code Access-Control-Allow-Origin}). For the question that a browser asks first mount
     * the handler for OPTIONS, too: {@code route(request -> …)} does. Default: none.
     *
     * @param origins such as {@code https://app.example.com}
     * @return this
     */
    Builder<I, R> allowedOrigins(String... origins);

    /**
     * Makes the handler.
     *
     * @return for {@code HttpServerRoutes.post} and its kin
     */
    BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> build();
  }
}
