package io.delegate.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.NothingLeft;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * As {@link FaultInjectionIT}, with fresh seeds, for as long as {@code -Ddelegate.soak=PT30M} says.
 */
@ExtendWith(NothingLeft.class)
@EnabledIfSystemProperty(named = "delegate.soak", matches = "PT.+")
class SoakIT {
  /** A play that is waited for while the next ones run. */
  private record Play(long seed, CompletableFuture<List<String>> wrongs) {}

  private static final int AHEAD = 40;
  private static final long TELL_EVERY = 200;

  @Test
  @Timeout(value = 30, unit = TimeUnit.HOURS)
  void theLawsHoldForAsLongAsAskedFor() throws Exception {
    long end = System.nanoTime() + Duration.parse(System.getProperty("delegate.soak")).toNanos();
    long base = ThreadLocalRandom.current().nextLong(1L << 40);
    System.out.println("soak: seeds from " + base + " on");
    List<String> reports = new ArrayList<>();
    try (Theatre theatre = new Theatre()) {
      Queue<Play> plays = new ArrayDeque<>();
      for (long seed = base; System.nanoTime() < end || !plays.isEmpty(); ) {
        while (plays.size() < AHEAD && System.nanoTime() < end) {
          plays.add(new Play(seed, theatre.play(seed++)));
        }
        Play play = plays.poll();
        if (play != null) {
          List<String> wrongs = play.wrongs().get();
          if (!wrongs.isEmpty()) {
            reports.add(Theatre.report(play.seed(), wrongs));
            System.out.println(reports.get(reports.size() - 1));
          }
          if ((play.seed() - base) % TELL_EVERY == TELL_EVERY - 1) {
            System.out.println("soak: " + theatre.tally);
          }
        }
      }
      System.out.println("soak: " + theatre.tally);
    }
    assertThat(reports).isEmpty();
  }
}
