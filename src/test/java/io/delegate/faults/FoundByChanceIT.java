package io.delegate.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Delegate;
import io.delegate.NothingLeft;
import io.delegate.Outcome;
import io.delegate.Output;
import io.delegate.Pids;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** What random schedules have found, each once more by itself. */
@ExtendWith(NothingLeft.class)
class FoundByChanceIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Work<Integer, Integer> TRIPLE = x -> 3 * x;

  /** They were replaced as soon as they were up, for ever. */
  @ParameterizedTest
  @ValueSource(ints = {1, 64})
  void childrenThatAreTooOldWhenTheyAreUpServeNevertheless(int window) {
    AtomicInteger starts = new AtomicInteger();
    AtomicInteger counted = new AtomicInteger();
    try (ProcessScheduler on =
        ProcessScheduler.builder()
            .children(2)
            .window(window)
            .maxAgePerChild(Duration.ofMillis(1))
            .output(Output.DISCARD)
            .launcher(command -> counted(starts, command))
            .build()) {
      List<Outcome<Integer, Integer>> outcomes =
          Flux.range(0, 5)
              .transform(Delegate.<Integer, Integer>parallel(TRIPLE, on))
              .doOnNext(outcome -> counted.set(starts.get())) // without items they age on
              .collectList()
              .block(LONG);
      assertThat(outcomes).hasSize(5).allMatch(Outcome::isSuccess);
      assertThat(counted).hasValueLessThanOrEqualTo(2 * 5 + 2); // each with an heir, at worst
    }
  }

  /** Its child dies before it begins it, and the next one is long in coming: nobody looked then. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void anItemThatIsGivenBackWaitsNoLongerThanItMay() throws Exception {
    String mark = "found-" + ProcessHandle.current().pid() + ".";
    AtomicInteger starts = new AtomicInteger();
    try (ProcessScheduler on =
        ProcessScheduler.builder()
            .children(1)
            .queueTimeout(Duration.ofSeconds(1))
            .environment(Map.of(Marked.VARIABLE, mark))
            .launcher(command -> starts.getAndIncrement() == 0 ? command : late(command))
            .build()) {
      on.spawn(1).block(LONG);
      ProcessHandle child = Marked.children(mark).get(0);
      Pids.stop(child.pid());
      CompletableFuture<Outcome<Integer, Integer>> outcome =
          on.<Integer, Integer>submit(TRIPLE, 1).toFuture();
      child.destroyForcibly();
      assertThat(outcome.get())
          .isInstanceOfSatisfying(
              Outcome.TimedOut.class, t -> assertThat(t.which()).isEqualTo(Outcome.Limit.QUEUE));
    }
  }

  private static List<String> counted(AtomicInteger starts, List<String> command) {
    starts.incrementAndGet();
    return command;
  }

  private static List<String> late(List<String> command) {
    List<String> all = new ArrayList<>(List.of("sh", "-c", "sleep 20; exec \"$@\"", "sh"));
    all.addAll(command);
    return all;
  }
}
