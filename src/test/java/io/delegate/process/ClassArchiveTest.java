package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
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
    root = ArchiveRoot.open(tmp.toRealPath().resolve("cache"));
    jar = Files.writeString(tmp.resolve("program.jar"), "first");
  }

  private ClassArchive archive() throws IOException {
    return ClassArchive.of(root, Children.spec().build(), List.of(jar));
  }

  private @Nullable Path made(ClassArchive archive, String content) throws IOException {
    archive.take(Files.writeString(tmp.resolve("made"), content));
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
    assumeTrue(tmp.getFileSystem().supportedFileAttributeViews().contains("unix"));
    ClassArchive archive = archive();
    Path made = Files.writeString(tmp.resolve("made"), "classes");
    archive.take(made);
    for (Path open : List.of(root, root.resolve(archive.toString()))) {
      Set<PosixFilePermission> before = Files.getPosixFilePermissions(open);
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
      assertThatThrownBy(archive::file).hasMessageContaining("can be written by others");
      assertThatThrownBy(() -> archive.take(made)).hasMessageContaining("can be written by others");
      assertThatThrownBy(archive::jar).hasMessageContaining("can be written by others");
      Files.setPosixFilePermissions(open, before);
      assertThat(archive.file()).isNotNull();
    }
  }

  @Test
  void whoMayLookIntoTheRootMayReadAllThereIs() throws Exception {
    assumeTrue(tmp.getFileSystem().supportedFileAttributeViews().contains("posix"));
    ClassArchive archive = archive();
    Path jar = archive.jar();
    assertThat(Files.getPosixFilePermissions(jar)).contains(PosixFilePermission.OTHERS_READ);
    assertThat(Files.getPosixFilePermissions(jar.getParent()))
        .contains(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE)
        .doesNotContain(PosixFilePermission.OTHERS_WRITE, PosixFilePermission.GROUP_WRITE);
    Path fresh = ArchiveRoot.open(tmp.toRealPath().resolve("fresh"));
    assertThat(Files.getPosixFilePermissions(fresh))
        .doesNotContain(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE);
  }

  @Test
  void aRootIsFollowedToWhereItIs() throws Exception {
    Path link = Files.createSymbolicLink(tmp.resolve("link"), root);
    assertThat(ArchiveRoot.open(link)).isEqualTo(root);
  }

  @Test
  void withoutAHomeThereIsNone() {
    assertThat(ArchiveRoot.usual(null, "")).isNull();
    assertThat(ArchiveRoot.usual(null, "?")).isNull();
    assertThat(ArchiveRoot.usual("relative", tmp.resolve("none").toString())).isNull();
    assertThat(ArchiveRoot.usual(tmp.toString(), "")).isEqualTo(tmp.resolve("delegate"));
    assertThat(ArchiveRoot.usual("", tmp.toString()))
        .startsWithRaw(tmp)
        .endsWithRaw(Path.of("delegate"));
  }

  private static ArchiveUse use(ClassArchive archive) throws IOException {
    return ArchiveUse.of(archive, Path.of("a.jsa"), archive.jar(), 17);
  }

  @Test
  void afterAStartThatFailedTheNextIsWithoutIt() throws Exception {
    ClassArchive archive = archive();
    Path file = made(archive, "classes");
    use(archive).ended(1, false);
    assertThat(archive.file()).isNull();
    assertThat(archive.isWanted()).as("there may be nothing wrong with it").isFalse();
    ArchiveUse.without(archive).ready();
    assertThat(archive.file()).as("once may be for any reason").isEqualTo(file);
    use(archive).ready();
    use(archive).ended(134, false);
    ArchiveUse.without(archive).ready();
    assertThat(archive.file()).as("another had come up with it meanwhile").isEqualTo(file);
    use(archive).ended(135, false);
    use(archive).ended(1, false);
    ArchiveUse.without(archive).ready();
    assertThat(archive.file()).isNull();
    await().untilAsserted(() -> assertThat(file).doesNotExist());
    assertThat(archive.isWanted()).isFalse();
  }

  @Test
  void otherEndsAreNotHeldAgainstIt() throws Exception {
    ClassArchive archive = archive();
    Path file = made(archive, "classes");
    use(archive).ended(70, false); // the initializer threw
    use(archive).ended(137, false); // somebody killed it
    use(archive).ended(137, true); // it was killed for being late
    ArchiveUse up = use(archive);
    up.ready();
    up.ended(134, false); // its item crashed
    ArchiveUse.without(archive).ready();
    assertThat(archive.file()).isEqualTo(file);
  }

  @Test
  void threeTriesAreEnoughAndThoseBrokenOffCountLess() throws Exception {
    ClassArchive archive = archive();
    for (int i = 0; i < 3; i++) {
      assertThat(archive().isWanted()).isTrue();
      archive().tried(true);
    }
    assertThat(archive().isWanted()).isTrue();
    archive().tried(false);
    archive().tried(false);
    assertThat(archive.isWanted()).isFalse();
  }

  @Test
  void sixteenAreEnough() throws Exception {
    for (int i = 0; i < 20; i++) {
      Path directory = Files.createDirectories(root.resolve("%032x".formatted(i)));
      Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minusSeconds(100 - i)));
    }
    made(archive(), "classes");
    try (Stream<Path> left = Files.list(root)) {
      assertThat(left).hasSize(16).contains(root.resolve("%032x".formatted(19)));
    }
  }

  @Test
  void whatWasLeftHalfWrittenGoes() throws Exception {
    Path jarOfIt = archive().jar();
    Path other = Files.createFile(jarOfIt.resolveSibling("archive-1.new"));
    Path young = Files.createFile(jarOfIt.resolveSibling("archive-2.new"));
    Files.setLastModifiedTime(other, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    made(archive(), "classes");
    assertThat(other).doesNotExist();
    assertThat(young).exists();
  }

  @Test
  void jarsThatLookAlikeAreToldByWhatIsInThem() throws Exception {
    FileTime time = FileTime.from(Instant.now().minusSeconds(60));
    jar = jar("same.jar", "A.class", "one");
    Files.setLastModifiedTime(jar, time);
    String before = archive().toString();
    long length = Files.size(jar);
    jar("same.jar", "A.class", "two");
    Files.setLastModifiedTime(jar, time);
    assertThat(Files.size(jar)).isEqualTo(length);
    assertThat(archive()).doesNotHaveToString(before);
  }

  @Test
  void aJarThatIsCutShortIsMadeAnew() throws Exception {
    Path made = archive().jar();
    byte[] whole = Files.readAllBytes(made);
    Files.write(made, new byte[0]);
    assertThat(archive().jar()).isEqualTo(made).hasBinaryContent(whole);
  }

  private Path jar(String name, String entry, String content) throws IOException {
    Path file = tmp.resolve(name);
    Files.deleteIfExists(file);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file))) {
      out.putNextEntry(new JarEntry(entry).setLastModifiedTime(FileTime.fromMillis(0)));
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return file;
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
