package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import io.delegate.conformance.Cargo;
import io.delegate.conformance.NothingLeft;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Children that start from an archive of the classes which others have loaded. */
@ExtendWith(NothingLeft.class)
class ClassArchiveIT {
  private static final Duration LONG = Duration.ofSeconds(40);
  private static final String FLAG = "-XX:SharedArchiveFile=";

  @TempDir Path tmp;
  @TempDir Path archives;

  private ProcessScheduler.Builder builder() {
    return ProcessScheduler.builder()
        .children(1)
        .classArchives(archives)
        .classPath(ChildClassPath.SMALL)
        .output(Output.DISCARD);
  }

  /** Whether the child was told to start from an archive. */
  private static boolean starts(ProcessScheduler scheduler) {
    return scheduler
        .submit(
            (String flag) ->
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                    .anyMatch(arg -> arg.startsWith(flag)),
            FLAG)
        .block(LONG)
        .orElseThrow();
  }

  private List<Path> files() {
    while (true) {
      try (Stream<Path> all = Files.walk(archives)) {
        return all.filter(file -> file.toString().endsWith(".jsa")).toList();
      } catch (UncheckedIOException e) {
        assertThat(e)
            .as("one that went while it was looked at")
            .hasCauseInstanceOf(NoSuchFileException.class);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private Path makeArchive() {
    try (ProcessScheduler scheduler = builder().build()) {
      scheduler.submit((Cargo.Point p) -> p, new Cargo.Point(1, 2)).block(LONG);
      assertThat(scheduler.makeClassArchive().block(LONG)).isTrue();
    }
    assertThat(files()).hasSize(1);
    return files().get(0);
  }

  @Test
  void isMadeInTheBackgroundAndUsedByLaterChildren() throws Exception {
    Path log = tmp.resolve("load.txt");
    try (ProcessScheduler scheduler = builder().jvmArgs("-Xlog:class+load:file=" + log).build()) {
      assertThat(starts(scheduler)).isFalse();
      await().atMost(LONG).until(() -> !files().isEmpty());
      scheduler.cleanup().block(LONG);
      assertThat(starts(scheduler)).isTrue();
    }
    assertThat(Files.readAllLines(log))
        .filteredOn(line -> line.contains("io.delegate.worker.Runner source:"))
        .singleElement()
        .asString()
        .endsWith("shared objects file");
  }

  @Test
  void isMadeOnDemand() {
    makeArchive();
    try (ProcessScheduler scheduler = builder().build()) {
      assertThat(scheduler.makeClassArchive().block(LONG)).as("no child is up").isFalse();
      assertThat(starts(scheduler)).isTrue();
      assertThat(scheduler.makeClassArchive().block(LONG)).as("it is there").isTrue();
    }
    assertThat(files()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"JdkCodec", "FstCodec"})
  void holdsWhatOtherWorksMayNeed(String name) throws Exception {
    try (ProcessScheduler scheduler = builder().build()) {
      assertThat(scheduler.submit((Integer i) -> i, 7).block(LONG).orElseThrow()).isEqualTo(7);
      assertThat(scheduler.makeClassArchive().block(LONG)).isTrue();
    }
    Path log = tmp.resolve("load.txt");
    Codec codec = name.equals("JdkCodec") ? new JdkCodec() : new FstCodec();
    try (ProcessScheduler scheduler =
        builder().codec(codec).jvmArgs("-Xlog:class+load:file=" + log).build()) {
      Cargo.Point point = new Cargo.Point(1, 2);
      assertThat(scheduler.submit((Cargo.Point p) -> p, point).block(LONG).orElseThrow())
          .isEqualTo(point);
    }
    assertThat(Files.readAllLines(log))
        .filteredOn(line -> line.contains("io.delegate.codec.") || line.contains("org.nustaq."))
        .filteredOn(line -> !line.contains("$$Lambda"))
        .hasSizeGreaterThan(name.equals("JdkCodec") ? 3 : 30)
        .allSatisfy(line -> assertThat(line).endsWith("shared objects file"));
  }

  @Test
  void holdsTheUsersClassesOfJars() throws Exception {
    Path jar = tmp.resolve("user.jar");
    Path log = tmp.resolve("load.txt");
    compile(1, jar);
    ProcessScheduler.Builder withJar = builder().classPath(with(jar));
    try (ProcessScheduler scheduler = withJar.build()) {
      assertThat(answer(scheduler)).isEqualTo(1);
      assertThat(scheduler.makeClassArchive().block(LONG)).isTrue();
    }
    try (ProcessScheduler scheduler = withJar.jvmArgs("-Xlog:class+load:file=" + log).build()) {
      assertThat(answer(scheduler)).isEqualTo(1);
    }
    assertThat(Files.readAllLines(log))
        .filteredOn(line -> line.contains(" Answer source:"))
        .singleElement()
        .asString()
        .endsWith("shared objects file");
  }

  @Test
  void isNotUsedForAJarThatHasChanged() throws Exception {
    Path jar = tmp.resolve("user.jar");
    for (int version = 1; version <= 2; version++) {
      compile(version, jar);
      assertAnswerStays(version, with(jar));
    }
    assertThat(files()).hasSize(2);
  }

  @Test
  void holdsNothingOfDirectoriesOrOfWhatTheyMayHide() throws Exception {
    Path directory = Files.createDirectory(tmp.resolve("classes"));
    Path jar = tmp.resolve("user.jar");
    compile(1, jar);
    List<Path> classPath = new ArrayList<>(List.of(directory));
    classPath.addAll(with(jar));
    for (int version = 1; version <= 3; version++) {
      assertAnswerStays(version, classPath);
      compile(version + 1, directory);
    }
    assertThat(files()).hasSize(1);
  }

  @Test
  void oneThatIsCutShortIsNotUsed() throws Exception {
    Path archive = makeArchive();
    byte[] content = Files.readAllBytes(archive);
    Files.delete(archive);
    Files.write(archive, Arrays.copyOf(content, content.length / 2));
    try (ProcessScheduler scheduler = builder().build()) {
      assertThat(starts(scheduler)).isFalse();
    }
  }

  @Test
  void oneThatChildrenCrashWithIsRemovedAndNoItemIsLost() throws Exception {
    Path archive = makeArchive();
    byte[] content = Files.readAllBytes(archive);
    int length = content.length;
    Arrays.fill(content, length / 3, length / 3 + 200_000, (byte) -1); // classes are there
    Arrays.fill(content, length / 4 * 3, length / 8 * 7, (byte) -1);
    Files.delete(archive);
    Files.write(archive, content);
    try (ProcessScheduler scheduler = builder().build()) {
      assertThat(starts(scheduler)).isFalse();
      scheduler.cleanup().block(LONG);
      assertThat(files()).as("once may be for any reason").hasSize(1);
      assertThat(starts(scheduler)).isFalse();
    }
    await().atMost(LONG).until(() -> files().isEmpty());
  }

  @Test
  void aDirectoryThatGoesAwayIsMissedByNobody() throws Exception {
    Path archive = makeArchive();
    try (ProcessScheduler scheduler = builder().build()) {
      assertThat(starts(scheduler)).isTrue();
      try (Stream<Path> all = Files.walk(archives)) {
        all.sorted(Comparator.reverseOrder())
            .filter(path -> !path.equals(archives))
            .forEach(path -> path.toFile().delete());
      }
      scheduler.cleanup().block(LONG);
      assertThat(archive).doesNotExist();
      assertThat(starts(scheduler)).isFalse();
    }
  }

  @Test
  void whatIsBeingMadeEndsWithTheScheduler() throws Exception {
    for (int processes = 1; processes <= 3; processes++) { // with the one that watches, that dumps
      int atLeast = processes;
      ProcessScheduler scheduler = builder().build();
      scheduler.submit((Integer n) -> n, 1).block(LONG);
      scheduler.makeClassArchive().subscribe();
      await()
          .pollInterval(Duration.ofMillis(1))
          .atMost(LONG)
          .until(() -> NothingLeft.children().size() >= atLeast || !files().isEmpty());
      scheduler.disposeGracefully(Duration.ZERO).block(LONG);
      assertThat(NothingLeft.children()).isEmpty();
    }
    try (Stream<Path> all = Files.walk(archives)) {
      assertThat(all.filter(path -> path.toString().endsWith(".new"))).isEmpty();
    }
  }

  @Test
  void whoIsToldMayCloseTheScheduler() {
    ProcessScheduler scheduler = builder().build();
    scheduler.submit((Integer n) -> n, 1).block(LONG);
    assertThat(
            scheduler
                .makeClassArchive()
                .doOnNext(made -> scheduler.disposeGracefully(Duration.ZERO).toFuture().join())
                .block(LONG))
        .isTrue();
    assertThat(NothingLeft.children()).isEmpty();
  }

  @Test
  void aCacheThatDoesNotServeIsDoneWithout() throws Exception {
    Path archive = makeArchive();
    try (ProcessScheduler scheduler = builder().build()) {
      assertThat(starts(scheduler)).isTrue();
      Files.setPosixFilePermissions(archives, PosixFilePermissions.fromString("rwxrwxrwx"));
      scheduler.cleanup().block(LONG);
      assertThat(starts(scheduler)).as("others could write there").isFalse();
      Files.setPosixFilePermissions(archives, PosixFilePermissions.fromString("rwx------"));
      scheduler.cleanup().block(LONG);
      assertThat(starts(scheduler)).isTrue();
      try (Stream<Path> beside = Files.list(archive.getParent())) {
        for (Path jar : beside.filter(path -> path.toString().endsWith(".jar")).toList()) {
          Files.delete(jar);
          Files.createDirectories(jar.resolve("in the way")); // as if the disk were full
        }
      }
      scheduler.cleanup().block(LONG);
      assertThat(starts(scheduler)).isFalse();
    }
  }

  @Test
  void jarsThatAManifestNamesAreArchivedWithIt() throws Exception {
    Path library = tmp.resolve("lib.jar");
    Path program = tmp.resolve("app.jar");
    Path log = tmp.resolve("load.txt");
    jarNaming("lib.jar", program);
    for (int version = 1; version <= 2; version++) {
      compile(version, library);
      try (ProcessScheduler scheduler = builder().classPath(with(program)).build()) {
        assertThat(answer(scheduler)).isEqualTo(version);
        assertThat(scheduler.makeClassArchive().block(LONG)).isTrue();
      }
      Files.deleteIfExists(log);
      try (ProcessScheduler scheduler =
          builder().classPath(with(program)).jvmArgs("-Xlog:class+load:file=" + log).build()) {
        assertThat(answer(scheduler)).isEqualTo(version);
      }
      assertThat(Files.readAllLines(log))
          .filteredOn(line -> line.contains(" Answer source:"))
          .singleElement()
          .asString()
          .endsWith("shared objects file");
    }
  }

  @Test
  void whatADirectoryOfAManifestMayHideIsNotArchived() throws Exception {
    Path patches = Files.createDirectory(tmp.resolve("my patches"));
    Path program = tmp.resolve("app.jar");
    jarNaming("my%20patches/", program);
    Path library = tmp.resolve("lib.jar");
    compile(1, library);
    List<Path> classPath = new ArrayList<>(List.of(program));
    classPath.addAll(with(library));
    for (int version = 1; version <= 2; version++) {
      assertAnswerStays(version, classPath);
      compile(version + 1, patches);
    }
  }

  private static void jarNaming(String entry, Path jar) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, entry);
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
  }

  @Test
  void aPathWithBlanksAndOtherLettersServes() throws Exception {
    Path strange = Files.createDirectories(tmp.resolve("a b ü→日本 %20"));
    try (ProcessScheduler scheduler = builder().classArchives(strange).build()) {
      scheduler.submit((Integer n) -> n, 1).block(LONG);
      assertThat(scheduler.makeClassArchive().block(LONG)).isTrue();
      scheduler.cleanup().block(LONG);
      assertThat(starts(scheduler)).isTrue();
    }
    Path divided = Files.createDirectories(tmp.resolve("a:b"));
    try (ProcessScheduler scheduler = builder().classArchives(divided).build()) {
      scheduler.submit((Integer n) -> n, 1).block(LONG);
      assertThat(scheduler.makeClassArchive().block(LONG)).isFalse();
      scheduler.cleanup().block(LONG);
      assertThat(starts(scheduler)).isFalse();
    }
  }

  @Test
  void theUserCanDoWithout() {
    makeArchive();
    try (ProcessScheduler without = builder().classArchive(false).build();
        ProcessScheduler wrapped = builder().launcher(command -> command).build();
        ProcessScheduler flagged = builder().jvmArgs("-Xshare:auto").build()) {
      assertThat(starts(without)).isFalse();
      assertThat(starts(wrapped)).isFalse();
      assertThat(starts(flagged)).isFalse();
      assertThat(flagged.makeClassArchive().block(LONG)).isFalse();
    }
  }

  @Test
  void manyChildrenStartFromOne() {
    makeArchive();
    try (ProcessScheduler scheduler = builder().children(4).build()) {
      List<Integer> results =
          Flux.range(0, 200)
              .transform(Delegate.<Integer, Integer>parallelOrdered(i -> 2 * i, scheduler))
              .map(outcome -> outcome.orElseThrow())
              .collectList()
              .block(LONG);
      assertThat(results).isEqualTo(IntStream.range(0, 200).mapToObj(i -> 2 * i).toList());
    }
  }

  // ---- a class of the user's that changes

  /** Without an archive, and then with one. */
  private void assertAnswerStays(int version, List<Path> classPath) {
    try (ProcessScheduler scheduler = builder().classPath(classPath).build()) {
      assertThat(answer(scheduler)).isEqualTo(version);
      assertThat(scheduler.makeClassArchive().block(LONG)).isTrue();
      scheduler.cleanup().block(LONG);
      assertThat(starts(scheduler)).isTrue();
      assertThat(answer(scheduler)).isEqualTo(version);
    }
  }

  private static List<Path> with(Path jar) {
    List<Path> classPath = new ArrayList<>(List.of(jar));
    classPath.addAll(ChildClassPath.SMALL);
    return classPath;
  }

  private static int answer(ProcessScheduler scheduler) {
    return scheduler
        .submit((String name) -> (Integer) Class.forName(name).getField("IT").get(null), "Answer")
        .block(LONG)
        .orElseThrow();
  }

  private void compile(int answer, Path to) throws IOException {
    Path source = tmp.resolve("Answer.java");
    Files.writeString(source, "public class Answer { public static Integer IT = " + answer + "; }");
    Path out = to.toString().endsWith(".jar") ? Files.createTempDirectory(tmp, "out") : to;
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "--release", "17", "-d", out.toString(), source.toString()))
        .isZero();
    if (!to.equals(out)) {
      try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(to))) {
        jar.putNextEntry(new JarEntry("Answer.class"));
        Files.copy(out.resolve("Answer.class"), jar);
      }
    }
  }
}
