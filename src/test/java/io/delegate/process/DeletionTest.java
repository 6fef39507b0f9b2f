package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class DeletionTest {
  @TempDir Path tmp;

  private static void permit(Path path, String permissions) throws Exception {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  /** For the superuser no permission matters; for all others each of these must be given first. */
  @Test
  void noPermissionKeepsAnythingOfOurs() throws Exception {
    Path doomed = tmp.resolve("doomed");
    for (String permissions : new String[] {"---------", "r-x------", "r--------", "-wx------"}) {
      Path outer = doomed.resolve(permissions);
      Path inner = Files.createDirectories(outer.resolve("inner"));
      permit(Files.createFile(inner.resolve("file")), "---------");
      permit(inner, permissions);
      permit(outer, permissions);
    }
    Deletion.delete(doomed);
    assertThat(doomed).doesNotExist();
  }

  @Test
  void whatALinkPointsAtStaysAsItIs() throws Exception {
    Path kept = Files.createDirectory(tmp.resolve("kept"));
    permit(kept, "r-x------");
    Path doomed = Files.createDirectory(tmp.resolve("doomed"));
    Files.createSymbolicLink(doomed.resolve("link"), kept);
    Deletion.delete(doomed);
    assertThat(doomed).doesNotExist();
    assertThat(Files.getPosixFilePermissions(kept))
        .isEqualTo(PosixFilePermissions.fromString("r-x------"));
    permit(kept, "rwx------");
  }
}
