package io.delegate.cli;

import io.delegate.Death;
import io.delegate.Outcome;
import io.delegate.RemoteError;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import reactor.core.publisher.Flux;

/** Children without processes: the item says what becomes of it, unless a function is given. */
final class FakeChildren implements Children {
  static final Duration TOOK = Duration.ofNanos(1_234_567);

  final AtomicInteger closed = new AtomicInteger();
  final AtomicInteger killed = new AtomicInteger();
  private final Function<Flux<String>, Flux<Outcome<String, String>>> outcomes;

  FakeChildren() {
    this(items -> items.map(FakeChildren::outcome));
  }

  FakeChildren(Function<Flux<String>, Flux<Outcome<String, String>>> outcomes) {
    this.outcomes = outcomes;
  }

  static Outcome<String, String> outcome(String item) {
    return switch (item) {
      case "fail" ->
          new Outcome.Failure<>(
              item, 7, TOOK, 1, new RemoteError("x.Oops", "bad \"luck\"", "at x"));
      case "crash" ->
          new Outcome.Aborted<>(
              item,
              7,
              TOOK,
              1,
              new Death(137, Optional.of("SIGKILL"), Death.Cause.SIGNAL, "last\nwords"));
      case "exit" ->
          new Outcome.Aborted<>(
              item, 7, TOOK, 1, new Death(3, Optional.empty(), Death.Cause.EXIT, ""));
      case "hang" ->
          new Outcome.TimedOut<>(item, 7, TOOK, 1, Duration.ofMillis(1500), "\"main\" RUNNABLE");
      default -> new Outcome.Success<>(item, 7, TOOK, 1, Integer.toString(item.length()));
    };
  }

  @Override
  public Flux<Outcome<String, String>> outcomes(Flux<String> items) {
    return outcomes.apply(items);
  }

  @Override
  public void close() {
    closed.incrementAndGet();
  }

  @Override
  public void kill() {
    killed.incrementAndGet();
  }
}
