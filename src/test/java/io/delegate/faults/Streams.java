package io.delegate.faults;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Builds the stream of a course, with its trace on both sides of the operator. */
final class Streams {
  /** What upstream and downstream throw. */
  static final class Boom extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final int MOST_SINGLES = 12;

  private Streams() {}

  static Flux<Outcome<Object, Object>> of(Trace trace, File directory, ProcessScheduler on) {
    Course course = trace.course;
    Job job = new Job(directory, course.shape(), course.number());
    if (course.way() == Course.Way.SINGLES) {
      return singles(trace, job, on);
    }
    Flux<Outcome<Object, Object>> outcomes =
        upstream(course)
            .doOnNext(trace::handed)
            .transform(
                course.way() == Course.Way.ORDERED
                    ? Delegate.<Object, Object>parallelOrdered(job, on)
                    : Delegate.<Object, Object>parallel(job, on))
            .doOnRequest(trace::requested)
            .doOnNext(trace::received)
            .doOnError(trace::ended)
            .doOnComplete(() -> trace.ended(null))
            .doOnCancel(trace::cancelling);
    return switch (course.stop()) {
      case TAKE -> outcomes.take(course.stopAt());
      case DOWNSTREAM_ERROR -> {
        AtomicInteger count = new AtomicInteger();
        yield outcomes.doOnNext(
            outcome -> {
              if (count.incrementAndGet() > course.stopAt()) {
                throw new Boom();
              }
            });
      }
      default -> outcomes;
    };
  }

  private static Flux<Object> upstream(Course course) {
    List<Order> orders =
        course.stop() == Course.Stop.UPSTREAM_ERROR
            ? course.orders().subList(0, course.stopAt())
            : course.orders();
    Flux<Object> items = Flux.fromIterable(orders).map(course.shape()::wrap);
    if (course.slowUpstream()) {
      items = items.delayElements(Duration.ofMillis(1));
    }
    // after the delay: an error would not wait for the element before it
    return course.stop() == Course.Stop.UPSTREAM_ERROR
        ? items.concatWith(Mono.error(new Boom()))
        : items;
  }

  private static Flux<Outcome<Object, Object>> singles(Trace trace, Job job, ProcessScheduler on) {
    Course course = trace.course;
    return Flux.fromIterable(course.orders())
        .flatMap(order -> single(order, trace, job, on), MOST_SINGLES)
        .doOnError(trace::ended)
        .doOnComplete(() -> trace.ended(null));
  }

  private static Mono<Outcome<Object, Object>> single(
      Order order, Trace trace, Job job, ProcessScheduler on) {
    Mono<Outcome<Object, Object>> outcome =
        on.<Object, Object>submit(job, trace.course.shape().wrap(order))
            .doOnSubscribe(s -> trace.handed.put(order.id(), System.nanoTime()))
            .doOnNext(o -> trace.receivedSingle(order, o));
    boolean impatient = order.id() % 5 == 0 || order.deed().fate == Deed.Fate.HANG;
    if (trace.course.stop() == Course.Stop.TIMEOUTS && impatient) {
      outcome =
          outcome
              .timeout(Duration.ofMillis(20 + 40L * (order.id() % 20)))
              .onErrorResume(
                  TimeoutException.class,
                  e -> {
                    trace.abandoned.add(order.id());
                    return Mono.empty();
                  });
    }
    return outcome.onErrorResume(
        RejectedExecutionException.class,
        e -> {
          trace.refused.add(order.id());
          return Mono.empty();
        });
  }
}
