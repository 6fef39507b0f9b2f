package io.delegate.places;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.places.Programs.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Executable jars and wars as Spring Boot's plugins make them, of its own loaders, run. */
@Timeout(240)
class BootJarIT {
  private static final String BOOT_4 = "4.1.1";
  private static final String BOOT_3 = "3.5.14";

  /** What the work of the program sees of its surroundings. */
  private static final String SEES =
      """
      resource("greeting.txt") + lib.Library.NAME + resource("order.txt")
          + " title " + Main.class.getPackage().getImplementationTitle()
          + " path " + System.getProperty("java.class.path")""";

  /**
   * More than that cannot be written into one file, by {@code ulimit -f}, and less than that is.
   */
  private static final int PADDING = 16 << 20;

  @TempDir static Path shared;
  private static Path classes;
  private static Path delegate;
  private static byte[] first;
  private static byte[] second;

  @TempDir Path tmp;

  @BeforeAll
  static void compile() throws Exception {
    delegate = Programs.delegateJar(shared, Map.of());
    Path library = Files.createDirectories(shared.resolve("lib")).resolve("Library.java");
    Files.writeString(
        library, "package lib; public class Library { public static String NAME = \"ü\"; }");
    Path compiled = Files.createDirectories(shared.resolve("library"));
    Programs.compile(Programs.ownHome(), compiled, List.of("--release", "17"), library);
    Files.writeString(compiled.resolve("order.txt"), "2");
    second = Files.readAllBytes(Programs.pack(compiled, shared.resolve("second.jar"), Map.of()));
    Path other = Files.createDirectories(shared.resolve("other"));
    Files.writeString(other.resolve("order.txt"), "1");
    first = Files.readAllBytes(Programs.pack(other, shared.resolve("first.jar"), Map.of()));
    classes = Files.createDirectories(shared.resolve("classes"));
    Programs.compile(
        Programs.ownHome(),
        classes,
        List.of("--release", "17", "-cp", System.getProperty("java.class.path") + ":" + compiled),
        Programs.fourOutcomes(shared, SEES));
    Files.writeString(classes.resolve("greeting.txt"), "hello ");
  }

  private static Path loader(String version) {
    Path loader = Path.of("target/boot-loaders/spring-boot-loader-" + version + ".jar");
    assertThat(loader)
        .as("mvn dependency:copy@boot-loaders brings it, as any build by Maven does")
        .exists();
    return loader;
  }

  /** {@code inside} is {@code BOOT-INF/} or {@code WEB-INF/}. */
  private static Path make(Path jar, String version, String launcher, String inside, int padding)
      throws IOException {
    Map<String, String> manifest =
        Map.of(
            "Main-Class", "org.springframework.boot.loader.launch." + launcher,
            "Start-Class", "app.Main",
            "Spring-Boot-Version", version,
            "Spring-Boot-Classes", inside + "classes/",
            "Spring-Boot-Lib", inside + "lib/",
            "Spring-Boot-Classpath-Index", inside + "classpath.idx",
            "Implementation-Title", "small");
    List<String> names = new ArrayList<>();
    try (JarOutputStream out =
        new JarOutputStream(Files.newOutputStream(jar), Programs.manifest(manifest))) {
      try (ZipFile loader = new ZipFile(loader(version).toFile())) {
        for (ZipEntry entry : loader.stream().toList()) {
          if (entry.getName().startsWith("org/")
              || entry.getName().startsWith("META-INF/services/")) {
            out.putNextEntry(new ZipEntry(entry.getName()));
            loader.getInputStream(entry).transferTo(out);
            out.closeEntry();
          }
        }
      }
      directory(out, inside);
      directory(out, inside + "classes/");
      try (Stream<Path> all = Files.walk(classes)) {
        for (Path file : all.filter(f -> !f.equals(classes)).sorted().toList()) {
          String name = inside + "classes/" + classes.relativize(file);
          if (Files.isDirectory(file)) {
            directory(out, name + "/");
          } else {
            out.putNextEntry(new ZipEntry(name));
            Files.copy(file, out);
            out.closeEntry();
          }
        }
      }
      directory(out, inside + "lib/");
      for (Path library : Programs.libraries()) {
        names.add(inside + "lib/" + library.getFileName());
        Programs.store(out, names.get(names.size() - 1), Files.readAllBytes(library));
      }
      names.add(inside + "lib/" + delegate.getFileName());
      Programs.store(out, names.get(names.size() - 1), Files.readAllBytes(delegate));
      // the other way round than the index has it
      Programs.store(out, inside + "lib/a-second.jar", second);
      Programs.store(out, inside + "lib/b first+é.jar", first);
      names.add(inside + "lib/b first+é.jar");
      names.add(inside + "lib/a-second.jar");
      if (inside.startsWith("WEB-INF")) {
        directory(out, inside + "lib-provided/");
        Programs.store(out, inside + "lib-provided/provided.jar", second);
      }
      if (padding > 0) {
        Programs.store(out, inside + "lib/padding.jar", new byte[padding]);
        names.add(inside + "lib/padding.jar");
      }
      StringBuilder index = new StringBuilder();
      names.forEach(name -> index.append("- \"").append(name).append("\"\n"));
      out.putNextEntry(new ZipEntry(inside + "classpath.idx"));
      out.write(index.toString().getBytes(StandardCharsets.UTF_8));
      out.closeEntry();
    }
    return jar;
  }

  private static void directory(JarOutputStream out, String name) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.closeEntry();
  }

  private Run run(Path cache, List<String> command) throws Exception {
    Path temp = Files.createDirectories(tmp.resolve("temp"));
    List<String> all = new ArrayList<>(command);
    all.add(all.indexOf("-jar"), "-Djava.io.tmpdir=" + temp);
    Run run =
        Programs.run(tmp, Map.of("XDG_CACHE_HOME", cache.toString(), "LC_ALL", "C.UTF-8"), all);
    assertThat(temp).as("what is left").isEmptyDirectory();
    return run;
  }

  private static String java() {
    return Programs.java(Programs.ownHome()).toString();
  }

  private static List<Path> unpacked(Path cache) throws IOException {
    Path home = cache.resolve("delegate/unpacked");
    if (!Files.exists(home)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(home)) {
      return all.toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {BOOT_4, BOOT_3})
  void itIsUnpackedOnceForAllRuns(String version) throws Exception {
    Path directory = Files.createDirectories(tmp.resolve("a place→ü"));
    Path jar = make(directory.resolve("app.jar"), version, "JarLauncher", "BOOT-INF/", 0);
    Path cache = tmp.resolve("the cache");
    List<String> command = List.of(java(), "-jar", tmp.relativize(jar).toString());
    Run run = run(cache, command);
    Programs.assertFourOutcomes(run);
    assertSeesTheSame(run);
    assertThat(run.said("result").get(0)).endsWith(".jar").doesNotContain("app.jar");
    Path home = unpacked(cache).get(0);
    assertThat(unpacked(cache)).hasSize(1);
    assertThat(home.resolve("BOOT-INF/lib/b first+é.jar")).hasBinaryContent(first);
    assertThat(home.resolve("BOOT-INF/classes.jar")).exists();
    if (OS.current() != OS.WINDOWS) {
      for (Path made : List.of(cache.resolve("delegate"), home.getParent(), home)) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
            .isEqualTo("rwx------");
      }
    }
    Object before = Files.getLastModifiedTime(home.resolve("contents"));
    Programs.assertFourOutcomes(run(cache, command));
    assertThat(unpacked(cache)).containsExactly(home);
    assertThat(Files.getLastModifiedTime(home.resolve("contents"))).isEqualTo(before);
  }

  @Test
  void aWarToo() throws Exception {
    Path war = make(tmp.resolve("app.war"), BOOT_4, "WarLauncher", "WEB-INF/", 0);
    Path cache = tmp.resolve("cache");
    Run run = run(cache, List.of(java(), "-jar", war.toString()));
    Programs.assertFourOutcomes(run);
    assertSeesTheSame(run);
    assertThat(run.said("result").get(0)).doesNotContain("app.war");
    assertThat(unpacked(cache).get(0).resolve("WEB-INF/lib-provided/provided.jar")).exists();
  }

  /** For as long as the program runs. */
  @Test
  void withoutACacheItIsUnpackedAmongTheTemporaryFiles() throws Exception {
    Path jar = make(tmp.resolve("app.jar"), BOOT_4, "JarLauncher", "BOOT-INF/", 0);
    Path file = Files.createFile(tmp.resolve("no directory"));
    Run run = run(file, List.of(java(), "-jar", jar.toString()));
    Programs.assertFourOutcomes(run);
    assertSeesTheSame(run);
    assertThat(run.said("result").get(0)).doesNotContain("app.jar");
  }

  @ParameterizedTest
  @ValueSource(strings = {BOOT_4, BOOT_3})
  @EnabledOnOs(OS.LINUX)
  void whereItCannotBeWrittenBootsOwnLauncherServes(String version) throws Exception {
    Path jar = make(tmp.resolve("app.jar"), version, "JarLauncher", "BOOT-INF/", PADDING);
    Path cache = tmp.resolve("cache");
    Run run = run(cache, withoutRoom(jar));
    Programs.assertFourOutcomes(run);
    assertSeesTheSame(run);
    assertThat(run.said("result").get(0)).endsWith(" path " + jar);
    assertThat(unpacked(cache)).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whereItCannotBeWrittenBootsOwnLauncherServesAWarToo() throws Exception {
    Path war = make(tmp.resolve("app.war"), BOOT_4, "WarLauncher", "WEB-INF/", PADDING);
    Run run = run(tmp.resolve("cache"), withoutRoom(war));
    Programs.assertFourOutcomes(run);
    assertSeesTheSame(run);
    assertThat(run.said("result").get(0)).endsWith(" path " + war);
  }

  /** The same classes and resources, from the same of two jars that both have them. */
  private static void assertSeesTheSame(Run run) {
    String parent = run.said("parent").get(0);
    assertThat(parent).startsWith("hello ü");
    assertThat(run.said("result").get(0))
        .startsWith(parent.substring(0, parent.indexOf(" path ") + " path ".length()));
  }

  /** No file may be longer than half of what must be unpacked. */
  private static List<String> withoutRoom(Path jar) {
    String limit = "ulimit -f " + PADDING / 2 / 512 + " && exec \"$@\"";
    return List.of("sh", "-c", limit, "sh", java(), "-jar", jar.toString());
  }
}
