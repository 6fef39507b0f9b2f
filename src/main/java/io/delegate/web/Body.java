package io.delegate.web;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

/**
 * The body of a request: the texts of its items as they are asked for, one piece of the body at a
 * time. Once they are no longer wanted it reads on and forgets, so that a client that is still
 * sending gets to read its answer.
 *
 * <p>Pieces come on the event loop, which releases them when they were looked at. For one
 * subscriber.
 */
final class Body extends Flux<List<Line>> {
  private final Flux<ByteBuf> pieces;
  private final Cutter cutter;
  private final long maxBytes;
  private final Executor loop;
  private final Sinks.Many<Boolean> rest = Sinks.many().multicast().directBestEffort();
  private volatile boolean awaited;
  private boolean read; // on the loop
  private volatile long quietSince = System.nanoTime();

  Body(Flux<ByteBuf> pieces, Cutter cutter, long maxBytes, Executor loop) {
    this.pieces = pieces;
    this.cutter = cutter;
    this.maxBytes = maxBytes;
    this.loop = loop;
  }

  /** All items' texts, the last one included. */
  Flux<Line> lines() {
    // no more than one piece ahead
    return concatWith(Flux.defer(() -> Flux.just(cutter.end())))
        .concatMapIterable(lines -> lines, 1);
  }

  /**
   * Says when there was more, for nobody; completes when there is no more to come, or the client is
   * gone. Reads and forgets what nobody has begun to read. On the loop.
   */
  Flux<Boolean> rest() {
    if (!read) {
      read = true;
      return Refusal.forgotten(pieces);
    }
    return rest.asFlux();
  }

  /** For how long it has been waited for in vain, in nanoseconds. */
  long waited(long now) {
    return awaited ? now - quietSince : 0;
  }

  /** The clock of {@link #waited} starts anew. */
  void touch() {
    quietSince = System.nanoTime();
  }

  static Problem tooLarge(long maxBytes) {
    return Problem.of(ProblemKind.BODY_TOO_LARGE, "the body has more than " + maxBytes + " bytes")
        .with("limit", maxBytes);
  }

  @Override
  public void subscribe(CoreSubscriber<? super List<Line>> actual) {
    read = true;
    pieces.subscribe(new Reader(actual));
  }

  private final class Reader implements CoreSubscriber<ByteBuf>, Subscription {
    private final CoreSubscriber<? super List<Line>> actual;
    private @Nullable Subscription upstream;
    private long bytes;
    private volatile boolean forgets;

    Reader(CoreSubscriber<? super List<Line>> actual) {
      this.actual = actual;
    }

    @Override
    public void onSubscribe(Subscription s) {
      upstream = s;
      actual.onSubscribe(this);
    }

    @Override
    public void request(long n) {
      if (!forgets) {
        touch();
        awaited = true;
        upstream().request(n);
      }
    }

    @Override
    public void cancel() {
      forgets = true;
      awaited = false;
      upstream().request(1); // and so on: with all asked for at once its error would come twice
    }

    private Subscription upstream() {
      return Objects.requireNonNull(upstream);
    }

    @Override
    public void onNext(ByteBuf piece) {
      if (forgets) {
        rest.tryEmitNext(true);
        upstream().request(1);
        return;
      }
      awaited = false; // asked for one at a time
      try {
        bytes += piece.readableBytes();
        if (bytes > maxBytes) {
          throw tooLarge(maxBytes);
        }
        actual.onNext(cutter.add(piece));
      } catch (Throwable e) {
        cancel();
        actual.onError(e);
      }
    }

    @Override
    public void onError(Throwable thrown) {
      awaited = false;
      rest.tryEmitComplete();
      if (!forgets) {
        actual.onError(thrown);
      }
    }

    @Override
    public void onComplete() {
      awaited = false;
      rest.tryEmitComplete();
      // a server that gives up a request says so right after this: its last line may be cut short
      loop.execute(
          () -> {
            if (!forgets) {
              actual.onComplete();
            }
          });
    }

    @Override
    public Context currentContext() {
      return actual.currentContext();
    }
  }
}
