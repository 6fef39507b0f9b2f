package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {
  @TempDir Path tmp;
  private Path root;
  private Path jar;

  @BeforeEach
  void jar() throws Exception {
    root = tmp.resolve("cache");
    jar = Files.writeString(tmp.resolve("program.jar"), "first");
  }

  private ClassArchive archive() throws IOException {
    return ClassArchive.of(root, Children.spec().build(), List.of(jar));
  }

  private @Nullable Path made(ClassArchive archive, String content) throws IOException {
    archive.take(Files.writeString(archive.draft(), content));
    return archive.file();
  }

  @Test
  void isThereOnceItIsMade() throws Exception {
    assertThat(archive().file()).isNull();
    Path file = made(archive(), "classes");
    assertThat(file).isNotNull().hasContent("classes");
    assertThat(archive().file()).isEqualTo(file);
  }

  @Test
  void aNewOneTakesThePlaceOfAnother() throws Exception {
    Path old = made(archive(), "classes");
    assertThat(made(archive(), "more classes")).isNotEqualTo(old).hasContent("more classes");
    assertThat(old).doesNotExist();
  }

  @Test
  void isForJarsAsTheyWereOnly() throws Exception {
    made(archive(), "classes");
    Files.writeString(jar, "other");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(5)));
    assertThat(archive().file()).isNull();
  }

  @Test
  void oneThatIsCutShortIsNotUsed() throws Exception {
    Path file = made(archive(), "classes");
    Files.writeString(file, "class");
    assertThat(archive().file()).isNull();
  }

  @Test
  void oneThatIsDamagedIsRemoved() throws Exception {
    ClassArchive archive = archive();
    Path file = made(archive, "something");
    Path damaged = file.resolveSibling("00000000-9.jsa"); // that this JVM has not read before
    Files.move(file, damaged);
    assertThat(archive.file()).isNull();
    assertThat(damaged).doesNotExist();
  }

  @Test
  void oneThatOthersCanChangeIsNotUsed() throws Exception {
    assumeTrue(tmp.getFileSystem().supportedFileAttributeViews().contains("posix"));
    ClassArchive archive = archive();
    archive.take(Files.writeString(archive.draft(), "classes"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(archive.file()).isNull();
    assertThatThrownBy(archive::draft).hasMessageContaining("can be written by others");
  }

  @Test
  void oneThatChildrenCrashWithGoes() throws Exception {
    ClassArchive archive = archive();
    Path file = made(archive, "classes");
    ArchiveUse use = ArchiveUse.of(archive, file, 17);
    use.ended(1);
    assertThat(archive.file()).as("a start may fail for other reasons").isEqualTo(file);
    ArchiveUse used = ArchiveUse.of(archive, file, 17);
    used.ready();
    used.ended(134);
    assertThat(archive.file()).as("an item's crash is not its fault").isEqualTo(file);
    ArchiveUse.of(archive, file, 17).ended(139);
    assertThat(archive.file()).as("once may be for any reason").isEqualTo(file);
    ArchiveUse.of(archive, file, 17).ready();
    ArchiveUse.of(archive, file, 17).ended(134);
    assertThat(archive.file()).as("another came up meanwhile").isEqualTo(file);
    ArchiveUse.of(archive, file, 17).ended(135);
    assertThat(archive.file()).isNull();
    assertThat(file).doesNotExist();
    assertThat(archive.isWanted()).isFalse();
  }

  @Test
  void threeTriesAreEnough() throws Exception {
    ClassArchive archive = archive();
    for (int i = 0; i < 3; i++) {
      assertThat(archive().isWanted()).isTrue();
      assertThat(archive().isTried()).isTrue();
    }
    assertThat(archive.isWanted()).isFalse();
    assertThat(archive.isTried()).isFalse();
  }

  @Test
  void whatNobodyUsesGoes() throws Exception {
    Path old = Files.createDirectories(root.resolve("0".repeat(32)));
    Path used = Files.createDirectories(root.resolve("1".repeat(32)));
    Path strange = Files.createDirectories(root.resolve("mine"));
    FileTime long31 = FileTime.from(Instant.now().minus(Duration.ofDays(31)));
    for (Path directory : List.of(old, used, strange)) {
      Files.setLastModifiedTime(directory, long31);
    }
    ArchiveRoot.touch(used);
    made(archive(), "classes");
    assertThat(old).doesNotExist();
    assertThat(used).exists();
    assertThat(strange).exists();
  }

  @Test
  void theJarOfAClassPathLooksTheSameWheneverItIsMade() throws Exception {
    Path made = archive().jar();
    String before = Fingerprint.of(made);
    Files.delete(made);
    assertThat(Fingerprint.of(archive().jar())).isEqualTo(before);
  }
}
