package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptReportsTest {
  @TempDir Path tmp;
  @TempDir Path kept;

  private Path report(String text) throws IOException {
    return Files.writeString(tmp.resolve("hs_err-1.log"), text);
  }

  @Test
  void aReportIsMovedAndNoneIsOverwritten() throws Exception {
    for (String name : new String[] {"hs_err_pid7.log", "hs_err_pid7-1.log", "hs_err_pid7-2.log"}) {
      Path report = report(name);
      assertThat(KeptReports.keep(report, kept, 7)).contains(kept.resolve(name));
      assertThat(report).doesNotExist();
    }
    assertThat(kept.resolve("hs_err_pid7.log")).hasContent("hs_err_pid7.log");
    assertThat(kept.resolve("hs_err_pid7-2.log")).hasContent("hs_err_pid7-2.log");
  }

  @Test
  void aReportIsMovedToAnotherFileSystem() throws Exception {
    Path memory = Path.of("/dev/shm");
    Assumptions.assumeTrue(
        Files.isWritable(memory) && !Files.getFileStore(memory).equals(Files.getFileStore(tmp)),
        "there is another file system");
    Path there = Files.createTempDirectory(memory, "kept-reports-test");
    Path report = report("text");
    try {
      assertThat(KeptReports.keep(report, there, 7)).contains(there.resolve("hs_err_pid7.log"));
      assertThat(there.resolve("hs_err_pid7.log")).hasContent("text");
      assertThat(report).doesNotExist();
    } finally {
      Deletion.delete(there);
    }
  }

  @Test
  void whatCannotBeKeptIsOnlyLogged() throws Exception {
    assertThat(KeptReports.keep(report("text"), kept.resolve("none"), 7)).isEmpty();
    assertThat(KeptReports.keep(tmp.resolve("no such report"), kept, 7)).isEmpty();
    assertThat(kept).isEmptyDirectory();
  }
}
