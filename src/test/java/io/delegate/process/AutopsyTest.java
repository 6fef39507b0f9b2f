package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    String head = crash ? "# SIGSEGV" : "";
    assertThat(new Autopsy(code, killedByUs, exitLog, head).death(stderr)).hasToString(death);
  }
}
