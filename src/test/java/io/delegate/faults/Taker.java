package io.delegate.faults;

import io.delegate.Outcome;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Schedulers;

/** Reads a stream as its course says: eagerly, slowly, one by one, in bursts. */
final class Taker extends BaseSubscriber<Outcome<Object, Object>> {
  private final Trace trace;
  private final Random random;
  private int wanted;

  Taker(Trace trace, long seed) {
    this.trace = trace;
    this.random = new Random(seed);
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    switch (trace.course.reader()) {
      case EAGER, SLOW -> requestUnbounded();
      case ONE_BY_ONE, BURSTS -> more();
    }
  }

  @Override
  protected void hookOnNext(Outcome<Object, Object> outcome) {
    trace.entered();
    if (trace.course.reader() == Course.Reader.SLOW) {
      LockSupport.parkNanos(random.nextInt(500_000));
    }
    trace.left();
    if (trace.course.reader().compareTo(Course.Reader.ONE_BY_ONE) >= 0 && --wanted == 0) {
      more();
    }
  }

  private void more() {
    wanted = trace.course.reader() == Course.Reader.BURSTS ? 1 + random.nextInt(20) : 1;
    int n = wanted;
    if (random.nextInt(4) == 0) { // from another thread, after a while without any demand
      var unused =
          Schedulers.boundedElastic()
              .schedule(() -> request(n), random.nextInt(3), TimeUnit.MILLISECONDS);
    } else {
      request(n);
    }
  }

  @Override
  protected void hookOnError(Throwable throwable) {
    // the trace has it
  }

  @Override
  protected void hookFinally(SignalType type) {
    trace.over.countDown();
  }
}
