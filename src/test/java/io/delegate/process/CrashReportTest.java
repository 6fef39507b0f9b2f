package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CrashReportTest {
  private static final String START =
      """
      #
      # A fatal error has been detected by the Java Runtime Environment:
      #
      """;
  private static final String JVM =
      """
      #
      # JRE version: OpenJDK Runtime Environment (17.0.15+6) (build 17.0.15+6)
      # Java VM: OpenJDK 64-Bit Server VM (17.0.15+6, mixed mode, serial gc, linux-amd64)
      """;

  @TempDir Path tmp;

  @Test
  void aSignalIsToldWithItsFrame() {
    CrashReport report =
        CrashReport.parse(
            START
                + "#  SIGSEGV (0xb) at pc=0x00007f74a16d2f94, pid=28289, tid=28290\n"
                + JVM
                + """
                # Problematic frame:
                # V  [libjvm.so+0xed2f94]  Unsafe_PutLong+0x124
                #
                # No core dump will be written.
                #

                ---------------  S U M M A R Y ------------
                # not the head any more
                Process Memory:
                Virtual Size: 2500000K (peak: 2560000K)
                Resident Set Size: 92900K (peak: 102400K) (anon: 61840K)
                """);
    assertThat(report.words())
        .isEqualTo(
            "SIGSEGV (0xb) at pc=0x00007f74a16d2f94\n"
                + "V  [libjvm.so+0xed2f94]  Unsafe_PutLong+0x124");
    assertThat(report.peakMemory()).isEqualTo(100L << 20);
  }

  @Test
  void anErrorOfTheJvmsOwnIsToldWithItsReason() {
    CrashReport report =
        CrashReport.parse(
            START
                + "#  Internal Error (debug.cpp:362), pid=1, tid=2\n"
                + "#  fatal error: OutOfMemory encountered: Java heap space\n"
                + JVM);
    assertThat(report.words())
        .isEqualTo(
            "Internal Error (debug.cpp:362)\n"
                + "fatal error: OutOfMemory encountered: Java heap space");
    assertThat(report.peakMemory()).isZero();
  }

  @Test
  void theLackOfMemoryForTheJvmItselfIsTold() {
    CrashReport report =
        CrashReport.parse(
            """
            #
            # There is insufficient memory for the Java Runtime Environment to continue.
            # Native memory allocation (mmap) failed to map 16384 bytes for committing memory.
            # Possible reasons:
            #   The system is out of physical RAM or swap space
            #
            """);
    assertThat(report.words())
        .isEqualTo(
            "There is insufficient memory for the Java Runtime Environment to continue.\n"
                + "Native memory allocation (mmap) failed to map 16384 bytes for committing"
                + " memory.");
  }

  @Test
  void whatIsCutShortIsToldAsFarAsItGoes() {
    String whole = START + "#  SIGBUS (0x7) at pc=0x01, pid=1, tid=2\n" + JVM;
    String words = "SIGBUS (0x7) at pc=0x01";
    assertThat(CrashReport.parse(whole + "# Problematic frame:").words()).isEqualTo(words);
    assertThat(CrashReport.parse(whole + "# Problematic frame:\n#\n").words()).isEqualTo(words);
    assertThat(CrashReport.parse(whole).words()).isEqualTo(words);
    assertThat(CrashReport.parse(START).isCrash()).isFalse();
    assertThat(CrashReport.parse("").isCrash()).isFalse();
    assertThat(CrashReport.parse("\0\0\0\n# x").isCrash()).isFalse();
  }

  @Test
  void withoutAFileThereWasNoCrash() throws Exception {
    assertThat(CrashReport.read(tmp.resolve("none"))).isEqualTo(CrashReport.NONE);
    assertThat(CrashReport.read(tmp)).isEqualTo(CrashReport.NONE);
    Path file = Files.write(tmp.resolve("bytes"), new byte[] {'#', ' ', (byte) 0xff, '\n'});
    assertThat(CrashReport.read(file).isCrash()).isTrue();
  }

  @Test
  void aNumberThatIsNoneOfAJvmsIsNone() {
    String peak = "Resident Set Size: 1K (peak: %sK)";
    assertThat(CrashReport.parse(peak.formatted("99999999999999999999")).peakMemory()).isZero();
    assertThat(CrashReport.parse(peak.formatted("999999999999")).peakMemory()).isPositive();
    assertThat(CrashReport.parse("Resident Set Size: " + "1".repeat(1 << 20)).peakMemory())
        .isZero();
  }

  @Test
  void onlyTheBeginningOfAnEndlessHeadIsRead() {
    String head = START + "# lie\n" + "#\n".repeat(1 << 20) + "# Problematic frame:\n# F\n";
    assertThat(CrashReport.parse(head).words()).isEqualTo("lie");
  }

  @Test
  void aLongReportIsReadToItsEnd() throws Exception {
    String text = "#\n# words\n\n" + "x".repeat(300_000) + "Resident Set Size: 1K (peak: 2K";
    Path file = Files.writeString(tmp.resolve("long"), text);
    assertThat(CrashReport.read(file)).isEqualTo(new CrashReport("words", 2048));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatIsNoFileIsNotRead() throws Exception {
    Path fifo = tmp.resolve("fifo");
    new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
    assertThat(CrashReport.read(fifo)).isEqualTo(CrashReport.NONE);
    assertThat(ExitLog.read(fifo)).isEqualTo(new ExitLog(false, false));
    Path real = Files.writeString(tmp.resolve("real"), "# another's");
    Path link = Files.createSymbolicLink(tmp.resolve("link"), real);
    assertThat(CrashReport.read(link)).isEqualTo(CrashReport.NONE);
  }

  /** One that comes in place of a file at the wrong moment. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aFifoThatComesAndGoesHoldsUpNobody() throws Exception {
    String swaps =
        "while :; do rm -f $1; echo '# x' >$1.new; mv $1.new $1; rm -f $1.fifo;"
            + " mkfifo $1.fifo; mv $1.fifo $1; done";
    Path file = tmp.resolve("file");
    Process swapper = new ProcessBuilder("sh", "-c", swaps, "sh", file.toString()).start();
    try {
      for (int i = 0; i < 20_000; i++) {
        assertThat(CrashReport.read(file).words()).isIn("", "x");
      }
    } finally {
      swapper.destroyForcibly().waitFor();
    }
  }
}
