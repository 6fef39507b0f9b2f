package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.Delegate;
import io.delegate.DelegateException;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** A work that does not fit into a frame. */
class LargeWorkIT {
  private static Work<Integer, Integer> sizeOf(byte[] captured) {
    return item -> captured.length;
  }

  private static Outcome<Integer, Integer> run(ProcessScheduler scheduler, byte[] captured) {
    return Flux.just(1)
        .transform(Delegate.<Integer, Integer>parallel(sizeOf(captured), scheduler))
        .blockLast(Duration.ofSeconds(30));
  }

  @Test
  void aWorkLargerThanAFrameIsRefusedBeforeItIsSentAndHarmsNoChild() {
    try (ProcessScheduler scheduler =
        ProcessScheduler.builder().children(1).maxFrame(1 << 20).build()) {
      long pid = run(scheduler, new byte[1_000_000]).pid();
      assertThatThrownBy(() -> run(scheduler, new byte[1 << 20]))
          .isInstanceOf(DelegateException.NotShippable.class)
          .hasMessageContainingAll("bytes", "1,048,576", "maxFrame");
      assertThat(run(scheduler, new byte[10]).pid()).as("the same child serves on").isEqualTo(pid);
    }
  }
}
