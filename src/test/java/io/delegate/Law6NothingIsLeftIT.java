package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;

/** After the end no process, socket, file, mapping or thread of ours remains. */
@ExtendWith(NothingLeft.class)
class Law6NothingIsLeftIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  @TempDir Path tmp;

  /** The extension would prove nothing if it saw nothing. */
  @Test
  void theProofSeesWhatIsThere() {
    try (ProcessScheduler on = ProcessScheduler.create(1)) {
      on.spawn(1).block(LONG);
      String left = String.join("\n", NothingLeft.left(true));
      assertThat(left)
          .contains("process ", "process with our cookie", "directory ", "mapping ", "socket ")
          .contains("thread delegate-");
    }
  }

  @ParameterizedTest
  @CsvSource({"1,2", "7,6", "256,4"})
  void afterADisposeInTheMiddle(int window, int children) {
    Work<Integer, Integer> work =
        x -> {
          Thread.sleep(1);
          return 3 * x;
        };
    ProcessScheduler on = Shapes.builder(window, children).build();
    CountDownLatch some = new CountDownLatch(20);
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Flux.range(0, 1_000_000)
        .transform(Delegate.<Integer, Integer>parallel(work, on))
        .subscribe(o -> some.countDown(), ended::completeExceptionally);
    await().atMost(LONG).until(() -> some.getCount() == 0);
    on.close();
    assertThat(NothingLeft.left(false))
        .as("at the end of close()")
        .filteredOn(left -> !left.startsWith("thread"))
        .isEmpty();
    await().until(ended::isCompletedExceptionally);
  }

  @Test
  void afterADisposeWhileChildrenStart() {
    for (int i = 0; i < 5; i++) {
      ProcessScheduler on = ProcessScheduler.create(3);
      on.spawn(3).onErrorComplete().subscribe();
      if (i > 0) {
        await().atMost(LONG).until(() -> ProcessHandle.current().descendants().count() > 0);
      }
      on.close();
      assertThat(ProcessHandle.current().descendants().filter(p -> Pids.runs(p.pid()))).isEmpty();
    }
  }

  @Test
  void afterManySchedulersNoDescriptorIsLeft() throws Exception {
    Work<Integer, Integer> work = x -> x;
    try (ProcessScheduler first = ProcessScheduler.create(1)) {
      first.submit(work, 1).block(LONG); // loads what stays open
    }
    long before = descriptors();
    for (int i = 0; i < 6; i++) {
      try (ProcessScheduler on = ProcessScheduler.create(2)) {
        on.submit(work, 1).block(LONG);
      }
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(before + 1));
  }

  private static long descriptors() throws java.io.IOException {
    try (Stream<Path> all = java.nio.file.Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @Test
  void afterDisposingGracefullyWithMuchGraceLeft() {
    Work<Integer, Integer> work = x -> x;
    ProcessScheduler on = ProcessScheduler.create(1);
    on.submit(work, 1).block(LONG);
    on.disposeGracefully(Duration.ofMinutes(10)).block(LONG);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(NothingLeft.left(true)).isEmpty());
  }

  @Test
  void ofADaemonThatAnItemLeftWhenTheChildIsNotNeededAnyMore() {
    Notes notes = Notes.in(tmp);
    try (ProcessScheduler on = ProcessScheduler.create(1)) {
      on.submit(Misbehaving.LEAVES_A_DAEMON.at(1, notes), 1).block(LONG);
      long daemon = notes.awaitPid("grandchild");
      assertThat(Pids.runs(daemon)).isTrue(); // it may serve the next item
      on.cleanup().block(LONG);
      assertThat(Pids.runs(daemon)).isFalse();
    }
  }

  @Test
  void aParentThatNeverDisposesStillHasAnEnd() {
    Work<Integer, Integer> work = x -> x;
    assertThat(
            Flux.just(1)
                .transform(Delegate.<Integer, Integer>parallel(work))
                .blockLast(LONG)
                .orElseThrow())
        .isEqualTo(1);
  }
}
