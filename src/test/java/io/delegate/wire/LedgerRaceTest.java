package io.delegate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.wire.Ledger.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two threads over two mappings of one file, as two processes would. */
class LedgerRaceTest {
  private static final int PLACES = 1_000;

  @TempDir Path directory;
  private Ledger parent;
  private Ledger child;

  @BeforeEach
  void open() throws IOException {
    Path file = directory.resolve("l1");
    parent = Ledger.create(file, PLACES, 64);
    child = Ledger.open(file);
  }

  @AfterEach
  void close() {
    parent.close();
    child.close();
  }

  /** 200 rounds over 1,000 places; in every other round the two come from opposite ends. */
  @Test
  void ofAClaimAndATakingBackExactlyOneWins() throws Exception {
    int rounds = 200;
    boolean[] claimed = new boolean[PLACES];
    CyclicBarrier barrier = new CyclicBarrier(2);
    CompletableFuture<Void> childSide =
        CompletableFuture.runAsync(
            () -> {
              for (int round = 1; round <= rounds; round++) {
                await(barrier);
                for (int place = 0; place < PLACES; place++) {
                  claimed[place] = child.claim(place, seq(round, place), round);
                }
                await(barrier);
                await(barrier);
              }
            });
    for (int round = 1; round <= rounds; round++) {
      for (int place = 0; place < PLACES; place++) {
        parent.queue(place, seq(round, place));
      }
      boolean[] revoked = new boolean[PLACES];
      await(barrier);
      for (int i = 0; i < PLACES; i++) {
        int place = round % 2 == 0 ? i : PLACES - 1 - i;
        revoked[place] = parent.revoke(place, seq(round, place));
      }
      await(barrier);
      for (int place = 0; place < PLACES; place++) {
        assertThat(claimed[place])
            .as("round %s, place %s", round, place)
            .isNotEqualTo(revoked[place]);
        assertThat(parent.state(place, seq(round, place)))
            .isEqualTo(claimed[place] ? State.RUNNING : State.REVOKED);
      }
      await(barrier);
    }
    childSide.get(10, TimeUnit.SECONDS);
  }

  private static long seq(int round, int place) {
    return (long) round * PLACES + place;
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("the other side is gone", e);
    }
  }

  @Test
  void whoSeesAnItemRunSeesWhenItBegan() throws Exception {
    int items = 20_000;
    AtomicLong seen = new AtomicLong();
    CompletableFuture<Void> childSide =
        CompletableFuture.runAsync(
            () -> {
              for (long seq = 1; seq <= items; seq++) {
                child.queue(0, seq);
                child.claim(0, seq, seq * 1_000_003);
                while (seen.get() < seq) {
                  Thread.yield();
                }
                child.done(0, seq);
              }
            });
    try {
      for (long seq = 1; seq <= items; seq++) {
        while (parent.state(0, seq) != State.RUNNING) {
          Thread.onSpinWait();
          assertThat(childSide.isCompletedExceptionally()).isFalse();
        }
        assertThat(parent.since(0)).isEqualTo(seq * 1_000_003);
        seen.set(seq);
      }
    } finally {
      seen.set(Long.MAX_VALUE);
    }
    childSide.get(10, TimeUnit.SECONDS);
  }
}
