package io.delegate.web;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.util.context.Context;

/**
 * One request: its items go to the children, their outcomes to the client, and the first problem
 * ends it. Outcomes come on other threads; all else happens on the connection's event loop.
 */
final class Exchange<I, R> extends BaseSubscriber<Outcome<I, R>> {
  private static final Logger LOG = LoggerFactory.getLogger(DelegateHandler.class);

  /**
   * For a client that does not take its last words, either; longer than {@link Refusal} listens for
   * more, so that the answer has its end.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * What {@link DelegateHandler.Builder#heartbeat} says of clients that are gone: the first sign
   * makes their system say so, without Netty's own transport the second is what fails. Both come
   * within a second.
   */
  private static final Duration PROBE = Duration.ofMillis(250);

  /** So many of them in a row are ten minutes. Some clients take no line of more than 64 KiB. */
  private static final int MANY_PROBES = 2_400;

  /** After those. */
  private static final Duration LATE_PROBE = Duration.ofSeconds(5);

  private final WebOptions<I, R> options;
  private final Asked asked;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final MonoSink<Void> sink;
  private final Connection connection;
  private final EventLoop loop;
  private final Body body;
  private final Outlet outlet;
  private final OutcomeText<R> text;
  private final Positions positions = new Positions();
  private final Disposable.Composite timers = Disposables.composite();
  private boolean over; // on the loop only

  Exchange(
      WebOptions<I, R> options,
      Asked asked,
      HttpServerRequest request,
      HttpServerResponse response,
      MonoSink<Void> sink) {
    this.options = options;
    this.asked = asked;
    this.request = request;
    this.response = response;
    this.sink = sink;
    Connection[] found = new Connection[1];
    request.withConnection(c -> found[0] = c);
    connection = found[0];
    loop = connection.channel().eventLoop();
    int most = options.maxItemBytes();
    Cutter cutter = asked.lines() ? new LineCutter(most) : new WholeCutter(most);
    body = new Body(request.receive(), cutter, options.maxBodyBytes(), loop);
    outlet = new Outlet(response, loop, this::request, this::broken);
    text = new OutcomeText<>(options.out(), options.evidence());
  }

  void start() {
    sink.onCancel(() -> onLoop(this::gone));
    connection.onTerminate().subscribe(null, null, this::lost);
    onLoop(this::begin);
  }

  private void onLoop(Runnable step) {
    if (loop.inEventLoop()) {
      step.run();
    } else {
      loop.execute(step);
    }
  }

  private void begin() {
    if (over) {
      return;
    }
    response.header(HttpHeaderNames.CONTENT_TYPE, asked.type());
    if (request.version().equals(HttpVersion.HTTP_1_0)) { // it knows no chunks: it ends by closing
      response.chunkedTransfer(false).keepAlive(false);
    }
    Duration limit = options.timeout();
    if (limit != null) {
      after(limit.toNanos(), () -> fail(tooSlow(limit)));
    }
    after(options.bodyTimeout().toNanos(), this::checkBody);
    after(options.writeTimeout().toNanos(), () -> checkWriting(0, 0));
    Duration heartbeat = options.heartbeat();
    if (heartbeat != null) {
      after(heartbeat.toNanos(), () -> beat(heartbeat.toNanos()));
    }
    after(PROBE.toNanos(), this::probe);
    Flux<I> items = body.lines().<I>map(this::item).onErrorResume(this::cut);
    Flux<Outcome<I, R>> outcomes =
        asked.lines()
            ? items.transform(Delegate.<I, R>parallel(options.work(), options.scheduler()))
            : items.concatMap(item -> options.scheduler().<I, R>submit(options.work(), item));
    outcomes.subscribe(this);
  }

  /** No more items; those before are not waited for. */
  private Flux<I> cut(Throwable thrown) {
    if (thrown instanceof AbortedException
        || thrown instanceof IOException
        || thrown instanceof ChannelException) { // the server's own timeouts are such
      onLoop(this::gone);
      connection.channel().close();
    } else {
      fail(thrown);
    }
    return Flux.never();
  }

  private I item(Line line) {
    if (positions.count() == options.maxItems()) {
      throw Problem.of(
              ProblemKind.TOO_MANY_ITEMS, "there are more than " + options.maxItems() + " items")
          .with("limit", options.maxItems());
    }
    I item;
    try {
      item = options.in().read(line.text());
    } catch (Exception | StackOverflowError e) {
      throw Problems.badItem(line, e);
    } catch (
        Throwable e) { // as it is, Reactor would take it for the end of this JVM, and tell nobody
      throw new IllegalStateException("items cannot be read here: " + e, e);
    }
    if (item == null) {
      throw Problems.badItem(line, new IllegalArgumentException("it is null"));
    }
    positions.add(item);
    return item;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    request(options.ahead());
  }

  @Override
  protected void hookOnNext(Outcome<I, R> outcome) {
    try {
      body.touch();
      long index = positions.remove(outcome.item());
      if (!asked.lines() && isRefusal(outcome)) {
        fail(Problems.busy("no child was free within " + limitOf(outcome)));
      } else {
        outlet.add(text.of(outcome, index, asked.format()));
      }
    } catch (Throwable e) { // nothing else would end the request
      fail(new IllegalStateException("outcomes cannot be told: " + e, e));
    }
  }

  private static boolean isRefusal(Outcome<?, ?> outcome) {
    return outcome instanceof Outcome.TimedOut<?, ?> t && t.which() == Outcome.Limit.QUEUE;
  }

  private static Duration limitOf(Outcome<?, ?> outcome) {
    return ((Outcome.TimedOut<?, ?>) outcome).limit();
  }

  @Override
  protected void hookOnComplete() {
    onLoop(
        () -> {
          if (!over) {
            outlet.close();
            outlet.end("", this::done);
          }
        });
  }

  private void done() {
    if (!over) {
      finish();
      sink.success();
    }
  }

  @Override
  protected void hookOnError(Throwable thrown) {
    fail(thrown);
  }

  /** The first problem is told, and what still runs is cancelled. */
  private void fail(Throwable thrown) {
    onLoop(
        () -> {
          if (!over) {
            finish();
            cancel();
            tell(Problems.of(thrown, options.evidence()));
          }
        });
  }

  private void tell(Problem problem) {
    var patience =
        loop.schedule(() -> connection.channel().close(), PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    sink.onDispose(() -> patience.cancel(false));
    if (outlet.close()) {
      connection.markPersistent(false); // so that it is closed at the end
      outlet.end(
          asked.format().problem(problem),
          () -> Refusal.linger(body.rest()).subscribe(null, sink::error, sink::success));
    } else {
      Refusal.send(problem, response, body.rest()).subscribe(null, sink::error, sink::success);
    }
  }

  private void broken(Throwable thrown) {
    gone();
    connection.channel().close();
  }

  /** The server has ended it, perhaps without a cancel: so it does where chunks are no chunks. */
  private void lost() {
    onLoop(this::gone);
    sink.success();
  }

  /** Nobody is there to be told. */
  private void gone() {
    finish();
    outlet.close();
    cancel();
  }

  private void finish() {
    over = true;
    timers.dispose();
  }

  private void beat(long period) {
    long next = outlet.beat(asked.format().beat(), period);
    after(next, () -> beat(period));
  }

  /** While the network is not read, the end of the connection waits behind the body. */
  private void probe() {
    Duration period = outlet.probes() < MANY_PROBES ? PROBE : LATE_PROBE;
    boolean reads = connection.channel().config().isAutoRead();
    long next = reads ? period.toNanos() : outlet.probe(asked.format().probe(), period.toNanos());
    after(next, this::probe);
  }

  private void checkBody() {
    long limit = options.bodyTimeout().toNanos();
    long waited = positions.isIdle() ? body.waited(System.nanoTime()) : 0;
    if (waited >= limit) {
      fail(
          Problem.of(
              ProblemKind.BODY_TIMEOUT,
              "nothing of the body has come for " + options.bodyTimeout()));
    } else {
      after(limit - waited, this::checkBody);
    }
  }

  /** One that takes a little now and then takes long, but is there. */
  private void checkWriting(long pieceBefore, long leftBefore) {
    long piece = outlet.underWay();
    long left = unsent();
    if (piece != 0 && piece == pieceBefore && left == leftBefore) {
      LOG.debug(
          "a client has taken nothing for {}: its request is cancelled", options.writeTimeout());
      gone();
      connection.channel().close();
    } else {
      after(options.writeTimeout().toNanos(), () -> checkWriting(piece, left));
    }
  }

  /** What the network has not taken yet of what it was given; streams of HTTP/2 do not tell. */
  private long unsent() {
    ChannelOutboundBuffer buffer = connection.channel().unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
  }

  private static Problem tooSlow(Duration limit) {
    return Problem.of(ProblemKind.TIMEOUT, "the request was not done within " + limit);
  }

  private void after(long nanos, Runnable step) {
    Disposable.Swap timer = Disposables.swap();
    var future =
        loop.schedule(
            () -> {
              timers.remove(timer); // a long stream has thousands
              step.run();
            },
            nanos,
            TimeUnit.NANOSECONDS);
    timer.update(() -> future.cancel(false));
    timers.add(timer);
  }

  @Override
  public Context currentContext() {
    return Context.of(sink.contextView());
  }
}
