package io.delegate;

import io.delegate.engine.FluxOutcomes;
import io.delegate.engine.Pool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Child processes that run works, for many streams and many works at once.
 *
 * <p>Children are started when there are items for them, never more than asked for, and replaced when
 * they die. Streams take turns, item by item. It has the manners of Reactor's schedulers ({@link
 * #dispose()}, {@link #disposeGracefully}, rejection afterwards) but is none: operators hand a {@code
 * Scheduler} live objects of this heap, which no other process can run.
 *
 * <p>All methods may be called by any thread, and none blocks but {@link #close()}. Outcomes come on
 * {@link Schedulers#parallel()}.
 */
public final class ProcessScheduler implements Disposable, AutoCloseable {
  private final Pool pool;

  /**
   * Stub.
   *
   * @param children stub
   * @return stub
   */
  public static ProcessScheduler create(int children) {
    return builder().children(children).build();
  }

  /**
   * Stub.
   *
   * @return stub
   */
  public static Builder builder() {
    return new SchedulerBuilder();
  }

  /**
   * Stub.
   *
   * @param <I> stub
   * @param <R> stub
   * @param work stub
   * @param item stub
   * @return stub
   */
  public <I, R> Mono<Outcome<I, R>> submit(Work<? super I, ? extends R> work, I item) {
    Objects.requireNonNull(work, "work");
    Objects.requireNonNull(item, "item");
    return new FluxOutcomes<I, R>(Flux.just(item), work, pool, false, true).single();
  }

  /**
   * Stub.
   *
   * @param children stub
   * @return stub
   */
  public Mono<Void> spawn(int children) {
    SchedulerBuilder.checkChildren(children);
    return pool.spawn(children);
  }

  /**
   * Stub.
   *
   * @return stub
   */
  public Mono<Void> cleanup() {
    return pool.cleanup();
  }

  /**
   * Stub.
   *
   * @return stub
   */
  public Flux<Event> events() {
    return pool.events();
  }

  /**
   * Stub.
   *
   * @param grace stub
   * @return stub
   */
  public Mono<Void> disposeGracefully(Duration grace) {
    Objects.requireNonNull(grace, "grace");
    return pool.finish(grace);
  }

  /**
   * Kills all children with all that they started. Streams under way end with {@link
   * RejectedExecutionException} once the children are gone. Returns at once; {@link
   * #disposeGracefully} with a grace of zero tells when it is done.
   */
  @Override
  public void dispose() {
    pool.dispose();
  }

  /**
   * Whether it takes no more streams.
   *
   * @return true from the first call of {@link #dispose()}, {@link #close()} or the subscription of
   *     {@link #disposeGracefully}
   */
  @Override
  public boolean isDisposed() {
    return pool.isDisposed();
  }

  /**
   * As {@link #dispose()}, and waits until nothing is left; on a thread that must not block it does
   * not wait.
   */
  @Override
  public void close() {
    if (Schedulers.isInNonBlockingThread()) {
      dispose();
    } else {
      pool.kill().block();
    }
  }

  /** Every option has a default; what is set last counts. Bad values are refused at once. */
  public interface Builder {
    /**
     * Stub.
     *
     * @param children stub
     * @return stub
     */
    Builder children(int children);

    /**
     * Stub.
     *
     * @param name stub
     * @return stub
     */
    Builder name(String name);

    /**
     * Stub.
     *
     * @param limit stub
     * @return stub
     */
    Builder timeout(Duration limit);

    /**
     * Stub.
     *
     * @param limit stub
     * @return stub
     */
    Builder startTimeout(Duration limit);

    /**
     * Stub.
     *
     * @param items stub
     * @return stub
     */
    Builder window(int items);

    /**
     * Stub.
     *
     * @param timer stub
     * @return stub
     */
    Builder timer(Scheduler timer);

    /**
     * Stub.
     *
     * @param size stub
     * @return stub
     */
    Builder heap(String size);

    /**
     * Stub.
     *
     * @param args stub
     * @return stub
     */
    Builder jvmArgs(String... args);

    /**
     * Stub.
     *
     * @param home stub
     * @return stub
     */
    Builder javaHome(Path home);

    /**
     * Stub.
     *
     * @param variables stub
     * @return stub
     */
    Builder environment(Map<String, String> variables);

    /**
     * Stub.
     *
     * @param directory stub
     * @return stub
     */
    Builder workingDirectory(Path directory);

    /**
     * Stub.
     *
     * @param entries stub
     * @return stub
     */
    Builder classPath(List<Path> entries);

    /**
     * Stub.
     *
     * @param launcher stub
     * @return stub
     */
    Builder launcher(UnaryOperator<List<String>> launcher);

    /**
     * Stub.
     *
     * @param output stub
     * @return stub
     */
    Builder output(Output output);

    /**
     * Stub.
     *
     * @param codec stub
     * @return stub
     */
    Builder codec(Codec codec);

    /**
     * Stub.
     *
     * @param reporter stub
     * @return stub
     */
    Builder reporter(Reporter reporter);

    /**
     * Stub.
     *
     * @return stub
     */
    ProcessScheduler build();
  }
}
