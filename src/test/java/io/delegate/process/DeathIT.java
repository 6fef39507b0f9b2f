package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.data.Index.atIndex;

import io.delegate.Death;
import io.delegate.Death.Cause;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DeathIT {
  @RegisterExtension final Children children = new Children();
  @TempDir Path tmp;

  static Stream<Path> javaHomes() throws Exception {
    return Children.javaHomes();
  }

  private Death deathOf(Path javaHome, String... args) throws Exception {
    Children.Run run = children.start(Children.spec().with(s -> s.javaHome = javaHome), args);
    run.end();
    return run.child().death();
  }

  /** Without what is measured. */
  private static String kind(Death death) {
    return new Death(death.exitCode(), death.signal(), death.cause(), "").toString();
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void anExitIsTold(Path javaHome) throws Exception {
    assertThat(kind(deathOf(javaHome, "return"))).isEqualTo("EXIT (exit code 0)");
    assertThat(kind(deathOf(javaHome, "exit", "3"))).isEqualTo("EXIT (exit code 3)");
    assertThat(kind(deathOf(javaHome, "throw", "x"))).isEqualTo("EXIT (exit code 1)");
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void aHaltWithTheStatusOfASignalIsAnExit(Path javaHome) throws Exception {
    assertThat(kind(deathOf(javaHome, "halt", "137"))).isEqualTo("EXIT (exit code 137)");
    assertThat(kind(deathOf(javaHome, "halt", "139"))).isEqualTo("EXIT (exit code 139)");
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
    assertThat(kind(run.child().death())).isEqualTo("SIGNAL SIGKILL (exit code 137)");
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void aFullHeapIsOutOfMemory(Path javaHome) throws Exception {
    Death death = deathOf(javaHome, "oom");
    assertThat(kind(death)).isEqualTo("OUT_OF_MEMORY (exit code 3)");
    assertThat(death.stderrTail()).contains("Terminating due to java.lang.OutOfMemoryError");
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void aNativeCrashIsToldWithItsHeadline(Path javaHome) throws Exception {
    Death death = deathOf(javaHome, "crash");
    assertThat(kind(death)).isEqualTo("NATIVE_CRASH SIGABRT (exit code 134)");
    assertThat(death.crash().lines().toList())
        .hasSize(2)
        .satisfies(
            head -> assertThat(head).startsWith("SIGSEGV (0xb) at pc=0x").doesNotContain("pid="),
            atIndex(0))
        .satisfies(frame -> assertThat(frame).startsWith("V  [libjvm.so+0x"), atIndex(1));
    assertThat(death.stderrTail()).doesNotContain("Problematic frame");
    assertThat(death.crashReport()).isEmpty();
    assertThat(death.toString()).hasLineCount(1).contains(" in SIGSEGV (0xb) at pc=0x");
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void aReportIsKeptWhereTheUserWantsIt(Path javaHome) throws Exception {
    Children.Spec spec =
        Children.spec().with(s -> s.javaHome = javaHome).with(s -> s.crashReports = tmp);
    Children.Run run = children.start(spec, "crash");
    run.end();
    Path report = tmp.resolve("hs_err_pid" + run.child().pid() + ".log");
    assertThat(run.child().death().crashReport()).contains(report);
    assertThat(report).content().contains("Problematic frame", "END.");
    assertThat(children.directory().path().toFile().list()).hasSize(2);
    children.start(spec, "return").end();
    assertThat(tmp).as("only what crashed has a report").isDirectoryContaining(report::equals);
    assertThat(tmp.toFile().list()).hasSize(1);
  }

  @Test
  void aReportThatCannotBeKeptIsTold() throws Exception {
    Children.Spec spec = Children.spec().with(s -> s.crashReports = tmp.resolve("gone"));
    Children.Run run = children.start(spec, "crash");
    run.end();
    Death death = run.child().death();
    assertThat(death.crash()).startsWith("SIGSEGV");
    assertThat(death.crashReport()).isEmpty();
    assertThat(children.directory().path().toFile().list()).hasSize(2);
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void theAgeIsThatOfTheProcess(Path javaHome) throws Exception {
    long before = System.nanoTime();
    Death death = deathOf(javaHome, "exit", "3");
    assertThat(death.age()).isBetween(Duration.ofMillis(10), since(before));
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  @EnabledOnOs(OS.LINUX)
  void thePeakIsThatOfTheFullestMoment(Path javaHome) throws Exception {
    Children.Run run = children.start(Children.spec().with(s -> s.javaHome = javaHome), "touch");
    assertThat(memoryTouchedBy(run)).isBetween(200L << 20, 1L << 30);
  }

  /** It has given all back before it is killed. */
  private static long memoryTouchedBy(Children.Run run) throws Exception {
    run.awaitLine("touched and left");
    run.child().killTree().get(20, TimeUnit.SECONDS);
    run.end();
    return run.child().death().peakMemory();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void behindALauncherThatStaysThePeakIsTheJvms() throws Exception {
    Children.Run run =
        children.start(
            Children.spec()
                .with(
                    s ->
                        s.launcher =
                            command -> {
                              List<String> wrapped =
                                  new ArrayList<>(List.of("sh", "-c", "\"$@\"; exit $?", "sh"));
                              wrapped.addAll(command);
                              return wrapped;
                            }),
            "touch");
    assertThat(memoryTouchedBy(run)).isBetween(200L << 20, 1L << 30);
  }

  @Test
  void whereNothingTellsThePeakIsZero() throws Exception {
    Children.Run run =
        children.start(
            Children.spec(),
            new Launcher(children.directory(), new Proc(tmp)),
            new byte[0],
            "exit",
            "3");
    run.end();
    assertThat(run.child().death().peakMemory()).isZero();
    assertThat(run.child().death().age()).isPositive();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aCrashTellsItsPeakItself() throws Exception {
    Children.Run run =
        children.start(
            Children.spec(),
            new Launcher(children.directory(), new Proc(tmp)),
            new byte[0],
            "crash");
    run.end();
    assertThat(run.child().death().peakMemory()).isBetween(10L << 20, 1L << 30);
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
    assertThat(kind(run.child().death())).isEqualTo("SIGNAL (exit code 137)");
  }

  @Test
  void theLivingHaveNoDeath() {
    Children.Run run = children.start("wait");
    assertThat(run.child().isAlive()).isTrue();
    assertThatIllegalStateException().isThrownBy(() -> run.child().death());
  }
}
