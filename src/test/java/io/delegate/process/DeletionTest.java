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
  private static final String NAME = "d".repeat(20);

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

  /** Puts a directory at the end of a chain, which is made from there: no path is ever long. */
  private static void nest(Path bottom, int levels, String permissions) throws Exception {
    Path above = bottom.resolveSibling("above");
    for (int i = 0; i < levels; i++) {
      permit(bottom, "rwx------"); // or it cannot be moved
      Files.createDirectory(above);
      Path below = Files.move(bottom, above.resolve(NAME));
      permit(below, permissions);
      Files.move(above, bottom);
    }
  }

  private Path doomed() throws Exception {
    Path doomed = Files.createDirectory(tmp.resolve("doomed"));
    Files.createFile(doomed.resolve("file"));
    Files.createDirectory(doomed.resolve("empty"));
    return doomed;
  }

  private void assertDeletes(Path doomed) throws Exception {
    Deletion.delete(doomed);
    boolean left = Files.exists(doomed);
    new ProcessBuilder("rm", "-rf", doomed.toString()).start().waitFor(); // JUnit could not
    assertThat(left).isFalse();
  }

  @Test
  void noDepthKeepsAnything() throws Exception {
    Path kept = Files.createDirectory(tmp.resolve("kept"));
    Files.createFile(kept.resolve("file"));
    Path doomed = doomed();
    Files.createSymbolicLink(doomed.resolve("link"), kept);
    nest(doomed, 3000, "rwx------");
    assertDeletes(doomed);
    assertThat(kept.resolve("file")).exists();
  }

  @Test
  void closedDirectoriesAreOpenedAtAnyDepth() throws Exception {
    Path doomed = doomed();
    nest(doomed, 300, "---------");
    assertDeletes(doomed);
  }

  @Test
  void twoSweepersGetOnWithEachOther() throws Exception {
    Path all = Files.createDirectory(tmp.resolve("all"));
    for (int i = 0; i < 30; i++) {
      Path doomed = doomed();
      nest(doomed, 30, "rwx------");
      Files.move(doomed, all.resolve("branch" + i));
    }
    Thread other = new Thread(() -> Deletion.delete(all));
    other.start();
    Deletion.delete(all);
    other.join();
    assertThat(all).doesNotExist();
  }

  @Test
  void aFileOrALinkInPlaceOfTheDirectoryGoes() throws Exception {
    Path kept = Files.createDirectory(tmp.resolve("kept"));
    Path file = Files.createFile(kept.resolve("file"));
    Path link = Files.createSymbolicLink(tmp.resolve("link"), kept);
    Deletion.delete(link);
    assertThat(link).doesNotExist();
    assertThat(file).exists();
    Deletion.delete(file);
    assertThat(kept).isEmptyDirectory();
    Deletion.delete(file);
  }
}
