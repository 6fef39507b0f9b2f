package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnpackedTest {
  private static final String LIB = "BOOT-INF/lib/y.jar";
  private static final String CLASSES = "BOOT-INF/classes/";
  private static final List<String> BOTH = List.of(CLASSES, LIB);

  @TempDir Path tmp;

  @AfterEach
  void forget() {
    Unpacked.forget();
  }

  private Path jar() throws IOException {
    return Jars.nested(
        tmp.resolve("a dir→ü").resolve("app.jar"),
        Map.of(
            "META-INF/MANIFEST.MF",
            "Manifest-Version: 1.0\nImplementation-Version: 7\nMain-Class: x.Y\n",
            CLASSES,
            "",
            CLASSES + "a/",
            "",
            CLASSES + "a/greeting.txt",
            "hello",
            CLASSES + "../../../evil.txt",
            "evil",
            LIB,
            "the library"));
  }

  private Path root() {
    return tmp.resolve("cache");
  }

  private Map<String, Path> unpack(Path jar) throws IOException {
    return Unpacked.of(jar, BOTH, List.of(root()));
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> all = Files.list(root().toRealPath().resolve(Unpacked.HOME))) {
      return all.sorted().toList();
    }
  }

  // ---- what is written

  @Test
  void jarsAreCopiedAndADirectoryBecomesAJar() throws Exception {
    Map<String, Path> places = unpack(jar());
    assertThat(places).containsOnlyKeys(CLASSES, LIB);
    assertThat(places.get(LIB)).hasContent("the library");
    try (JarFile classes = new JarFile(places.get(CLASSES).toFile())) {
      assertThat(classes.stream().map(e -> e.getName()))
          .containsExactly("META-INF/MANIFEST.MF", "a/", "a/greeting.txt");
      assertThat(classes.getInputStream(classes.getEntry("a/greeting.txt")))
          .hasBinaryContent("hello".getBytes());
      assertThat(classes.getManifest().getMainAttributes().getValue("Implementation-Version"))
          .isEqualTo("7");
      assertThat(classes.getManifest().getMainAttributes().getValue("Main-Class")).isNull();
    }
    assertThat(kept()).hasSize(1);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void onlyItsUserCanLookIntoIt() throws Exception {
    Path place = unpack(jar()).get(LIB);
    for (Path at = place.getParent(); at.startsWith(root().toRealPath()); at = at.getParent()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(at)))
          .as(at.toString())
          .isEqualTo("rwx------");
    }
  }

  @Test
  void whatTheJarDoesNotHaveIsLeftOut() throws Exception {
    List<String> entries = List.of("BOOT-INF/lib/none.jar", LIB, "none/");
    assertThat(Unpacked.of(jar(), entries, List.of(root()))).containsOnlyKeys(LIB);
  }

  @Test
  void itIsDoneOnce() throws Exception {
    Path jar = jar();
    Map<String, Path> places = unpack(jar);
    Object written = Files.readAttributes(places.get(LIB), "lastModifiedTime,size,fileKey");
    Unpacked.forget(); // another program comes
    assertThat(unpack(jar)).isEqualTo(places);
    assertThat((Object) Files.readAttributes(places.get(LIB), "lastModifiedTime,size,fileKey"))
        .isEqualTo(written);
  }

  @Test
  void anotherJarInItsPlaceIsAnother() throws Exception {
    Path jar = jar();
    Map<String, Path> places = unpack(jar);
    Jars.nested(jar, Map.of(LIB, "another library"));
    assertThat(unpack(jar)).as("a program keeps to what it has begun with").isEqualTo(places);
    assertThat(places.get(LIB)).hasContent("the library");
    Files.move(jar, tmp.resolve("aside.jar"));
    assertThat(unpack(jar)).isEqualTo(places);
    Unpacked.forget();
    assertThat(unpack(jar)).as("a jar that is not there").isEmpty();
    Files.move(tmp.resolve("aside.jar"), jar);
    assertThat(unpack(jar).get(LIB)).hasContent("another library");
  }

  // ---- hostile jars

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../x.jar",
        "/etc/x.jar",
        "BOOT-INF/lib/../../../x.jar",
        "..",
        ".",
        "a/../../x.jar",
        "\0.jar",
        "../../x/"
      })
  void anEntryThatLeadsOutIsRefusedAndNothingIsLeft(String name) throws Exception {
    Path jar = Jars.nested(tmp.resolve("evil.jar"), Map.of(name.equals(".") ? "x" : name, "evil"));
    assertThatThrownBy(() -> Unpacked.of(jar, List.of(name), List.of(root())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the entry \"" + name + "\"");
    assertThat(kept()).isEmpty();
    assertThat(tmp.resolve("x.jar")).doesNotExist();
    assertThat(root().resolve("x.jar")).doesNotExist();
  }

  @Test
  void whatIsNoJarIsRefused() throws Exception {
    Path jar = Files.writeString(tmp.resolve("app.jar"), "no jar at all");
    assertThatThrownBy(() -> unpack(jar)).isInstanceOf(IOException.class);
    assertThat(kept()).isEmpty();
  }

  // ---- damaged caches

  @Test
  void whatWasCutShortIsMadeAnew() throws Exception {
    Path jar = jar();
    Path place = unpack(jar).get(LIB);
    Unpacked.forget();
    Files.writeString(place, "the lib");
    assertThat(unpack(jar).get(LIB)).isEqualTo(place).hasContent("the library");
    Files.delete(place); // as cleaners of temporary directories do, while the program runs
    assertThat(unpack(jar).get(LIB)).isEqualTo(place).hasContent("the library");
    Unpacked.forget();
    Files.writeString(place.getParent().getParent().getParent().resolve(Unpacked.CONTENTS), "");
    assertThat(unpack(jar).get(LIB)).isEqualTo(place).hasContent("the library");
    assertThat(kept()).hasSize(1);
  }

  @Test
  void anEmptyDirectoryInItsPlaceIsReplaced() throws Exception {
    Path jar = jar();
    Map<String, Path> places = unpack(jar);
    Path directory = kept().get(0);
    Unpacked.forget();
    Deletion.delete(directory);
    Files.createDirectory(directory);
    assertThat(unpack(jar)).isEqualTo(places);
    assertThat(places.get(LIB)).hasContent("the library");
  }

  @Test
  void theDraftOfAProgramThatWasKilledGoes() throws Exception {
    Path home = Files.createDirectories(unpack(jar()).get(LIB).resolve("../../../..").normalize());
    Path old = Files.createDirectories(home.resolve("draft-1"));
    Files.writeString(old.resolve("half"), "hal");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    Path now = Files.createDirectories(home.resolve("draft-2"));
    Path other = Jars.nested(tmp.resolve("other.jar"), Map.of(LIB, "other"));
    Unpacked.of(other, List.of(LIB), List.of(root()));
    assertThat(old).doesNotExist();
    assertThat(now).as("it may be being written").exists();
  }

  // ---- where nothing can be written

  @Test
  void theNextPlaceServesWhereOneDoesNot() throws Exception {
    Path file = Files.createFile(tmp.resolve("file"));
    Map<String, Path> places =
        Unpacked.of(jar(), BOTH, List.of(file, file.resolve("below"), root()));
    assertThat(places.get(LIB)).startsWith(root().toRealPath()).hasContent("the library");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aPlaceThatOthersCanWriteToIsNotTaken() throws Exception {
    Path open = Files.createDirectory(tmp.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> Unpacked.of(jar(), BOTH, List.of(open)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can be written by others");
    assertThat(open).isEmptyDirectory();
  }

  @Test
  void withoutAnyPlaceItFailsAndIsNotTriedAgainAtOnce() throws Exception {
    Path file = Files.createFile(tmp.resolve("file"));
    Path jar = jar();
    assertThatThrownBy(() -> Unpacked.of(jar, BOTH, List.of(file)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
    assertThatThrownBy(() -> Unpacked.of(jar, BOTH, List.of(file)))
        .hasMessageContaining("less than a minute ago")
        .hasMessageContaining(file.toString());
    assertThat(Unpacked.of(jar, BOTH, List.of(root()))).as("elsewhere").hasSize(2);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void nobodyElseMayWriteToWhatIsUnpacked() throws Exception {
    for (Path place : unpack(jar()).values()) { // the directory above is private
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aNameMayHoldTwoDots() throws Exception {
    Path odd =
        Jars.nested(tmp.resolve("odd.jar"), Map.of(CLASSES + "a/b..c.txt", "x", LIB, "library"));
    try (JarFile classes = new JarFile(unpack(odd).get(CLASSES).toFile())) {
      assertThat(classes.getEntry("a/b..c.txt")).isNotNull();
    }
  }

  // ---- many at once

  @Test
  void programsThatStartTogetherAllFindItWhole() throws Exception {
    Path jar = jar();
    int programs = 8;
    CyclicBarrier start = new CyclicBarrier(programs);
    ExecutorService all = Executors.newFixedThreadPool(programs);
    try {
      List<Future<Map<String, Path>>> found = new ArrayList<>();
      for (int i = 0; i < programs; i++) {
        found.add(
            all.submit(
                () -> {
                  start.await(20, TimeUnit.SECONDS);
                  return Unpacked.anew(jar, BOTH, List.of(root()));
                }));
      }
      for (Future<Map<String, Path>> one : found) {
        assertThat(one.get(40, TimeUnit.SECONDS).get(LIB)).hasContent("the library");
        assertThat(one.get()).isEqualTo(found.get(0).get());
      }
      assertThat(kept()).hasSize(1);
    } finally {
      all.shutdownNow();
    }
  }

  @Test
  void programsThatFindItDamagedTogetherAllMendIt() throws Exception {
    Path jar = jar();
    Path place = unpack(jar).get(LIB);
    Unpacked.forget();
    Files.writeString(place, "the lib");
    int programs = 4;
    CyclicBarrier start = new CyclicBarrier(programs);
    ExecutorService all = Executors.newFixedThreadPool(programs);
    try {
      List<Future<Map<String, Path>>> found = new ArrayList<>();
      for (int i = 0; i < programs; i++) {
        found.add(
            all.submit(
                () -> {
                  start.await(20, TimeUnit.SECONDS);
                  return Unpacked.anew(jar, BOTH, List.of(root()));
                }));
      }
      for (Future<Map<String, Path>> one : found) {
        assertThat(one.get(40, TimeUnit.SECONDS).get(LIB)).isEqualTo(place);
      }
      assertThat(place).hasContent("the library");
    } finally {
      all.shutdownNow();
    }
  }

  private static String line(Process process) throws IOException {
    return new BufferedReader(new InputStreamReader(process.getInputStream())).readLine();
  }

  @Test
  void whoRemovesItIsWaitedFor() throws Exception {
    Path jar = jar();
    Path place = unpack(jar).get(LIB);
    Unpacked.forget();
    Process other = LockHolder.start(kept().get(0));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      assertThat(line(other)).isEqualTo("locked");
      Future<Map<String, Path>> found = thread.submit(() -> unpack(jar));
      await().during(Duration.ofMillis(100)).until(() -> !found.isDone());
      other.getOutputStream().write(1);
      other.getOutputStream().close();
      assertThat(found.get(40, TimeUnit.SECONDS).get(LIB)).isEqualTo(place);
      assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(place).hasContent("the library");
    } finally {
      thread.shutdownNow();
      other.destroyForcibly();
    }
  }

  /** On POSIX the lock would go if the file was opened and closed to set its time. */
  @Test
  void whoUsesItHoldsItHoweverOftenThatIsNoted() throws Exception {
    Path jar = jar();
    unpack(jar);
    Path used = kept().get(0).resolve(Unpacked.USED);
    Process other = LockHolder.start(kept().get(0));
    try {
      assertThat(line(other)).isEqualTo("in use");
    } finally {
      other.destroyForcibly().waitFor();
    }
    Unpacked.forget();
    FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(31)));
    Files.setLastModifiedTime(used, old);
    unpack(jar);
    assertThat(Files.getLastModifiedTime(used)).as("found").isGreaterThan(old);
  }

  @Test
  void thatItIsUsedIsNotedOnceAnHour() throws Exception {
    Path jar = jar();
    unpack(jar);
    Path used = kept().get(0).resolve(Unpacked.USED);
    FileTime now = FileTime.from(Instant.now().minus(Duration.ofMinutes(50)));
    Files.setLastModifiedTime(used, now);
    unpack(jar);
    assertThat(Files.getLastModifiedTime(used).toMillis()).isEqualTo(now.toMillis());
    FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(31)));
    Files.setLastModifiedTime(used, old);
    unpack(jar);
    assertThat(Files.getLastModifiedTime(used).toInstant()).isAfter(now.toInstant());
  }

  // ---- what goes

  @Test
  void aPrivateDirectoryThatIsClosedIsNotUsedAnyMore() throws Exception {
    Path jar = jar();
    Path place;
    try (PrivateDirectory directory = PrivateDirectory.create()) {
      place = Unpacked.of(jar, BOTH, List.of(directory.path())).get(LIB);
      Path unpacked = place.resolve("../../..").normalize();
      assertThat(Unpacked.isUsedHere(unpacked)).isTrue();
      assertThat(unpack(jar).get(LIB)).as("another's is not taken").isNotEqualTo(place);
      directory.close();
      assertThat(Unpacked.isUsedHere(unpacked)).isFalse();
    }
    assertThat(place).doesNotExist();
  }

  private Path other(String name) throws IOException {
    Path jar = Jars.nested(tmp.resolve(name), Map.of(LIB, name));
    return Unpacked.of(jar, List.of(LIB), List.of(root())).get(LIB).resolve("../../..").normalize();
  }

  @Test
  void whatIsOfAJarThatIsGoneGoesUnlessAProgramUsesIt() throws Exception {
    Path one = other("1.jar");
    Files.delete(tmp.resolve("1.jar"));
    other("2.jar");
    assertThat(one).as("this program uses it").exists();
    Unpacked.forget();
    other("3.jar");
    assertThat(one).doesNotExist();
    assertThat(kept()).hasSize(2);
  }

  @Test
  void whatNobodyHasUsedForAMonthGoes() throws Exception {
    Path one = other("1.jar");
    Path two = other("2.jar");
    Unpacked.forget();
    for (Path directory : List.of(one, two)) {
      int days = directory.equals(one) ? 31 : 29;
      Files.setLastModifiedTime(
          directory.resolve(Unpacked.USED),
          FileTime.from(Instant.now().minus(Duration.ofDays(days))));
    }
    other("3.jar");
    assertThat(one).doesNotExist();
    assertThat(two).exists();
  }
}
