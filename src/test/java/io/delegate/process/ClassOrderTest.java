package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassOrderTest {
  @TempDir Path tmp;
  private Path a;
  private Path b;
  private Path c;
  private Path classes;

  @BeforeEach
  void files() throws Exception {
    a = jar("a.jar", "");
    b = jar("b.jar", "");
    c = jar("c.jar", "");
    classes = Files.createDirectory(tmp.resolve("classes"));
  }

  @Test
  void jarsAloneStayInTheUsersOrder() {
    ClassOrder order = ClassOrder.of(List.of(a, b, c), List.of(c));
    assertThat(order).isEqualTo(new ClassOrder(List.of(a, b, c), List.of()));
  }

  @Test
  void whatStandsBehindADirectoryIsNotArchived() {
    ClassOrder order = ClassOrder.of(List.of(a, classes, b), List.of());
    assertThat(order).isEqualTo(new ClassOrder(List.of(a), List.of(classes, b)));
    assertThat(order.all()).containsExactly(a, classes, b);
  }

  @Test
  void whatEveryChildLoadsGoesBeforeDirectories() {
    ClassOrder order = ClassOrder.of(List.of(a, classes, b, c), List.of(c));
    assertThat(order).isEqualTo(new ClassOrder(List.of(c, a), List.of(classes, b)));
    assertThat(order.all()).containsExactlyInAnyOrder(a, b, c, classes);
  }

  @Test
  void withDirectoriesOnlyThereIsNothingToArchive() {
    ClassOrder order = ClassOrder.of(List.of(classes), List.of());
    assertThat(order).isEqualTo(new ClassOrder(List.of(), List.of(classes)));
  }

  private Path jar(String name, String classPath) throws IOException {
    Path jar = tmp.resolve(name);
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    if (!classPath.isEmpty()) {
      manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
    }
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return jar;
  }

  @Test
  void whatAManifestNamesFollowsItsJar() throws Exception {
    Path program = jar("program.jar", "c.jar nested.jar ./b.jar");
    Path nested = jar("nested.jar", "program.jar a.jar");
    ClassOrder order = ClassOrder.of(List.of(b, program), List.of());
    assertThat(order).isEqualTo(new ClassOrder(List.of(b, program, c, nested, a), List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "classes/",
        "none.jar",
        "file:/tmp/a.jar",
        "/tmp/a.jar",
        "a%20b.jar",
        "b.jar classes/"
      })
  void aManifestThatNamesAnythingElseEndsWhatIsArchived(String classPath) throws Exception {
    Path program = jar("program.jar", classPath);
    ClassOrder order = ClassOrder.of(List.of(a, program, c), List.of());
    assertThat(order).isEqualTo(new ClassOrder(List.of(a), List.of(program, c)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b.jar", "ü.jar", "c++.jar"})
  void soDoesANameThatUrlsEncode(String name) throws Exception {
    Path jar = jar(name, "");
    ClassOrder order = ClassOrder.of(List.of(a, jar, c), List.of());
    assertThat(order).isEqualTo(new ClassOrder(List.of(a), List.of(jar, c)));
  }

  @Test
  void whatIsNoJarStaysWhereItIs() throws Exception {
    Path text = Files.writeString(tmp.resolve("a.txt"), "no jar");
    ClassOrder order = ClassOrder.of(List.of(a, text, c), List.of());
    assertThat(order).isEqualTo(new ClassOrder(List.of(a), List.of(text, c)));
  }
}
