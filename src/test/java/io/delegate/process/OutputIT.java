package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

class OutputIT {
  @RegisterExtension final Children children = new Children();

  @Test
  void theSecretArrivesAndStdinStaysOpen() throws Exception {
    Children.Run run =
        children.start(
            Children.spec(),
            new Launcher(children.directory()),
            "s3cret".getBytes(StandardCharsets.US_ASCII),
            "secret",
            "6");
    run.awaitLine("s3cret");
    assertThat(run.child().isAlive()).isTrue();
    assertThat(run.child().command()).noneMatch(word -> word.contains("s3cret"));
    run.child().closeStdin();
    assertThat(run.end()).isZero();
  }

  @Test
  void everyLineOfAFloodArrives() throws Exception {
    Children.Run run = children.start("shell-exit", "seq 1 20000; seq 1 20000 >&2");
    run.end();
    assertThat(run.lines().out).hasSize(20000).endsWith("19999", "20000");
    assertThat(run.lines().err).hasSize(20000).endsWith("19999", "20000");
  }

  @Test
  void aChildThatFloodsIsKilledAllTheSame() throws Exception {
    AtomicLong lines = new AtomicLong();
    OutputSink count = sink(line -> lines.incrementAndGet());
    ChildProcess child =
        new Launcher(children.directory())
            .start(Children.spec().build(), List.of("flood-forever"), new byte[0], count);
    await().until(() -> lines.get() > 10_000);
    child.killTree().get(20, TimeUnit.SECONDS);
    child.outputDone().get(20, TimeUnit.SECONDS);
  }

  @Test
  void aSinkThatThrowsStopsNothing() throws Exception {
    AtomicLong lines = new AtomicLong();
    OutputSink thrower =
        sink(
            line -> {
              lines.incrementAndGet();
              throw new StackOverflowError(line);
            });
    ChildProcess child =
        new Launcher(children.directory())
            .start(Children.spec().build(), List.of("flood", "5000"), new byte[0], thrower);
    assertThat(child.onExit().get(20, TimeUnit.SECONDS)).isZero();
    child.killTree().get(20, TimeUnit.SECONDS);
    child.outputDone().get(20, TimeUnit.SECONDS);
    assertThat(lines).hasValue(5000);
  }

  @Test
  void aSinkThatNeverReturnsHoldsUpNoDeath() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    OutputSink stuck =
        sink(
            line -> {
              try {
                release.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    try {
      ChildProcess child =
          new Launcher(children.directory())
              .start(Children.spec().build(), List.of("flood-forever"), new byte[0], stuck);
      child.killTree().get(20, TimeUnit.SECONDS);
      child.outputDone().get(20, TimeUnit.SECONDS);
      assertThat(child.death().signal()).contains("SIGKILL");
    } finally {
      release.countDown();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aStrangerThatHoldsThePipesIsGivenUpOn() throws Exception {
    Children.Run run = children.start("wait");
    run.awaitLine("waiting");
    Path out = Path.of("/proc", Long.toString(run.child().pid()), "fd", "1");
    Process holder = new ProcessBuilder("sleep", "300").redirectOutput(out.toFile()).start();
    ProcessHandle stranger = children.stranger(holder.pid());
    run.child().killTree().get(20, TimeUnit.SECONDS);
    run.child().outputDone().get(20, TimeUnit.SECONDS); // 1 s but for the load
    assertThat(stranger.isAlive()).isTrue();
    await() // not even a thread waits for it
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(Children.ourThreads()).isEmpty());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void withoutProcItIsGivenUpOnToo() throws Exception {
    Launcher launcher = new Launcher(children.directory(), new Proc(Path.of("/nowhere")));
    Children.Run run =
        children.start(
            Children.spec(),
            launcher,
            new byte[0],
            "shell",
            "env -i setsid sh -c 'sleep 300 & echo pid $!'; echo gone");
    children.stranger(run.awaitPid("pid "));
    run.awaitLine("gone");
    run.child().killTree().get(20, TimeUnit.SECONDS);
    run.child().outputDone().get(20, TimeUnit.SECONDS); // 1 s but for the load
  }

  @Test
  void theLastLinesOfStderrAreKept() throws Exception {
    Children.Run run = children.start("stderr", "100");
    run.end();
    assertThat(run.child().stderrTail().lines()).hasSize(40).endsWith("line 99", "line 100");
    assertThat(run.child().death().stderrTail()).isEqualTo(run.child().stderrTail());
  }

  private static OutputSink sink(java.util.function.Consumer<String> lines) {
    return new OutputSink() {
      @Override
      public void stdout(long pid, String line) {
        lines.accept(line);
      }

      @Override
      public void stderr(long pid, String line) {
        lines.accept(line);
      }
    };
  }
}
