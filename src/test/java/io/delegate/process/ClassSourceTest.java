package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.process.Location.InJar;
import io.delegate.process.Location.OnDisk;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassSourceTest {
  @TempDir Path tmp;

  private static List<Path> paths(ClassSource source) {
    return source.locations().stream().map(at -> ((OnDisk) at).path()).toList();
  }

  private static ProgramPath program(String classPath, @Nullable String hidden) {
    return new ProgramPath(classPath, false, hidden);
  }

  @Test
  void theClassPathIsMadeAbsolute() {
    assertThat(paths(program("a/../b" + File.pathSeparator + "/c", null)))
        .containsExactly(Path.of("b").toAbsolutePath(), Path.of("/c"));
  }

  @Test
  void aStarThatNobodyHasExpandedIsTheJarsOfThatDirectory() throws Exception {
    Path b = Files.createFile(tmp.resolve("b.jar"));
    Path a = Files.createFile(tmp.resolve("a.JAR"));
    Files.createFile(tmp.resolve("c.txt"));
    assertThat(paths(program(tmp + "/*" + File.pathSeparator + "/d", null)))
        .containsExactly(a, b, Path.of("/d"));
    assertThat(paths(program(tmp + "/none/*", null))).isEmpty();
  }

  @Test
  void theJarThatHidTheClassPathServesIfNothingElseDoes() throws Exception {
    Path jar = Files.createFile(tmp.resolve("booter.jar"));
    Path missing = tmp.resolve("missing.jar");
    assertThat(paths(program(missing.toString(), jar.toString()))).containsExactly(jar);
    assertThat(paths(program(tmp.toString(), jar.toString()))).containsExactly(tmp);
  }

  @Test
  void aProgramOfModulesAloneHasNoClassPath() throws Exception {
    assertThat(new ProgramPath("", true, null).locations()).isEmpty();
    Path jar = Files.createFile(tmp.resolve("m.jar"));
    assertThat(paths(new ModulePath(tmp.toString()))).containsExactly(jar);
    assertThat(new ModulePath(null).locations()).isEmpty();
  }

  @Test
  void loadersTellWhatIsInsideOfJars() throws Exception {
    Path jar = tmp.resolve("app.jar");
    URL nested = new URL("jar:" + jar.toUri() + "!/BOOT-INF/lib/y.jar!/");
    URL file = tmp.toUri().toURL();
    try (var parent = new URLClassLoader(new URL[] {nested}, null);
        var loader = new URLClassLoader(new URL[] {file}, parent)) {
      assertThat(new LoaderUrls(loader).locations())
          .containsExactly(new InJar(jar, "BOOT-INF/lib/y.jar"), new OnDisk(tmp));
    }
  }

  @Test
  void theOwnPlaceIsThatOfTheClass() {
    assertThat(paths(new OwnPlace(OwnClasses.class))).containsExactly(OwnClasses.location());
    assertThat(new OwnPlace(String.class).locations()).isEmpty();
  }

  @Test
  void theAnswersAddUpEachPlaceOnce() {
    ClassSource one = () -> List.of(new OnDisk(tmp), new OnDisk(Path.of("/x")));
    ClassSource two = () -> List.of(new OnDisk(tmp.resolve(".")), new OnDisk(Path.of("/y")));
    assertThat(ClassSource.ask(List.of(one, two)))
        .containsExactly(new OnDisk(tmp), new OnDisk(Path.of("/x")), new OnDisk(Path.of("/y")));
  }

  // ---- what is inside of jars, in the class path of a child

  /** As Spring Boot's, of the program and of this library. */
  private static URLClassLoader boot(Path jar, String... entries) throws Exception {
    URL[] urls = new URL[entries.length];
    for (int i = 0; i < entries.length; i++) {
      urls[i] = new URL("jar:" + jar.toUri() + "!/" + entries[i] + "!/");
    }
    return new URLClassLoader(urls, ClassSourceTest.class.getClassLoader());
  }

  @Test
  void itIsUnpackedWhereArchivesAreKept() throws Exception {
    Path jar = Jars.nested(tmp.resolve("app.jar"), Map.of("BOOT-INF/lib/y.jar", "y"));
    Path archives = Files.createDirectories(tmp.resolve("archives")).toRealPath();
    try (URLClassLoader loader = boot(jar, "BOOT-INF/lib/none.jar", "BOOT-INF/lib/y.jar")) {
      LaunchSpec spec =
          Children.spec().with(s -> s.loader = loader).with(s -> s.archives = archives).build();
      ClassPath.Found found = ClassPath.find(spec, List.of(), tmp.resolve("none"));
      assertThat(found.boot()).isNull();
      assertThat(found.entries())
          .filteredOn(path -> path.startsWith(archives))
          .singleElement()
          .satisfies(path -> assertThat(path).hasContent("y").endsWithRaw(Path.of("y.jar")));
      assertThat(ClassPath.base(spec)).noneMatch(path -> path.startsWith(archives));
    } finally {
      Unpacked.forget();
    }
  }

  @Test
  void whatCannotBeUnpackedIsToldWithItsLoaderAndTheWayOut() throws Exception {
    Path jar = Jars.nested(tmp.resolve("app.jar"), Map.of("BOOT-INF/lib/y.jar", "y"));
    Path file = Files.createFile(tmp.resolve("file"));
    try (URLClassLoader loader = boot(jar, "BOOT-INF/lib/y.jar")) {
      LaunchSpec spec =
          Children.spec().with(s -> s.loader = loader).with(s -> s.archives = file).build();
      assertThatThrownBy(() -> ClassPath.find(spec, List.of(), file.resolve("none")))
          .isInstanceOf(StartException.class)
          .hasMessageContainingAll(
              jar.toString(), URLClassLoader.class.getName(), file.toString(), "option classPath");
    } finally {
      Unpacked.forget();
    }
  }

  @Test
  void aLauncherOfBootsServesInItsPlace() throws Exception {
    String name = "org/springframework/boot/loader/launch/PropertiesLauncher.class";
    Path jar = Jars.nested(tmp.resolve("app.jar"), Map.of("BOOT-INF/lib/y.jar", "y", name, ""));
    Path file = Files.createFile(tmp.resolve("file"));
    try (URLClassLoader loader = boot(jar, "BOOT-INF/lib/y.jar")) {
      LaunchSpec spec =
          Children.spec().with(s -> s.loader = loader).with(s -> s.archives = file).build();
      BootLauncher boot = ClassPath.find(spec, List.of(), file.resolve("none")).boot();
      assertThat(boot).isNotNull();
      assertThat(boot.program(spec))
          .contains("-Dloader.main=" + Kid.class.getName())
          .endsWith(
              "-cp", jar.toString(), "org.springframework.boot.loader.launch.PropertiesLauncher");
    } finally {
      Unpacked.forget();
    }
  }

  @Test
  void theOldLauncherServesTooAndHasThePathOfTheParent() throws Exception {
    String name = "org/springframework/boot/loader/PropertiesLauncher.class";
    Path jar = Jars.nested(tmp.resolve("app.war"), Map.of(name, ""));
    Map<String, String> parent = Map.of("loader.path", "plugins, more", "loader.home", "/home/app");
    BootLauncher boot =
        BootLauncher.of(
            List.of(new InJar(jar, "WEB-INF/lib/y.jar")), List.of(jar, tmp), parent::get);
    assertThat(boot.launcher()).isEqualTo("org.springframework.boot.loader.PropertiesLauncher");
    assertThat(boot.properties())
        .isEqualTo(Map.of("loader.home", "/home/app", "loader.path", "plugins,more," + tmp));
    assertThat(BootLauncher.of(List.of(), List.of(), parent::get)).isNull();
    assertThat(
            BootLauncher.of(
                List.of(new InJar(jar, "a"), new InJar(tmp, "b")), List.of(), parent::get))
        .as("one launcher reads one jar")
        .isNull();
  }

  // ---- works

  /** Defines classes of its own; no file has them. */
  private static final class InMemory extends ClassLoader {
    InMemory() {
      super("notebook", ClassSourceTest.class.getClassLoader());
    }

    Class<?> define(String name, byte[] bytes) {
      return defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    public @Nullable URL getResource(String name) {
      return null;
    }
  }

  /** Its class loader is asked for them. */
  @Test
  void aWorkThatIsInNoFileIsNotObjectedTo() throws Exception {
    byte[] bytes;
    try (var in = Kid.class.getResourceAsStream("Kid.class")) {
      bytes = in.readAllBytes();
    }
    Class<?> type = new InMemory().define(Kid.class.getName(), bytes);
    assertThat(ClassPath.objection(Children.spec().build(), type)).isNull();
    assertThat(ClassPath.beyond(Children.spec().build(), type)).isEmpty();
  }

  @Test
  void theFileOfAWorkIsSentAlongWhateverItsLoaderIs() throws Exception {
    Path classes = Files.createDirectories(tmp.resolve("classes"));
    String name = Kid.class.getName();
    Path file = classes.resolve(name.replace('.', '/') + ".class");
    Files.createDirectories(file.getParent());
    byte[] bytes;
    try (var in = Kid.class.getResourceAsStream("Kid.class")) {
      bytes = in.readAllBytes();
    }
    Files.write(file, bytes);
    ClassLoader odd =
        new ClassLoader(null) {
          @Override
          protected Class<?> findClass(String wanted) throws ClassNotFoundException {
            if (wanted.equals(name)) {
              return defineClass(name, bytes, 0, bytes.length);
            }
            throw new ClassNotFoundException(wanted);
          }

          @Override
          protected @Nullable URL findResource(String wanted) {
            try {
              Path found = classes.resolve(wanted);
              return Files.exists(found) ? found.toUri().toURL() : null;
            } catch (java.net.MalformedURLException e) {
              throw new AssertionError(e);
            }
          }
        };
    Class<?> type = odd.loadClass(name);
    LaunchSpec spec = Children.spec().build();
    assertThat(ClassPath.objection(spec, type)).isNull();
    assertThat(ClassPath.beyond(spec, type)).containsExactly(classes);
    assertThat(ClassPath.beyond(spec, Kid.class)).isEmpty();
  }
}
