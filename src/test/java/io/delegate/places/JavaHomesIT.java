package io.delegate.places;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.delegate.Outcome;
import io.delegate.Output;
import io.delegate.ProcessScheduler;
import io.delegate.RemoteError;
import io.delegate.Work;
import io.delegate.places.Programs.Run;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Parents and children on different JDKs; runs where another JDK is beside this one. */
@Timeout(180)
class JavaHomesIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path tmp;

  /** The JDKs beside this one, by their version. */
  private static TreeMap<Integer, Path> homes() throws IOException {
    TreeMap<Integer, Path> homes = new TreeMap<>();
    try (Stream<Path> beside = Files.list(Programs.ownHome().getParent())) {
      for (Path home : beside.filter(h -> Files.exists(h.resolve("bin/javac"))).toList()) {
        Path release = home.resolve("release");
        for (String line :
            Files.exists(release) ? Files.readAllLines(release) : List.<String>of()) {
          if (line.startsWith("JAVA_VERSION=")) {
            String version = line.substring(line.indexOf('=') + 1).replace("\"", "");
            homes.putIfAbsent(Runtime.Version.parse(version).feature(), home);
          }
        }
      }
    }
    homes.put(Runtime.version().feature(), Programs.ownHome());
    return homes;
  }

  private static int older() throws IOException {
    return homes().firstKey();
  }

  private static int newer() throws IOException {
    assumeThat(homes()).as("a JDK beside this one").hasSizeGreaterThan(1);
    return homes().lastKey();
  }

  private Path compile(int version, int release) throws Exception {
    Path classes = Files.createDirectories(tmp.resolve("classes" + release));
    Programs.compile(
        homes().get(version),
        classes,
        List.of("--release", "" + release, "-cp", System.getProperty("java.class.path")),
        Programs.fourOutcomes(tmp, "\"java \" + Runtime.version().feature()"));
    return classes;
  }

  private Run run(int parent, int child, Path classes) throws Exception {
    String classPath = classes + File.pathSeparator + System.getProperty("java.class.path");
    return Programs.run(
        tmp,
        Map.of(),
        List.of(
            Programs.java(homes().get(parent)).toString(),
            "-Dchild.home=" + homes().get(child),
            "-cp",
            absolute(classPath),
            "app.Main"));
  }

  private static String absolute(String classPath) {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  @Test
  void anOlderParentHasNewerChildren() throws Exception {
    Run run = run(older(), newer(), compile(older(), older()));
    Programs.assertFourOutcomes(run);
    assertThat(run.said("result")).containsExactly("java " + newer());
  }

  @Test
  void aNewerParentHasOlderChildren() throws Exception {
    Run run = run(newer(), older(), compile(older(), older()));
    Programs.assertFourOutcomes(run);
    assertThat(run.said("result")).containsExactly("java " + older());
  }

  @Test
  void aWorkThatIsTooNewForTheChildrenIsRefusedBeforeOneStarts() throws Exception {
    int newer = newer();
    int older = older();
    Run run = run(newer, older, compile(newer, newer));
    assertThat(run.said("error").get(0))
        .contains("NotShippable", "app.Main", "was compiled for Java " + newer)
        .contains("the children run Java " + older + " at " + homes().get(older))
        .contains("--release " + older, "javaHome");
  }

  @Test
  void aClassThatTurnsOutToBeTooNewIsAFailureThatSaysSo() throws Exception {
    int newer = newer();
    int older = older();
    List<Path> classPath = new ArrayList<>(List.of(compile(newer, newer)));
    Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(Files::exists)
        .forEach(classPath::add);
    try (ProcessScheduler scheduler =
        ProcessScheduler.builder()
            .children(1)
            .javaHome(homes().get(older))
            .classPath(classPath)
            .output(Output.DISCARD)
            .build()) {
      Work<String, String> work = name -> Class.forName(name).getName();
      Outcome<String, String> outcome = scheduler.submit(work, "app.Main").block(LONG);
      assertThat(outcome).isInstanceOf(Outcome.Failure.class);
      RemoteError error = ((Outcome.Failure<String, String>) outcome).error();
      assertThat(error.type()).isEqualTo("java.lang.UnsupportedClassVersionError");
      assertThat(error.message())
          .startsWith("app.Main was compiled for Java " + newer)
          .contains("the child runs Java " + older + " at ", "--release " + older, "javaHome");
    }
  }

  @Test
  void whatIsNoHomeOfAJdkIsRefusedAtOnce() throws Exception {
    Path home = Files.createDirectories(tmp.resolve("home"));
    assertThatThrownBy(() -> ProcessScheduler.builder().javaHome(home))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("option javaHome = " + home, "no bin/java", "17 or later");
  }

  @Test
  void aJdkThatIsTooOldIsRefusedAtOnce() throws Exception {
    Path home = Files.createDirectories(tmp.resolve("jdk"));
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
    assertThatThrownBy(() -> ProcessScheduler.builder().javaHome(home))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("option javaHome = " + home, "Java 11", "17 or later");
  }
}
