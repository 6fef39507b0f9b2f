package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What SIGKILL does not reach is given up on and told; the child itself never is. */
class EscapeTest {
  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final Cookie COOKIE = Cookie.exactly("delegate-1-0000000f/1");

  private static List<Long> killAll(Fake root, AtomicBoolean ended, Runnable late) {
    Proc none = new Proc(Path.of("/nowhere"));
    ProcessTree tree = new ProcessTree(none, COOKIE, List.of(new Family(none, root, null)));
    return tree.killAll(ended::get, PATIENCE, late);
  }

  @Test
  void whatDiesIsNoEscape() {
    Fake root = new Fake(1_000_000_001, true).with(new Fake(1_000_000_002, true));
    assertThat(killAll(root, new AtomicBoolean(true), () -> {})).isEmpty();
    assertThat(root.isAlive()).isFalse();
  }

  @Test
  void whatResistsForLongerThanThePatienceIsTold() {
    AtomicInteger late = new AtomicInteger();
    Fake immortal = new Fake(1_000_000_002, false);
    Fake root = new Fake(1_000_000_001, true).with(immortal).with(new Fake(1_000_000_003, true));
    long start = System.nanoTime();
    assertThat(killAll(root, new AtomicBoolean(true), late::incrementAndGet))
        .containsExactly(1_000_000_002L);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(PATIENCE.toNanos());
    assertThat(immortal.kills.get()).isGreaterThan(2);
  }

  @Test
  void theChildItselfIsWaitedForWithoutEnd() {
    AtomicBoolean ended = new AtomicBoolean();
    Fake root = new Fake(1_000_000_001, false);
    CompletableFuture<Void> late = new CompletableFuture<>();
    CompletableFuture<List<Long>> killed =
        CompletableFuture.supplyAsync(() -> killAll(root, ended, () -> late.complete(null)));
    late.join(); // its patience is over
    int kills = root.kills.get();
    while (root.kills.get() < kills + 3) {
      Thread.onSpinWait();
    }
    assertThat(killed).isNotDone();
    root.alive = false;
    ended.set(true);
    assertThat(killed.join()).isEmpty();
  }

  /** A process of the test's imagination. */
  private static final class Fake implements ProcessHandle {
    private final long pid;
    private final boolean mortal;
    private final AtomicInteger kills = new AtomicInteger();
    private final List<ProcessHandle> descendants = new ArrayList<>();
    private volatile boolean alive = true;

    Fake(long pid, boolean mortal) {
      this.pid = pid;
      this.mortal = mortal;
    }

    Fake with(Fake descendant) {
      descendants.add(descendant);
      return this;
    }

    @Override
    public long pid() {
      return pid;
    }

    @Override
    public Optional<ProcessHandle> parent() {
      return Optional.empty();
    }

    @Override
    public Stream<ProcessHandle> children() {
      return descendants();
    }

    @Override
    public Stream<ProcessHandle> descendants() {
      return descendants.stream();
    }

    @Override
    public Info info() {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<ProcessHandle> onExit() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean supportsNormalTermination() {
      return true;
    }

    @Override
    public boolean destroy() {
      return destroyForcibly();
    }

    @Override
    public boolean destroyForcibly() {
      kills.incrementAndGet();
      alive &= !mortal;
      return mortal;
    }

    @Override
    public boolean isAlive() {
      return alive;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(pid);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Fake fake && fake.pid == pid;
    }

    @Override
    public int compareTo(ProcessHandle other) {
      return Long.compare(pid, other.pid());
    }
  }
}
