package io.delegate.test;

import io.delegate.Delegate;
import io.delegate.Event;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What programs do with a scheduler. */
final class Courses {
  private static final Duration PATIENCE = Duration.ofSeconds(50);

  private Courses() {}

  /** The outcomes of the items 0 to 5, by item. */
  static Case.Course sixItems() {
    return items(0, 1, 2, 3, 4, 5);
  }

  static Case.Course items(Object... items) {
    return (scheduler, work, directory) -> {
      List<String> seen = collect(Flux.fromArray(items), work, scheduler, false);
      Collections.sort(seen);
      return seen;
    };
  }

  static Case.Course ordered() {
    return (scheduler, work, directory) ->
        collect(Flux.range(0, 12).cast(Object.class), work, scheduler, true);
  }

  static List<String> collect(
      Flux<Object> items, Work<Object, Object> work, ProcessScheduler scheduler, boolean ordered) {
    Flux<Outcome<Object, Object>> outcomes =
        items.transform(
            ordered
                ? Delegate.parallelOrdered(work, scheduler)
                : Delegate.parallel(work, scheduler));
    return new ArrayList<>(
        outcomes
            .map(Told::outcome)
            .onErrorResume(e -> Mono.just(error(e)))
            .collectList()
            .block(PATIENCE));
  }

  static String error(Throwable e) {
    return "error " + e.getClass().getName();
  }

  static String submit(ProcessScheduler scheduler, Work<Object, Object> work, Object item) {
    return scheduler
        .submit(work, item)
        .map(Told::outcome)
        .onErrorResume(e -> Mono.just(error(e)))
        .block(PATIENCE);
  }

  /** All events of some items, one after the other. */
  static Case.Course events(Object... items) {
    return (scheduler, work, directory) -> {
      Told told = new Told(scheduler);
      for (Object item : items) {
        String unused = submit(scheduler, work, item);
      }
      scheduler.close();
      return told.all();
    };
  }

  /** An item that runs is cancelled: its child dies, and another serves the next. */
  static List<String> cancelRunning(ProcessScheduler s, Work<Object, Object> work)
      throws Exception {
    Told told = new Told(s);
    Disposable running = s.submit(work, 3).subscribe();
    told.await(Event.Begin.class, 1);
    running.dispose();
    told.await(Event.Exit.class, 1);
    String next = submit(s, work, 4);
    s.close();
    List<String> seen = new ArrayList<>(told.all());
    seen.add(next);
    return seen;
  }

  /** An item that waits is cancelled: nobody dies. */
  static List<String> cancelWaiting(ProcessScheduler s, Work<Object, Object> work)
      throws Exception {
    Told told = new Told(s);
    CompletableFuture<String> first = s.submit(work, 3).map(Told::outcome).toFuture();
    told.await(Event.Begin.class, 1);
    s.submit(work, 4).subscribe().dispose();
    String last = submit(s, work, 5);
    s.close();
    List<String> seen = new ArrayList<>(told.all());
    seen.add(first.get());
    seen.add(last);
    return seen;
  }

  /** Asks for some outcomes, and later for more. */
  static List<String> demand(ProcessScheduler s, Work<Object, Object> work) throws Exception {
    Told told = new Told(s);
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    AtomicLong taken = new AtomicLong();
    CompletableFuture<Void> end = new CompletableFuture<>();
    BaseSubscriber<Outcome<Object, Object>> subscriber =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {}

          @Override
          protected void hookOnNext(Outcome<Object, Object> outcome) {
            seen.add(Told.outcome(outcome));
          }

          @Override
          protected void hookOnComplete() {
            end.complete(null);
          }
        };
    Flux.range(0, 9)
        .cast(Object.class)
        .doOnNext(item -> taken.incrementAndGet())
        .transform(Delegate.parallel(work, s))
        .subscribe(subscriber);
    seen.add("taken " + taken + ", begun " + told.count(Event.Begin.class));
    subscriber.request(2);
    told.await(Event.Finished.class, 2);
    seen.add("taken " + taken + ", begun " + told.count(Event.Begin.class));
    subscriber.request(1);
    told.await(Event.Finished.class, 3);
    seen.add("taken " + taken + ", begun " + told.count(Event.Begin.class));
    subscriber.request(100);
    end.get();
    seen.add("taken " + taken);
    Collections.sort(seen);
    return seen;
  }

  /** Takes two of many. */
  static List<String> takeTwo(ProcessScheduler s, Work<Object, Object> work) {
    return Flux.range(0, 1_000)
        .cast(Object.class)
        .transform(Delegate.parallelOrdered(work, s))
        .take(2)
        .map(Told::outcome)
        .collectList()
        .block(PATIENCE);
  }

  /** More items than may wait. */
  static List<String> tooMany(ProcessScheduler s, Work<Object, Object> work) throws Exception {
    Told told = new Told(s);
    Disposable running = s.submit(work, 3).subscribe();
    told.await(Event.Begin.class, 1);
    Disposable waits = s.submit(work, 4).subscribe();
    String refused = submit(s, work, 5);
    waits.dispose();
    running.dispose();
    told.await(Event.Exit.class, 1);
    return List.of(refused, submit(s, work, 6));
  }

  static List<String> dispose(ProcessScheduler s, Work<Object, Object> work) throws Exception {
    Told told = new Told(s);
    CompletableFuture<String> stream =
        Flux.<Object>just(3, 4, 5)
            .transform(Delegate.parallel(work, s))
            .map(Told::outcome)
            .onErrorResume(e -> Mono.just(error(e)))
            .collectList()
            .map(List::toString)
            .toFuture();
    told.await(Event.Begin.class, 1);
    s.dispose();
    List<String> seen = new ArrayList<>(List.of(stream.get(), "disposed " + s.isDisposed()));
    seen.add(submit(s, work, 1));
    seen.add(s.spawn(1).thenReturn("up").onErrorResume(e -> Mono.just(error(e))).block(PATIENCE));
    s.close();
    seen.addAll(told.all());
    return seen;
  }

  static List<String> disposeGracefully(ProcessScheduler s, Work<Object, Object> work)
      throws Exception {
    Told told = new Told(s);
    CompletableFuture<String> running = s.submit(work, 3).map(Told::outcome).toFuture();
    told.await(Event.Begin.class, 1);
    s.disposeGracefully(PATIENCE).block(PATIENCE);
    List<String> seen = new ArrayList<>(List.of(running.get(), submit(s, work, 1)));
    seen.addAll(told.all());
    return seen;
  }

  static List<String> graceOver(ProcessScheduler s, Work<Object, Object> work) throws Exception {
    Told told = new Told(s);
    CompletableFuture<String> running =
        s.submit(work, 3).map(Told::outcome).onErrorResume(e -> Mono.just(error(e))).toFuture();
    told.await(Event.Begin.class, 1);
    s.disposeGracefully(Duration.ofMillis(50)).block(PATIENCE);
    return List.of(running.get());
  }

  static List<String> spawnAndCleanup(ProcessScheduler s, Work<Object, Object> work)
      throws Exception {
    Told told = new Told(s);
    s.spawn(1).block(PATIENCE);
    String first = submit(s, work, 1);
    s.cleanup().block(PATIENCE);
    String pids = "pids " + s.pids();
    String second = submit(s, work, 2);
    s.close();
    List<String> seen = new ArrayList<>(told.all());
    seen.addAll(List.of(first, pids, second));
    return seen;
  }

  /** How and why the first child went, while the scheduler went on. */
  static Case.Course firstExit(Case.Course course) {
    return (s, work, d) -> {
      Told told = new Told(s);
      List<String> unused = course.run(s, work, d);
      told.await(Event.Exit.class, 1);
      s.close();
      return told.all().stream()
          .filter(line -> line.startsWith("exit"))
          .limit(1)
          .map(line -> line.replaceFirst("#\\d", "#")) // of two that have nothing to do either may
          .toList();
    };
  }

  static List<String> shrink(ProcessScheduler s) {
    s.spawn(2).block(PATIENCE);
    s.spawn(1).block(PATIENCE);
    return List.of();
  }

  static List<String> grow(ProcessScheduler s) {
    List<String> seen = new ArrayList<>();
    for (int children : new int[] {3, 1, 2}) {
      s.spawn(children).block(PATIENCE);
      seen.add("up " + s.pids().size());
    }
    return seen;
  }

  /** One dies when it has nothing to do, and another serves the next item. */
  static List<String> idleDeath(ProcessScheduler s, Work<Object, Object> work) throws Exception {
    Told told = new Told(s);
    List<String> seen = new ArrayList<>();
    seen.add(submit(s, work, 3));
    told.await(Event.Exit.class, 1);
    seen.add(submit(s, work, 4));
    s.close();
    seen.addAll(told.all());
    return seen;
  }

  static List<String> upstreamFails(ProcessScheduler s, Work<Object, Object> work) {
    Flux<Object> items =
        Flux.<Object>just(1, 2).concatWith(Flux.error(new IllegalStateException("upstream")));
    return collect(items, work, s, true);
  }

  static List<String> twoStreams(ProcessScheduler s, Work<Object, Object> work) {
    List<List<String>> seen =
        Flux.merge(
                Mono.fromCallable(() -> collect(Flux.<Object>just(1, 2, 3), work, s, true))
                    .subscribeOn(reactor.core.scheduler.Schedulers.boundedElastic()),
                Mono.fromCallable(() -> collect(Flux.<Object>just(4, 5, 6), work, s, true))
                    .subscribeOn(reactor.core.scheduler.Schedulers.boundedElastic()))
            .collectList()
            .block(PATIENCE);
    List<String> all = new ArrayList<>(seen.stream().flatMap(List::stream).toList());
    Collections.sort(all);
    return all;
  }

  /** Lists are items, and the work changes them. */
  static List<String> copies(ProcessScheduler s, Work<Object, Object> work) {
    List<Integer> item = new ArrayList<>(Arrays.asList(1, 2));
    String outcome = submit(s, work, item);
    return List.of(outcome, "afterwards " + item);
  }

  static List<String> carried(ProcessScheduler s, Work<Object, Object> work) {
    return List.of(
        s.submit(work, 3)
            .contextWrite(context -> context.put("tenant", "Ping"))
            .map(Told::outcome)
            .block(PATIENCE));
  }
}
