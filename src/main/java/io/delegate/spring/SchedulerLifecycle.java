package io.delegate.spring;

import java.time.Duration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import reactor.core.publisher.Flux;

/**
 * When the context is closed, schedulers take no more work and end what is under way: after the web
 * server has ended its requests, so that none of them is refused, and before it cuts off those that
 * are late, so that they may still have their outcomes.
 *
 * <pre>
 *   DEFAULT_PHASE - 1024   the web server takes no more requests, and waits for those under way
 *   DEFAULT_PHASE - 1536   this
 *   DEFAULT_PHASE - 2048   the web server closes its connections
 * </pre>
 *
 * <p>A context that is only stopped or paused may be started again, which a scheduler cannot: then
 * nothing happens.
 */
final class SchedulerLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {
  static final int PHASE = DEFAULT_PHASE - 1536;

  private final ContextSchedulers schedulers;
  private final ApplicationContext context;
  private final Duration grace;
  private volatile boolean running;
  private volatile boolean closing;

  SchedulerLifecycle(ContextSchedulers schedulers, ApplicationContext context, Duration grace) {
    this.schedulers = schedulers;
    this.context = context;
    this.grace = grace;
  }

  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    if (event.getApplicationContext() == context) { // and not a child of it
      closing = true;
    }
  }

  /** Or phases may be stopped before this is told that it is the end. */
  @Override
  public boolean supportsAsyncExecution() {
    return false;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop(Runnable callback) {
    if (!closing) { // and so it goes on: a close that follows must still find it running
      callback.run();
      return;
    }
    running = false;
    Flux.fromIterable(schedulers.all())
        .flatMap(scheduler -> scheduler.disposeGracefully(grace), Integer.MAX_VALUE)
        .doFinally(signal -> callback.run())
        .subscribe();
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  /** Asked for by Spring 7, which pauses contexts between tests. */
  @Override
  public boolean isPauseable() {
    return false;
  }
}
