package io.delegate;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Stub. */
public final class ProcessScheduler implements Disposable, AutoCloseable {
  private ProcessScheduler() {}

  /** Stub. */
  public static ProcessScheduler create(int children) {
    return builder().children(children).build();
  }

  /** Stub. */
  public static Builder builder() {
    throw new UnsupportedOperationException();
  }

  /** Stub. */
  public <I, R> Mono<Outcome<I, R>> submit(Work<? super I, ? extends R> work, I item) {
    throw new UnsupportedOperationException();
  }

  /** Stub. */
  public Mono<Void> spawn(int children) {
    throw new UnsupportedOperationException();
  }

  /** Stub. */
  public Mono<Void> cleanup() {
    throw new UnsupportedOperationException();
  }

  /** Stub. */
  public Flux<Event> events() {
    throw new UnsupportedOperationException();
  }

  /** Stub. */
  public Mono<Void> disposeGracefully(Duration grace) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void dispose() {}

  @Override
  public boolean isDisposed() {
    return false;
  }

  @Override
  public void close() {}

  /** Stub. */
  public interface Builder {
    Builder children(int children);
    Builder name(String name);
    Builder timeout(Duration limit);
    Builder startTimeout(Duration limit);
    Builder window(int items);
    Builder timer(Scheduler timer);
    Builder heap(String size);
    Builder jvmArgs(String... args);
    Builder javaHome(Path home);
    Builder environment(Map<String, String> variables);
    Builder workingDirectory(Path directory);
    Builder classPath(List<Path> entries);
    Builder launcher(UnaryOperator<List<String>> launcher);
    Builder output(Output output);
    Builder codec(Codec codec);
    Builder reporter(Reporter reporter);
    ProcessScheduler build();
  }
}
