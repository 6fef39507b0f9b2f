package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PeakMemoryTest {
  @TempDir Path root;

  @BeforeEach
  void isASystemWithProc() throws Exception {
    Files.createFile(Files.createDirectories(root.resolve("self")).resolve("environ"));
  }

  private void process(long pid, String name, long kilobytes, String children) throws IOException {
    Path directory = Files.createDirectories(root.resolve(Long.toString(pid)));
    Path task = Files.createDirectories(directory.resolve("task/" + pid));
    Files.writeString(task.resolve("children"), children);
    Files.writeString(
        directory.resolve("status"),
        "Name:\t"
            + name
            + "\nUmask:\t0022\nVmPeak:\t 999999 kB\nVmHWM:\t "
            + kilobytes
            + " kB\nVmRSS:\t 1 kB\n");
  }

  private long bytes(PeakMemory memory) {
    memory.look();
    return memory.bytes();
  }

  @Test
  void theHighWaterIsFollowedAndSurvivesTheEnd() throws Exception {
    process(7, "java", 1000, "");
    try (PeakMemory memory = new PeakMemory(new Proc(root), 7, true)) {
      assertThat(memory.bytes()).isZero();
      assertThat(bytes(memory)).isEqualTo(1000 << 10);
      process(7, "java", 3000, "");
      assertThat(bytes(memory)).isEqualTo(3000 << 10);
      Files.writeString(root.resolve("7/status"), "Name:\tjava\nState:\tZ (zombie)\n");
      assertThat(bytes(memory)).isEqualTo(3000 << 10);
    }
  }

  @Test
  void theJvmBelowALauncherIsWhatCounts() throws Exception {
    process(7, "bwrap", 100, "");
    PeakMemory memory = new PeakMemory(new Proc(root), 7, false);
    assertThat(bytes(memory)).as("as long as there is none, the launcher").isEqualTo(100 << 10);
    assertThat(memory.jvm()).isZero();
    process(7, "bwrap", 100, "8 9 ");
    process(8, "logger", 9000, "");
    process(9, "sh", 200, "10");
    process(10, "java", 5000, "11");
    process(11, "java", 8000, "");
    assertThat(bytes(memory)).isEqualTo(5000 << 10);
    assertThat(memory.jvm()).isEqualTo(10);
    memory.close();
  }

  @Test
  void aLauncherThatBecomesTheJvmIsOne() throws Exception {
    process(7, "nice", 100, "");
    PeakMemory memory = new PeakMemory(new Proc(root), 7, false);
    memory.look();
    process(7, "java", 5000, "");
    assertThat(bytes(memory)).isEqualTo(5000 << 10);
    assertThat(memory.jvm()).isEqualTo(7);
    memory.close();
  }

  @Test
  void whereNothingIsToldItIsZero() {
    try (PeakMemory gone = new PeakMemory(new Proc(root), 7, true);
        PeakMemory hidden = new PeakMemory(new Proc(root), 7, false);
        PeakMemory other = new PeakMemory(new Proc(root.resolve("none")), 7, true)) {
      assertThat(bytes(gone)).isZero();
      assertThat(bytes(hidden)).isZero();
      assertThat(bytes(other)).isZero();
    }
    assertThat(PeakMemory.highWater("Name:\tx\nVmHWM:\tmuch\n")).isZero();
    assertThat(PeakMemory.highWater("Name:\tx\nVmHWM:\t 12 kB")).isZero(); // cut short
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void thisJvmHasSome() {
    try (PeakMemory own = new PeakMemory(Proc.SYSTEM, ProcessHandle.current().pid(), true)) {
      assertThat(bytes(own)).isBetween(10L << 20, 1L << 40);
    }
  }
}
