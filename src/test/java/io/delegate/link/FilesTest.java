package io.delegate.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.wire.ProtocolException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a parent, and the same on a node. */
class FilesTest {
  @TempDir Path directory;
  private Path shelved;
  private Shelf shelf;

  @BeforeEach
  void make() throws Exception {
    shelved = Files.createDirectory(directory.resolve("shelf"));
    shelf = new Shelf(() -> shelved);
  }

  private Path file(String name, String text) throws Exception {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private FileStore store() throws Exception {
    return new FileStore(directory.resolve("store"));
  }

  private static void bring(FileStore.Delivery to, Jar jar, String text) throws Exception {
    byte[] bytes = text.getBytes("UTF-8");
    int half = bytes.length / 2;
    to.came(new Message.Piece(jar.digest(), Arrays.copyOf(bytes, half), false));
    to.came(new Message.Piece(jar.digest(), Arrays.copyOfRange(bytes, half, bytes.length), true));
  }

  @Test
  void aFileIsSentAsItWasWhenItWasOffered() throws Exception {
    Path library = file("library.jar", "first");
    Jar jar = shelf.of(List.of(library)).get(0);
    Files.move(
        file("new.jar", "second, from a build"), library, StandardCopyOption.REPLACE_EXISTING);
    assertThat(Files.readString(Objects.requireNonNull(shelf.find(jar.digest()))))
        .isEqualTo("first");
    assertThat(shelf.of(List.of(library))).containsExactly(jar);
    Files.delete(library);
    assertThat(Objects.requireNonNull(shelf.find(jar.digest()))).hasContent("first");
  }

  @Test
  void equalDirectoriesAreEqualJarsWhoseClassesAndPackagesAreFound() throws Exception {
    file("one/a/b/C.txt", "c");
    Files.createDirectory(directory.resolve("one/empty"));
    file("two/a/b/C.txt", "c");
    Files.createDirectory(directory.resolve("two/empty"));
    Files.setLastModifiedTime(directory.resolve("two/a/b/C.txt"), FileTime.fromMillis(1));
    List<Jar> jars = shelf.of(List.of(directory.resolve("one"), directory.resolve("two")));
    assertThat(jars.get(0).digest()).isEqualTo(jars.get(1).digest());
    Path jar = Objects.requireNonNull(shelf.find(jars.get(0).digest()));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
      assertThat(loader.getResource("a/b/C.txt")).isNotNull();
      assertThat(loader.getResource("a/b/")).isNotNull();
      assertThat(loader.getResource("empty/")).isNotNull();
    }
  }

  @Test
  void whatHasComeIsFoundAndWhatIsCutShortIsNot() throws Exception {
    Jar jar = shelf.of(List.of(file("x.jar", "all of it"))).get(0);
    FileStore store = store();
    assertThat(store.find(jar)).isNull();
    try (FileStore.Delivery delivery = store.delivery()) {
      assertThat(delivery.expect(jar)).isTrue();
      assertThat(delivery.expect(jar)).as("once more").isFalse();
      bring(delivery, jar, "all of it");
    }
    Path there = Objects.requireNonNull(store.find(jar));
    assertThat(there).hasContent("all of it");
    Files.writeString(there, "all of"); // as after a full disk
    assertThat(store.find(jar)).isNull();
  }

  @Test
  void whatIsNotWhatWasSaidIsNotKept() throws Exception {
    Jar jar = shelf.of(List.of(file("x.jar", "all of it"))).get(0);
    FileStore store = store();
    try (FileStore.Delivery delivery = store.delivery()) {
      delivery.expect(jar);
      assertThatThrownBy(() -> bring(delivery, jar, "all of IT"))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("x.jar is not what was said");
      delivery.expect(jar);
      assertThatThrownBy(() -> bring(delivery, jar, "all of it, and more"))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("longer");
    }
    assertThat(store.find(jar)).isNull();
    assertThat(directory.resolve("store")).isEmptyDirectory();
  }

  @Test
  void oldDraftsAreSwept() throws Exception {
    store();
    Path old = file("store/draft1", "half");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    Path fresh = file("store/draft2", "half");
    store();
    assertThat(old).doesNotExist();
    assertThat(fresh).exists();
  }
}
