package io.delegate.cluster;

import io.delegate.Event;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.engine.Engine;
import io.delegate.engine.Pool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Runs nothing: where options are checked, and no scheduler of this machine is wanted. */
record NoEngine(String name) implements Engine {
  /** What that engine makes of the options, which stay what they are. */
  static ProcessScheduler build(ProcessScheduler.Builder options, Engine.Maker engine) {
    try {
      return options.engine(engine).build();
    } finally {
      options.engine(Pool::new);
    }
  }

  @Override
  public <I, R> Flux<Outcome<I, R>> outcomes(
      Flux<? extends I> items, Object work, Object origin, boolean ordered, boolean refusable) {
    return Flux.error(new RejectedExecutionException(name + " runs nothing"));
  }

  @Override
  public Mono<Void> spawn(int children) {
    return Mono.error(new RejectedExecutionException(name + " runs nothing"));
  }

  @Override
  public Mono<Void> cleanup() {
    return Mono.empty();
  }

  @Override
  public Mono<Boolean> makeArchive() {
    return Mono.just(false);
  }

  @Override
  public Flux<Event> events() {
    return Flux.empty();
  }

  @Override
  public List<Long> pids() {
    return List.of();
  }

  @Override
  public Mono<Void> finish() {
    return Mono.empty();
  }

  @Override
  public Mono<Void> finish(Duration grace) {
    return Mono.empty();
  }

  @Override
  public Mono<Void> kill() {
    return Mono.empty();
  }

  @Override
  public void dispose() {
    // nothing
  }

  @Override
  public boolean isDisposed() {
    return true;
  }
}
