package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.delegate.Death;
import io.delegate.Event;
import io.delegate.Outcome;
import io.delegate.RemoteError;
import io.delegate.Reporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class HubTest {
  private static final Death DEATH = new Death(0, Optional.empty(), Death.Cause.EXIT, "");

  /** Writes down what it is told. */
  private static class Recorder implements Reporter {
    final List<String> told = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void init(int children) {
      told.add("init " + children);
    }

    @Override
    public void spawn(long pid) {
      told.add("spawn " + pid);
    }

    @Override
    public void begin(long pid, Object item) {
      told.add("begin " + item);
    }

    @Override
    public void success(long pid, Object item, @Nullable Object result) {
      told.add("success " + item + " " + result);
    }

    @Override
    public void fail(long pid, Object item, RemoteError error) {
      told.add("fail " + item + " " + error);
    }

    @Override
    public void abort(long pid, Object item, Death death) {
      told.add("abort " + item + " " + death);
    }

    @Override
    public void timeout(long pid, Object item, Duration limit) {
      told.add("timeout " + item + " " + limit);
    }

    @Override
    public void exit(long pid, Death how) {
      told.add("exit " + pid);
    }

    @Override
    public void cleanup() {
      told.add("cleanup");
    }
  }

  /** Blocks in its first call until it may go on. */
  private static final class Slow extends Recorder {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch mayGoOn = new CountDownLatch(1);

    @Override
    public void init(int children) {
      entered.countDown();
      try {
        mayGoOn.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      super.init(children);
    }
  }

  /** All events up to the end, which is when every listener was told everything. */
  private static CompletableFuture<List<Event>> listen(Hub hub) {
    return hub.events().collectList().toFuture();
  }

  private static List<Event> all(Hub hub, CompletableFuture<List<Event>> events) throws Exception {
    hub.close();
    return events.get(30, TimeUnit.SECONDS);
  }

  private static Answer success(Object item) {
    return Answer.encoded(
        Fakes.flight(item, 0), 7, 5, (byte) 0, new byte[] {1}, 0, 1, NoCodec.INSTANCE);
  }

  @Test
  void largeItemsAreLeftOutSoonerThanManySmallOnes() throws Exception {
    Slow slow = new Slow();
    Hub hub = new Hub(List.of(slow));
    CompletableFuture<List<Event>> events = listen(hub);
    hub.tell(new Event.Init(1));
    slow.entered.await();
    byte[] result = new byte[8 << 20];
    for (int i = 0; i < 20; i++) {
      hub.answered(
          Answer.encoded(
              Fakes.flight(i, 0), 7, 5, (byte) 0, result, 0, result.length, NoCodec.INSTANCE));
    }
    hub.tell(new Event.Cleanup());
    slow.mayGoOn.countDown();
    List<Event> told = all(hub, events);
    assertThat(told).filteredOn(e -> e instanceof Event.Finished).hasSize(8);
    assertThat(told).contains(new Event.Dropped(12));
  }

  @Test
  void everyFactReachesTheReporterAndTheStreamInOrder() throws Exception {
    Recorder recorder = new Recorder();
    Hub hub = new Hub(List.of(recorder));
    var events = listen(hub);
    Flight flight = Fakes.flight("c", 0);
    hub.tell(new Event.Init(2));
    hub.tell(new Event.Spawn(7, Duration.ZERO));
    hub.begun(7, "a");
    hub.answered(success("a"));
    hub.answered(Answer.unsendable(Fakes.flight("b", 0), new Exception("no")));
    hub.answered(Answer.aborted(flight, 7, Duration.ZERO, DEATH));
    hub.answered(
        Answer.timedOut(flight, 7, Duration.ZERO, Duration.ofSeconds(1), "", Outcome.Limit.ITEM));
    hub.tell(new Event.Exit(7, DEATH, Duration.ZERO, 3, Duration.ZERO));
    hub.tell(new Event.Cleanup());
    List<Event> seen = all(hub, events);
    assertThat(recorder.told)
        .containsExactly(
            "init 2",
            "spawn 7",
            "begin a",
            "success a true",
            "fail b java.lang.Exception: no",
            "abort c EXIT (exit code 0)",
            "timeout c PT1S",
            "exit 7",
            "cleanup");
    assertThat(seen)
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly(
            "Init",
            "Spawn",
            "Begin",
            "Finished",
            "Finished",
            "Finished",
            "Finished",
            "Exit",
            "Cleanup");
    assertThat(((Event.Finished) seen.get(3)).outcome()).isInstanceOf(Outcome.Success.class);
  }

  @Test
  void reportersAreCalledOneAtATimeAndEachTellersFactsStayInOrder() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger crowd = new AtomicInteger();
    Recorder recorder =
        new Recorder() {
          @Override
          public void spawn(long pid) {
            crowd.accumulateAndGet(inside.incrementAndGet(), Math::max);
            super.spawn(pid);
            inside.decrementAndGet();
          }
        };
    Hub hub = new Hub(List.of(recorder, recorder));
    var events = listen(hub);
    CompletableFuture<?>[] tellers =
        IntStream.range(0, 4)
            .mapToObj(
                teller ->
                    CompletableFuture.runAsync(
                        () -> {
                          for (int i = 0; i < 2_000; i++) {
                            hub.tell(new Event.Spawn(teller * 10_000L + i, Duration.ZERO));
                          }
                        }))
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(tellers).get(30, TimeUnit.SECONDS);
    List<Event> seen = all(hub, events);
    assertThat(crowd).hasValue(1);
    assertThat(seen).hasSize(8_000);
    assertThat(recorder.told).hasSize(16_000);
    for (int teller = 0; teller < 4; teller++) {
      long from = teller * 10_000L;
      assertThat(
              seen.stream()
                  .map(e -> ((Event.Spawn) e).pid())
                  .filter(p -> p / 10_000 == from / 10_000))
          .isSorted()
          .hasSize(2_000);
    }
  }

  @Test
  void aSlowReporterHoldsUpNoTellerAndLosesOnlyEventsAboutItems() throws Exception {
    Slow slow = new Slow();
    Hub hub = new Hub(List.of(slow));
    var events = listen(hub);
    hub.tell(new Event.Init(1));
    assertThat(slow.entered.await(30, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < Hub.BACKLOG; i++) { // returns, though nobody listens
      hub.begun(7, i);
    }
    for (int i = 0; i < 60; i++) {
      hub.begun(7, "too much");
    }
    for (int i = 0; i < 40; i++) {
      hub.answered(success("too much"));
    }
    for (int i = 0; i < 50; i++) {
      hub.tell(new Event.Spawn(i, Duration.ZERO));
    }
    slow.mayGoOn.countDown();
    List<Event> seen = all(hub, events);
    assertThat(slow.told).hasSize(1 + Hub.BACKLOG + 50).doesNotContain("begin too much");
    assertThat(slow.told.subList(1 + Hub.BACKLOG, slow.told.size()))
        .isEqualTo(IntStream.range(0, 50).mapToObj(i -> "spawn " + i).toList());
    assertThat(seen.stream().filter(Event.Dropped.class::isInstance))
        .containsExactly(new Event.Dropped(100));
  }

  @Test
  void onceItHasCaughtUpNothingIsLeftOutAnyMore() throws Exception {
    Slow slow = new Slow();
    Hub hub = new Hub(List.of(slow));
    var events = listen(hub);
    hub.tell(new Event.Init(1));
    assertThat(slow.entered.await(30, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < Hub.BACKLOG + 5; i++) {
      hub.begun(7, i);
    }
    CountDownLatch caughtUp = new CountDownLatch(1);
    hub.events().filter(Event.Cleanup.class::isInstance).subscribe(e -> caughtUp.countDown());
    hub.tell(new Event.Cleanup());
    slow.mayGoOn.countDown();
    assertThat(caughtUp.await(30, TimeUnit.SECONDS)).isTrue();
    hub.begun(7, "again");
    List<Event> seen = all(hub, events);
    assertThat(slow.told).contains("begin again");
    assertThat(seen.stream().filter(Event.Dropped.class::isInstance)).hasSize(1);
  }

  @Test
  void whatAReporterThrowsHarmsNobodyElse() throws Exception {
    Reporter throwing =
        new Reporter() {
          @Override
          public void spawn(long pid) {
            throw new StackOverflowError("on purpose");
          }

          @Override
          public void begin(long pid, Object item) {
            throw new IllegalStateException("on purpose");
          }
        };
    Recorder recorder = new Recorder();
    Hub hub = new Hub(List.of(throwing, recorder, throwing));
    var events = listen(hub);
    hub.tell(new Event.Spawn(1, Duration.ZERO));
    hub.begun(1, "a");
    hub.tell(new Event.Spawn(2, Duration.ZERO));
    assertThat(all(hub, events)).hasSize(3);
    assertThat(recorder.told).containsExactly("spawn 1", "begin a", "spawn 2");
  }

  /** Its text is asked for when the failure of a reporter is logged. */
  @Test
  void anItemWithAHostileToStringHarmsNobody() throws Exception {
    Object hostile =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("on purpose");
          }
        };
    Reporter throwing =
        new Reporter() {
          @Override
          public void begin(long pid, Object item) {
            throw new IllegalStateException("on purpose");
          }
        };
    Recorder recorder = new Recorder();
    Hub hub = new Hub(List.of(throwing, recorder));
    var events = listen(hub);
    hub.begun(1, hostile);
    hub.tell(new Event.Spawn(2, Duration.ZERO));
    assertThat(all(hub, events)).hasSize(2);
    assertThat(recorder.told).containsExactly("spawn 2");
  }

  /** Its own methods throw it again, so that even the log chokes on it. */
  private static final class Hostile extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw this;
    }
  }

  @Test
  void aReporterThatThrowsWhatCannotBeLoggedHarmsNobodyElse() throws Exception {
    Reporter throwing =
        new Reporter() {
          @Override
          public void spawn(long pid) {
            throw new Hostile();
          }
        };
    Recorder recorder = new Recorder();
    Hub hub = new Hub(List.of(throwing, recorder));
    var events = listen(hub);
    hub.tell(new Event.Spawn(1, Duration.ZERO));
    hub.tell(new Event.Spawn(2, Duration.ZERO));
    hub.close();
    assertThat(events.get(30, TimeUnit.SECONDS)).hasSize(2);
    assertThat(recorder.told).containsExactly("spawn 1", "spawn 2");
  }

  @Test
  void reportersRunOnAThreadThatMayBlock() throws Exception {
    List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    Hub hub =
        new Hub(
            List.of(
                new Reporter() {
                  @Override
                  public void spawn(long pid) {
                    threads.add(Thread.currentThread());
                  }
                }));
    var events = listen(hub);
    hub.tell(new Event.Spawn(1, Duration.ZERO));
    all(hub, events);
    assertThat(threads).hasSize(1);
    assertThat(threads.get(0)).isNotSameAs(Thread.currentThread());
    assertThat(threads.get(0).isDaemon()).isTrue();
    assertThat(reactor.core.scheduler.Schedulers.isNonBlockingThread(threads.get(0))).isFalse();
  }

  @Test
  void withoutListenersNothingIsKept() throws Exception {
    Hub hub = new Hub(List.of());
    assertThat(hub.active()).isFalse();
    hub.tell(new Event.Spawn(1, Duration.ZERO));
    hub.begun(1, "a");
    var events = listen(hub);
    assertThat(hub.active()).isTrue();
    hub.tell(new Event.Spawn(2, Duration.ZERO));
    assertThat(all(hub, events)).containsExactly(new Event.Spawn(2, Duration.ZERO));
    assertThat(hub.events().collectList().block(Duration.ofSeconds(30))).isEmpty();
  }

  @Test
  void aSubscriberThatAsksForNothingHoldsUpNobody() throws Exception {
    Hub hub = new Hub(List.of());
    List<Event> first = new ArrayList<>();
    hub.events()
        .subscribe(
            new reactor.core.publisher.BaseSubscriber<Event>() {
              @Override
              protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
                subscription.request(1);
              }

              @Override
              protected void hookOnNext(Event value) {
                first.add(value);
              }
            });
    var events = listen(hub);
    for (int i = 0; i < 1_000; i++) {
      hub.tell(new Event.Spawn(i, Duration.ZERO));
    }
    assertThat(all(hub, events)).hasSize(1_000);
    assertThat(first).containsExactly(new Event.Spawn(0, Duration.ZERO));
  }

  /** The last events of all may be those that are left out. */
  @Test
  void whatIsLeftOutIsToldThoughNothingFollows() throws Exception {
    Slow slow = new Slow();
    Hub hub = new Hub(List.of(slow));
    CompletableFuture<Event> dropped =
        hub.events().filter(Event.Dropped.class::isInstance).next().toFuture();
    hub.tell(new Event.Init(1));
    assertThat(slow.entered.await(30, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < Hub.BACKLOG + 5; i++) {
      hub.begun(7, i);
    }
    slow.mayGoOn.countDown();
    assertThat(dropped.get(30, TimeUnit.SECONDS)).isEqualTo(new Event.Dropped(5));
    hub.close();
  }

  /** One that is always behind is not told so at each event it is given. */
  @Test
  void whatIsLeftOutAllTheTimeIsToldNowAndThen() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    List<Event.Dropped> told = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger begins = new AtomicInteger();
    Hub[] hub = new Hub[1];
    Reporter behind =
        new Reporter() {
          @Override
          public void event(Event event) {
            if (event instanceof Event.Dropped some) {
              told.add(some);
            } else if (event instanceof Event.Begin && begins.incrementAndGet() < 20_000) {
              hub[0].begun(7, "takes the place that is free");
              hub[0].begun(7, "finds none");
            } else if (event instanceof Event.Init) {
              try {
                begun.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            }
          }
        };
    hub[0] = new Hub(List.of(behind));
    var events = listen(hub[0]);
    hub[0].tell(new Event.Init(1));
    for (int i = 0; i < Hub.BACKLOG; i++) {
      hub[0].begun(7, i);
    }
    begun.countDown();
    await().atMost(Duration.ofSeconds(30)).until(() -> begins.get() > 20_000);
    all(hub[0], events);
    assertThat(told.stream().mapToLong(Event.Dropped::count).sum()).isGreaterThan(19_000);
    assertThat(told.size()).isLessThan(100);
  }

  @Test
  void whatAReporterThrowsAgainAndAgainIsLoggedNowAndThen() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(Hub.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      Reporter throwing =
          new Reporter() {
            @Override
            public void begin(long pid, Object item) {
              throw new IllegalStateException("on purpose");
            }
          };
      Hub hub = new Hub(List.of(throwing));
      var events = listen(hub);
      for (int i = 0; i < 5_000; i++) {
        hub.begun(1, i);
      }
      assertThat(all(hub, events)).hasSize(5_000);
      assertThat(lines.list).hasSizeBetween(1, 100);
      assertThat(lines.list.get(0).getFormattedMessage()).contains("threw on Begin");
    } finally {
      logger.detachAppender(lines);
    }
  }
}
