package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.delegate.Death;
import io.delegate.Death.Cause;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DeathIT {
  @RegisterExtension final Children children = new Children();

  static Stream<Path> javaHomes() throws Exception {
    return Children.javaHomes();
  }

  private Death deathOf(Path javaHome, String... args) throws Exception {
    Children.Run run = children.start(Children.spec().with(s -> s.javaHome = javaHome), args);
    run.end();
    return run.child().death();
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void anExitIsTold(Path javaHome) throws Exception {
    assertThat(deathOf(javaHome, "return").toString()).isEqualTo("EXIT (exit code 0)");
    assertThat(deathOf(javaHome, "exit", "3").toString()).isEqualTo("EXIT (exit code 3)");
    assertThat(deathOf(javaHome, "throw", "x").toString()).isEqualTo("EXIT (exit code 1)");
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void aHaltWithTheStatusOfASignalIsAnExit(Path javaHome) throws Exception {
    assertThat(deathOf(javaHome, "halt", "137").toString()).isEqualTo("EXIT (exit code 137)");
    assertThat(deathOf(javaHome, "halt", "139").toString()).isEqualTo("EXIT (exit code 139)");
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void aSignalOfAnyoneIsNamed(Path javaHome) throws Exception {
    for (String signal : List.of("KILL", "TERM")) {
      Death death = deathOf(javaHome, "shell", "kill -" + signal + " $PPID");
      assertThat(death.cause()).isEqualTo(Cause.SIGNAL);
      assertThat(death.signal()).contains("SIG" + signal);
    }
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void ourOwnKillIsASigkill(Path javaHome) throws Exception {
    Children.Run run = children.start(Children.spec().with(s -> s.javaHome = javaHome), "hang");
    run.awaitLine("hanging");
    var unused = run.child().killTree();
    assertThat(run.end()).isEqualTo(137);
    assertThat(run.child().death().toString()).isEqualTo("SIGNAL SIGKILL (exit code 137)");
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void aFullHeapIsOutOfMemory(Path javaHome) throws Exception {
    Death death = deathOf(javaHome, "oom");
    assertThat(death.toString()).isEqualTo("OUT_OF_MEMORY (exit code 3)");
    assertThat(death.stderrTail()).contains("Terminating due to java.lang.OutOfMemoryError");
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void aNativeCrashIsToldWithItsHeadline(Path javaHome) throws Exception {
    Death death = deathOf(javaHome, "crash");
    assertThat(death.toString()).isEqualTo("NATIVE_CRASH SIGABRT (exit code 134)");
    assertThat(death.stderrTail()).contains("SIGSEGV", "Problematic frame");
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void ourFlagsMakeNoNoiseAndLeaveNoFile(Path javaHome) throws Exception {
    Children.Run run = children.start(Children.spec().with(s -> s.javaHome = javaHome), "return");
    run.end();
    assertThat(run.lines().out).isEmpty();
    assertThat(run.lines().err).isEmpty();
    assertThat(children.directory().path().toFile().list()).hasSize(2); // the jar and the owner
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void theUsersFlagsWinOverOurs(Path javaHome) throws Exception {
    for (String flag : List.of("-XX:+UseG1GC", "-XX:-UseCountedLoopSafepoints", "-Xshare:off")) {
      Children.Run run =
          children.start(
              Children.spec()
                  .with(s -> s.javaHome = javaHome)
                  .with(s -> s.jvmArgs = List.of("-Xmx64m", flag)),
              "return");
      assertThat(run.end()).as(flag).isZero();
      assertThat(run.lines().err).as(flag).isEmpty();
    }
  }

  @Test
  void withoutItsLogAKillByOthersHasNoName() throws Exception {
    Children.Run run =
        children.start(
            Children.spec().with(s -> s.jvmArgs = List.of("-Xlog:disable")), "halt", "137");
    run.end();
    assertThat(run.child().death().toString()).isEqualTo("SIGNAL (exit code 137)");
  }

  @Test
  void theLivingHaveNoDeath() {
    Children.Run run = children.start("wait");
    assertThat(run.child().isAlive()).isTrue();
    assertThatIllegalStateException().isThrownBy(() -> run.child().death());
  }
}
