package io.delegate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A ledger between two JVMs. */
class LedgerIT {
  @TempDir Path directory;

  private static Process peer(List<String> before, String... args) throws Exception {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp"));
    command.add(home(Ledger.class) + File.pathSeparator + home(LedgerPeer.class));
    command.add(LedgerPeer.class.getName());
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static String home(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  @Test
  void eachProcessSeesWhatTheOtherWrites() throws Exception {
    Path file = directory.resolve("l1");
    try (Ledger ledger = Ledger.create(file, 1, 64)) {
      Process peer = peer(List.of(), file.toString());
      try (PrintStream say = new PrintStream(peer.getOutputStream(), true, StandardCharsets.UTF_8);
          BufferedReader hear = peer.inputReader(StandardCharsets.UTF_8)) {
        ledger.queue(0, 1);
        assertThat(ask(say, hear, "state 1")).isEqualTo("QUEUED");
        assertThat(ask(say, hear, "claim 1")).isEqualTo("true");
        assertThat(ledger.state(0, 1)).isEqualTo(Ledger.State.RUNNING);
        assertThat(ledger.since(0)).isEqualTo(1_001);
        assertThat(ledger.revoke(0, 1)).isFalse();
        assertThat(ask(say, hear, "done 1")).isEqualTo("ok");
        assertThat(ledger.state(0, 1)).isEqualTo(Ledger.State.DONE);

        ledger.queue(0, 2);
        assertThat(ledger.revoke(0, 2)).isTrue();
        assertThat(ask(say, hear, "state 2")).isEqualTo("REVOKED");
        assertThat(ask(say, hear, "claim 2")).isEqualTo("false");
      } finally {
        peer.destroyForcibly().waitFor();
      }
      assertThat(ledger.salvage()).containsExactly(1); // it outlives the process that wrote it
    }
  }

  private static String ask(PrintStream say, BufferedReader hear, String what) throws IOException {
    say.println(what);
    return hear.readLine();
  }

  /**
   * A file may not grow beyond 512 · 64 bytes there, which is how a full disk looks to a writer.
   */
  @Test
  @EnabledOnOs(OS.LINUX)
  void whereThereIsNoRoomItIsAnIoExceptionAndNoFault() throws Exception {
    List<String> limited = List.of("sh", "-c", "ulimit -f 64; exec \"$@\"", "sh");
    assertThat(output(limited, "1000")).isEqualTo("made 1");
    assertThat(output(limited, "1000000")).isEqualTo("IOException");
  }

  private String output(List<String> before, String staging) throws Exception {
    Process peer = peer(before, directory.resolve("l" + staging).toString(), staging);
    try (BufferedReader hear = peer.inputReader(StandardCharsets.UTF_8)) {
      String line = hear.readLine();
      assertThat(peer.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return line;
    } finally {
      peer.destroyForcibly();
    }
  }
}
