package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Death;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisabledOnOs(OS.WINDOWS)
class AutopsyTest {
  @ParameterizedTest
  @CsvSource({
    // code, killed by us, log: none | live | orderly, crash report, OOM line, death
    "0,   false, orderly, false, false, EXIT (exit code 0)",
    "1,   false, none,    false, false, EXIT (exit code 1)",
    "3,   false, orderly, false, true,  EXIT (exit code 3)",
    "3,   false, none,    false, true,  OUT_OF_MEMORY (exit code 3)",
    "3,   false, live,    false, false, OUT_OF_MEMORY (exit code 3)",
    "3,   false, none,    false, false, EXIT (exit code 3)",
    "137, false, live,    false, false, SIGNAL SIGKILL (exit code 137)",
    "137, false, orderly, false, false, EXIT (exit code 137)",
    "137, true,  orderly, false, false, SIGNAL SIGKILL (exit code 137)",
    "137, true,  none,    false, false, SIGNAL SIGKILL (exit code 137)",
    "137, false, none,    false, false, SIGNAL (exit code 137)",
    "143, false, orderly, false, false, SIGNAL SIGTERM (exit code 143)",
    "143, false, none,    false, false, SIGNAL (exit code 143)",
    "134, false, live,    true,  false, NATIVE_CRASH SIGABRT (exit code 134)",
    "1,   false, live,    true,  false, NATIVE_CRASH (exit code 1)",
    "139, false, live,    false, false, NATIVE_CRASH SIGSEGV (exit code 139)",
    "139, false, orderly, false, false, EXIT (exit code 139)",
    "255, false, live,    false, false, EXIT (exit code 255)",
    "128, false, live,    false, false, EXIT (exit code 128)",
  })
  void theDeathFollowsFromWhatIsLeft(
      int code, boolean killedByUs, String log, boolean crash, boolean oom, String death) {
    ExitLog exitLog = new ExitLog(!log.equals("none"), log.equals("orderly"));
    StderrTail stderr = new StderrTail();
    if (oom) {
      stderr.add(Autopsy.OUT_OF_MEMORY_LINE + ": Java heap space");
    }
    CrashReport report = crash ? new CrashReport("SIGSEGV\nframe", 0) : CrashReport.NONE;
    assertThat(autopsy(code, killedByUs, exitLog, report, false).death(stderr))
        .hasToString(death + (crash ? " in SIGSEGV, frame" : ""));
  }

  private static Autopsy autopsy(
      int code, boolean killedByUs, ExitLog exitLog, CrashReport crash, boolean forMemory) {
    return new Autopsy(
        code, killedByUs, exitLog, crash, forMemory, Optional.empty(), 0, Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aKillOfTheKernelForMemoryIsOutOfMemoryBySigkill(boolean live) {
    ExitLog exitLog = new ExitLog(live, false);
    assertThat(autopsy(137, false, exitLog, CrashReport.NONE, true).death(new StderrTail()))
        .hasToString("OUT_OF_MEMORY SIGKILL (exit code 137)");
  }

  @Test
  void allThatWasFoundIsInTheDeath() {
    StderrTail stderr = new StderrTail();
    stderr.add("last words");
    Path report = Path.of("/reports/hs_err_pid7.log");
    Duration age = Duration.ofMillis(1500);
    CrashReport crash = new CrashReport("SIGSEGV\nframe", 1);
    Death death =
        new Autopsy(
                134,
                false,
                new ExitLog(true, false),
                crash,
                false,
                Optional.of(report),
                70L << 20,
                age)
            .death(stderr);
    assertThat(death.crash()).isEqualTo("SIGSEGV\nframe");
    assertThat(death.stderrTail()).isEqualTo("last words");
    assertThat(death.crashReport()).contains(report);
    assertThat(death.peakMemory()).isEqualTo(70L << 20);
    assertThat(death.age()).isEqualTo(age);
    assertThat(death)
        .hasToString(
            "NATIVE_CRASH SIGABRT (exit code 134) in SIGSEGV, frame, 0 items in 1.500 s, peak 70"
                + " MiB, report "
                + report);
  }
}
