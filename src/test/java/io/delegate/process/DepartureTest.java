package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class DepartureTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final Departure departure = new Departure();
  private final List<String> happened = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();

  private Departure.Stay stay(String name, Duration grace, CompletableFuture<Void> until) {
    return departure.add(grace, until, () -> happened.add(name + " disposed"));
  }

  private Thread departs() {
    Thread end =
        new Thread(
            () -> {
              departure.depart();
              happened.add("over");
            });
    end.setDaemon(true);
    end.start();
    return end;
  }

  private void happensNothingBefore(Thread end) {
    await().until(() -> end.getState() == Thread.State.TIMED_WAITING);
    assertThat(happened).doesNotContain("over");
  }

  @Test
  void withoutAGraceNothingIsWaitedForNorDisposed() {
    Departure.Stay stay = stay("one", Duration.ZERO, gone);
    departure.depart();
    assertThat(happened).isEmpty();
    assertThat(departure.add(() -> happened.add("too late"))).isFalse();
    stay.left();
  }

  @Test
  void theEndWaitsForOneThatStaysAndDisposesTheOthers() throws Exception {
    Departure.Stay first = stay("first", LONG, gone);
    Departure.Stay other = stay("other", Duration.ZERO, new CompletableFuture<>());
    Thread end = departs();
    happensNothingBefore(end);
    assertThat(happened).containsExactly("other disposed");
    gone.complete(null);
    end.join();
    assertThat(happened).containsExactly("other disposed", "over");
    assertThat(List.of(first, other)).doesNotContainNull();
  }

  @Test
  void oneWhoseTimeIsOverIsDisposed() {
    Departure.Stay first = stay("first", Duration.ofMillis(1), gone);
    departure.depart();
    assertThat(happened).containsExactly("first disposed");
    first.left();
  }

  @Test
  void oneThatHasLeftIsNotWaitedFor() {
    stay("first", LONG, gone).left();
    departure.depart();
    assertThat(happened).isEmpty();
  }

  @Test
  void allHooksWaitForTheSameEnd() throws Exception {
    Departure.Stay first = stay("first", LONG, gone);
    Thread one = departs();
    happensNothingBefore(one);
    Thread two = departs();
    await().until(() -> two.getState() == Thread.State.WAITING);
    assertThat(happened).isEmpty();
    gone.complete(null);
    one.join();
    two.join();
    assertThat(happened).containsExactly("over", "over");
    first.left();
  }

  @Test
  void whatComesMeanwhileIsDoneAtTheEnd() throws Exception {
    Departure.Stay first = stay("first", LONG, gone);
    Thread end = departs();
    happensNothingBefore(end);
    assertThat(departure.add(() -> happened.add("deleted"))).isTrue();
    assertThat(happened).isEmpty();
    gone.complete(null);
    end.join();
    assertThat(happened).containsExactly("deleted", "over");
    assertThat(departure.add(() -> happened.add("too late"))).isFalse();
    first.left();
  }
}
