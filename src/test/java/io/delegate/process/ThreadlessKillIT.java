package io.delegate.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.Death;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A system that gives no thread to kill with, since what is to be killed has taken them all. */
@EnabledOnOs(OS.LINUX)
class ThreadlessKillIT {
  @RegisterExtension final Children children = new Children();

  private static Thread start(String name, Runnable body) {
    if (name.startsWith("delegate-kill-")) {
      throw new OutOfMemoryError("unable to create native thread");
    }
    return DaemonThread.start(name, body);
  }

  private Children.Run start(Proc proc, Children.Spec spec, String... args) {
    Launcher launcher = new Launcher(children.directory(), proc, ThreadlessKillIT::start);
    return children.start(spec, launcher, new byte[0], args);
  }

  private Children.Run start(String... args) {
    return start(Proc.SYSTEM, Children.spec(), args);
  }

  private static void assertKills(Children.Run run, long grandchild) throws Exception {
    assertThat(Children.runs(grandchild)).isTrue();
    boolean[] left = {true, true, true};
    run.child()
        .killTree()
        .thenRun(
            () -> {
              left[0] = run.child().isAlive();
              left[1] = Children.runs(grandchild);
              left[2] = !run.child().onExit().isDone();
            })
        .get(20, SECONDS);
    assertThat(left).containsOnly(false);
    run.child().outputDone().get(20, SECONDS);
  }

  @Test
  void theTreeIsKilledAllTheSame() throws Exception {
    Children.Run run = start("shell", "setsid sh -c 'sleep 300 & echo pid $!'");
    assertKills(run, run.awaitPid("pid "));
    Death death = run.child().death();
    assertThat(death.cause()).isEqualTo(Death.Cause.SIGNAL);
    assertThat(death.signal()).contains("SIGKILL");
  }

  @Test
  void descendantsAreFoundBeforeTheirParentIsDead() throws Exception {
    Children.Run run =
        start(
            new Proc(Path.of("/nowhere")),
            Children.spec(),
            "shell",
            "env -i sleep 300 & echo pid $!; wait");
    assertKills(run, run.awaitPid("pid "));
  }

  @Test
  void whatAChildLeftThatEndedByItselfIsKilledToo() throws Exception {
    Children.Run run =
        start(
            Proc.SYSTEM,
            Children.spec().with(s -> s.scratch = true),
            "shell",
            "sleep 300 & echo pid $!");
    long left = run.awaitPid("pid "); // it holds stdout and stderr
    run.child().closeStdin();
    assertThat(run.child().onExit().get(20, SECONDS)).isZero();
    assertThat(run.child().outputDone()).isNotDone();
    assertKills(run, left);
    assertThat(children.directory().file("scratch-1")).doesNotExist();
    assertThat(run.child().death().cause()).isEqualTo(Death.Cause.EXIT);
  }

  @Test
  void aKillThatComesAtOnceIsMadeOnce() throws Exception {
    Children.Run run = start("hang");
    for (int i = 0; i < 3; i++) {
      var unused = run.child().killTree();
    }
    assertThat(run.child().onExit().get(20, SECONDS)).isEqualTo(137);
    run.child().killTree().get(20, SECONDS);
    run.child().outputDone().get(20, SECONDS);
    await().untilAsserted(() -> assertThat(Children.ourThreads()).isEmpty());
  }
}
