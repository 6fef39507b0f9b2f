package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPathTest {
  @TempDir Path tmp;

  @Test
  void theUsersSettingIsTheWholeClassPath() {
    Path missing = tmp.resolve("missing");
    LaunchSpec spec =
        Children.spec().with(s -> s.classPath = List.of(tmp, missing, tmp, Path.of(""))).build();
    assertThat(ClassPath.base(spec)).containsExactly(tmp, Path.of("").toAbsolutePath());
  }

  @Test
  void otherwiseItIsThatOfTheProgram() {
    assertThat(ClassPath.base(Children.spec().build()))
        .isNotEmpty()
        .allMatch(Path::isAbsolute)
        .anyMatch(path -> path.endsWith("test-classes"))
        .doesNotHaveDuplicates();
  }

  @Test
  void anEmptyEntryIsTheCurrentDirectory() {
    assertThat(ClassPath.ofProperties("a" + File.pathSeparator, null))
        .containsExactly(Path.of("a"), Path.of(""));
    assertThat(ClassPath.ofProperties("", null)).containsExactly(Path.of(""));
  }

  @Test
  void modulesJoinIt() throws Exception {
    Path b = Files.createFile(tmp.resolve("b.jar"));
    Path a = Files.createFile(tmp.resolve("a.jar"));
    Path exploded = Files.createDirectories(tmp.resolve("exploded"));
    Files.createFile(exploded.resolve("module-info.class"));
    Files.createFile(tmp.resolve("readme.txt"));
    assertThat(ClassPath.ofProperties("", tmp.toString())).containsExactly(a, b, exploded);
    assertThat(ClassPath.ofProperties("", exploded.toString())).containsExactly(exploded);
    assertThat(ClassPath.ofProperties("", a.toString())).containsExactly(a);
  }

  @Test
  @SuppressWarnings("deprecation") // the URLs that File made before it knew of URIs
  void theFilesOfUrlLoadersAreFoundParentsFirst() throws Exception {
    Path blank = Files.createDirectories(tmp.resolve("a b"));
    URL web = new URL("https://example.org/x.jar");
    try (var parent = new URLClassLoader(new URL[] {blank.toFile().toURL(), web});
        var loader = new URLClassLoader(new URL[] {tmp.toUri().toURL()}, parent)) {
      assertThat(ClassPath.urlsOf(loader)).containsExactly(blank, tmp);
    }
    assertThat(ClassPath.urlsOf(ClassLoader.getSystemClassLoader())).isEmpty();
    assertThat(ClassPath.urlsOf(null)).isEmpty();
  }

  @Test
  void urlsAreRelativeToTheJar() throws Exception {
    Path jars = Files.createDirectories(tmp.resolve("private"));
    Path entry = Files.createDirectories(tmp.resolve("c++ 100%#"));
    assertThat(ChildJar.url(jars, entry)).isEqualTo("../c%2B%2B%20100%25%23/");
    Path jar = Files.createFile(tmp.resolve("ü.jar"));
    assertThat(ChildJar.url(jars, jar)).isEqualTo("../%C3%BC.jar");
  }
}
