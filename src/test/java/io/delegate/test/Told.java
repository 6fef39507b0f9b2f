package io.delegate.test;

import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** What a scheduler told, in words that are the same for a twin and for what it stands for. */
final class Told {
  private final List<Event> events = new ArrayList<>();
  private final Map<Long, Integer> children = new LinkedHashMap<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  Told(ProcessScheduler scheduler) {
    scheduler
        .events()
        .filter(event -> !(event instanceof Event.Load))
        .subscribe(this::add, end::completeExceptionally, () -> end.complete(null));
  }

  private synchronized void add(Event event) {
    events.add(event);
    notifyAll();
  }

  /** Waits for that many. */
  synchronized void await(Class<? extends Event> type, int count) throws InterruptedException {
    await(type::isInstance, count);
  }

  synchronized void await(Predicate<Event> test, int count) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(50);
    while (events.stream().filter(test).count() < count) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError("no such event in " + events);
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  synchronized long count(Class<? extends Event> type) {
    return events.stream().filter(type::isInstance).count();
  }

  /** All, once the scheduler is gone. */
  List<String> all() throws Exception {
    end.get(50, TimeUnit.SECONDS);
    synchronized (this) {
      return events.stream().map(this::text).toList();
    }
  }

  private String text(Event event) {
    if (event instanceof Event.Init e) {
      return "init " + e.children();
    } else if (event instanceof Event.Spawn e) {
      return "spawn " + child(e.pid());
    } else if (event instanceof Event.StartFailed e) {
      return "start failed " + e.death().cause();
    } else if (event instanceof Event.Begin e) {
      return "begin " + child(e.pid()) + " " + e.item();
    } else if (event instanceof Event.Slow e) {
      return "slow " + child(e.pid()) + " " + e.item();
    } else if (event instanceof Event.Finished e) {
      return "finished " + child(e.outcome().pid()) + " " + outcome(e.outcome());
    } else if (event instanceof Event.Exit e) {
      if (e.reason() == ExitReason.STOPPED) { // it was asked, or killed where that came at once
        return "exit %s, %d items, %s".formatted(child(e.pid()), e.items(), e.reason());
      }
      return "exit %s %s %d %s, %d items, %s"
          .formatted(
              child(e.pid()),
              e.death().cause(),
              e.death().exitCode(),
              e.death().signal(),
              e.items(),
              e.reason());
    }
    return event.getClass().getSimpleName();
  }

  /** Numbered as they come. */
  private String child(long pid) {
    return pid == 0 ? "none" : "#" + children.computeIfAbsent(pid, p -> children.size() + 1);
  }

  static String outcome(Outcome<?, ?> outcome) {
    String head =
        "%s of %s, attempt %d, %s"
            .formatted(
                outcome.getClass().getSimpleName(),
                outcome.item() instanceof Thread ? "a thread" : outcome.item(),
                outcome.attempt(),
                outcome.pid() > 0 ? "in a child" : "in none");
    if (outcome instanceof Outcome.Success<?, ?> s) {
      return head + ": " + s.result();
    } else if (outcome instanceof Outcome.Failure<?, ?> f) {
      String exception = f.error().exception().map(e -> e.getClass().getName()).orElse("as text");
      boolean own = f.error().type().endsWith("Spiteful"); // told in other words
      return head + ": " + (own ? f.error().type() : f.error()) + ", " + exception;
    } else if (outcome instanceof Outcome.Aborted<?, ?> a) {
      return head
          + ": %s %d %s, served %d"
              .formatted(
                  a.death().cause(), a.death().exitCode(), a.death().signal(), a.death().served());
    } else if (outcome instanceof Outcome.TimedOut<?, ?> t) {
      boolean enough = t.pid() == 0 || t.took().compareTo(t.limit()) >= 0;
      return head + ": %s of %s, %s".formatted(t.which(), t.limit(), enough ? "passed" : t.took());
    }
    throw new AssertionError(outcome);
  }
}
