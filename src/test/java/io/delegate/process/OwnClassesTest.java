package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnClassesTest {
  private static final String FST = "org.nustaq.serialization.FSTConfiguration";

  @TempDir Path tmp;
  private Path root;
  private List<Path> classPath;

  @BeforeEach
  void root() throws Exception {
    root = ArchiveRoot.open(tmp.toRealPath().resolve("cache"));
    classPath = ClassPath.base(Children.spec().build());
  }

  private List<Path> jars(List<Path> entries) throws IOException {
    return OwnClasses.jars(root, entries, getClass().getClassLoader());
  }

  private static Path fst() throws Exception {
    return Path.of(Class.forName(FST).getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  @Test
  void areTheLibrarysOwnAndThoseOfItsCodec() throws Exception {
    List<Path> jars = jars(classPath);
    assertThat(jars).hasSize(4).contains(fst());
    assertThat(OwnClasses.location()).isDirectory();
    try (JarFile own = new JarFile(jars.get(0).toFile())) {
      assertThat(own.getEntry("io/delegate/worker/Main.class")).isNotNull();
      assertThat(own.getEntry("io/delegate/wire/Frame.class")).isNotNull();
      assertThat(own.getEntry("io/delegate/engine/Pool.class")).isNull();
    }
    assertThat(jars(classPath)).as("the same each time").isEqualTo(jars);
  }

  @Test
  void oneThatWasCutShortIsMadeAnew() throws Exception {
    Path own = jars(classPath).get(0);
    assertThat(own).startsWith(root); // before it is written to
    byte[] whole = Files.readAllBytes(own);
    Files.write(own, new byte[10]);
    assertThat(jars(classPath).get(0)).isEqualTo(own).hasBinaryContent(whole);
  }

  @Test
  void whatIsNotOnTheClassPathIsNot() throws Exception {
    assertThat(jars(List.of())).isEmpty();
    assertThat(jars(List.of(fst()))).containsExactly(fst());
  }

  @Test
  void oneThatSomethingElseHidesStaysBehindIt() throws Exception {
    Path patch = tmp.resolve("patch");
    Files.createDirectories(patch.resolve("org/nustaq/serialization"));
    Files.createFile(patch.resolve("org/nustaq/serialization/FSTObjectInput.class"));
    List<Path> patched = new ArrayList<>(List.of(patch));
    patched.addAll(classPath);
    assertThat(jars(patched)).hasSize(3).doesNotContain(fst());

    Path jar = tmp.resolve("patch.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("META-INF/versions/17/org/nustaq/Mended.class"));
    }
    patched.set(0, jar);
    assertThat(jars(patched)).hasSize(3).doesNotContain(fst());

    patched.set(0, Files.writeString(tmp.resolve("notes.txt"), "no jar"));
    assertThat(jars(patched)).hasSize(4).contains(fst());
  }
}
