package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LauncherIT {
  @RegisterExtension final Children children = new Children();
  @TempDir Path tmp;

  static Stream<Path> javaHomes() throws Exception {
    return Children.javaHomes();
  }

  private Collection<String> outputOf(Consumer<Children.Spec> change, String... args)
      throws Exception {
    Children.Run run = children.start(Children.spec().with(change), args);
    assertThat(run.end()).as(() -> run.child().stderrTail()).isZero();
    return run.lines().out;
  }

  private static List<Path> ownClassPath() {
    return ClassPath.base(Children.spec().build());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a b", "ünï→日本", "100%", "50%20x", "a#b", "c++", "q?x&y=z", "semi;colon,", "[x]"})
  void anyNameOfADirectoryServes(String name) throws Exception {
    Path directory = Files.createDirectories(tmp.resolve(name));
    Files.writeString(directory.resolve("found.txt"), "found it");
    List<Path> classPath = new ArrayList<>(ownClassPath());
    classPath.add(directory);
    for (Path javaHome : Children.javaHomes().toList()) {
      assertThat(
              outputOf(
                  spec -> {
                    spec.classPath = classPath;
                    spec.javaHome = javaHome;
                  },
                  "resource",
                  "found.txt"))
          .containsExactly("found it");
    }
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void aClassPathOfThreeThousandEntries(Path javaHome) throws Exception {
    List<Path> classPath = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      classPath.add(Files.createDirectories(tmp.resolve("an entry with a longish name " + i)));
    }
    Files.writeString(classPath.get(2999).resolve("last.txt"), "the last");
    classPath.addAll(ownClassPath());
    assertThat(
            outputOf(
                spec -> {
                  spec.classPath = classPath;
                  spec.javaHome = javaHome;
                },
                "resource",
                "last.txt"))
        .containsExactly("the last");
  }

  @Test
  void theUrlsOfTheLoaderAndOfTheContextReachTheChild() throws Exception {
    Path ofLoader = Files.createDirectories(tmp.resolve("of loader"));
    Files.writeString(ofLoader.resolve("loader.txt"), "of loader");
    Path ofContext = Files.createDirectories(tmp.resolve("of context"));
    Files.writeString(ofContext.resolve("context.txt"), "of context");
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (var loader = new URLClassLoader(new URL[] {ofLoader.toUri().toURL()}, before);
        var context = new URLClassLoader(new URL[] {ofContext.toUri().toURL()}, before)) {
      Thread.currentThread().setContextClassLoader(context);
      Children.Spec spec = Children.spec().with(s -> s.loader = loader);
      assertThat(outputOf(s -> s.loader = loader, "resource", "loader.txt"))
          .containsExactly("of loader");
      assertThat(outputOf(s -> s.loader = loader, "resource", "context.txt"))
          .containsExactly("of context");
      assertThat(ClassPath.base(spec.build())).contains(ofLoader).doesNotContain(ofContext);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void whatIsOpenedIsOpen(Path javaHome) throws Exception {
    Consumer<Children.Spec> home = spec -> spec.javaHome = javaHome;
    assertThat(outputOf(home, "opens", "java.util")).containsExactly("closed");
    assertThat(
            outputOf(
                home.andThen(
                    spec -> spec.addOpens = List.of("java.base/java.lang", "java.base/java.util")),
                "opens",
                "java.util"))
        .containsExactly("open");
  }

  @Test
  void theUsersEnvironmentIsAddedAndTheCookieIsSet() throws Exception {
    Children.Run run =
        children.start(
            Children.spec().with(spec -> spec.environment = Map.of("GREETING", "grüß dich")),
            "env");
    run.end();
    assertThat(run.lines().out)
        .contains("GREETING=grüß dich", Cookie.VARIABLE + "=" + run.child().cookie());
    assertThat(run.child().cookie()).matches("delegate-\\d+-[0-9a-f]{8}/\\d+");
  }

  @Test
  void theParentsOptionsForJvmsAreNotPassedOn() throws Exception {
    // a parent with all of them set, itself started as a child
    Children.Run run =
        children.start(
            Children.spec()
                .with(spec -> spec.mainClass = StartsEnv.class.getName())
                .with(
                    spec ->
                        spec.environment =
                            Map.of(
                                "JAVA_TOOL_OPTIONS", "-Da=b",
                                "JDK_JAVA_OPTIONS", "-Dc=d",
                                "_JAVA_OPTIONS", "-De=f",
                                "JDK_AOT_VM_OPTIONS", "-Dg=h",
                                "CLASSPATH", "/x",
                                "LOADER_PATH", "/y")),
            "x");
    assertThat(run.end()).as(() -> run.child().stderrTail()).isZero();
    assertThat(run.lines().out)
        .anyMatch(line -> line.startsWith("PATH="))
        .noneMatch(
            line -> line.matches("(J|_J|CLASSPATH|LOADER).*OPTIONS=.*|CLASSPATH=.*|LOADER_.*"));
    // the inner cookie comes after the outer one
    assertThat(run.lines().out)
        .anyMatch(line -> line.startsWith(Cookie.VARIABLE + "=" + run.child().cookie() + ":"));
  }

  static final class StartsEnv {
    public static void main(String[] args) throws Exception {
      if (System.getenv("JAVA_TOOL_OPTIONS") == null) {
        throw new AssertionError("the user's own must arrive");
      }
      try (PrivateDirectory directory = PrivateDirectory.create()) {
        ChildProcess child =
            new Launcher(directory)
                .start(Children.spec().build(), List.of("env"), new byte[0], OutputSink.inherit());
        child.onExit().get();
        child.outputDone().get();
        child.killTree().get();
      }
    }
  }

  @Test
  void theWorkingDirectoryIsTheUsers() throws Exception {
    assertThat(outputOf(spec -> spec.workingDirectory = tmp, "cwd"))
        .containsExactly(tmp.toRealPath().toString());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theLauncherWrapsTheCommand() throws Exception {
    Children.Run run =
        children.start(
            Children.spec()
                .with(
                    spec ->
                        spec.launcher =
                            command -> {
                              List<String> wrapped = new ArrayList<>(List.of("nice", "-n", "5"));
                              wrapped.addAll(command);
                              return wrapped;
                            }),
            "halt",
            "9");
    assertThat(run.child().command()).startsWith("nice", "-n", "5").endsWith("halt", "9");
    assertThat(run.end()).isEqualTo(9);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void onlyWhatIsNamedIsInherited() throws Exception {
    Children.Spec spec =
        Children.spec()
            .with(s -> s.inherited = Set.of("PATH", "NO_SUCH_VARIABLE"))
            .with(s -> s.environment = Map.of("MINE", "1"));
    Children.Run run = children.start(spec, "env");
    run.end();
    assertThat(run.lines().out)
        .contains("PATH=" + System.getenv("PATH"), "MINE=1")
        .allMatch(line -> line.matches("(PATH|MINE|DELEGATE_CHILD)=.*"));
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  @DisabledOnOs(OS.WINDOWS)
  void theScratchDirectoryGoesWithItsChildWhateverIsInIt(Path javaHome) throws Exception {
    Children.Spec spec =
        Children.spec().with(s -> s.javaHome = javaHome).with(s -> s.scratch = true);
    List<Children.Run> runs =
        List.of(children.start(spec, "scratch"), children.start(spec, "scratch"));
    List<Path> scratch = new ArrayList<>();
    for (Children.Run run : runs) {
      Path made = Path.of(run.awaitLine("made in ").substring("made in ".length()));
      assertThat(made.getParent()).isEqualTo(children.directory().path());
      assertThat(run.awaitLine("file ")).startsWith("file " + made);
      assertThat(run.awaitLine("TMPDIR ")).isEqualTo("TMPDIR " + made);
      scratch.add(made);
    }
    assertThat(scratch).doesNotHaveDuplicates().allSatisfy(made -> assertThat(made).exists());
    runs.get(0).child().killTree().get(20, TimeUnit.SECONDS);
    assertThat(scratch.get(0)).doesNotExist();
    assertThat(scratch.get(1)).isNotEmptyDirectory();
    runs.get(1).child().closeStdin();
    assertThat(runs.get(1).end()).isZero();
    assertThat(scratch.get(1)).doesNotExist();
  }

  @Test
  void aChildThatDoesNotStartLeavesNoScratchDirectory() {
    assertRefused(
        spec -> {
          spec.scratch = true;
          spec.launcher = command -> List.of("/no/such/program");
        },
        "/no/such/program");
    assertRefused(
        spec -> {
          spec.scratch = true;
          spec.environment = Map.of("A=B", "c");
        },
        "A=B");
    assertThat(children.directory().path())
        .isDirectoryNotContaining(file -> file.getFileName().toString().startsWith("scratch"));
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void manyChildrenEachGetAShareThatAJvmCanStartWith(Path javaHome) throws Exception {
    Children.Spec spec = Children.spec().with(s -> s.javaHome = javaHome);
    spec.jvmArgs = List.of();
    spec.children = 4096;
    Children.Run run = children.start(spec, "machine");
    assertThat(run.end()).isZero();
    assertThat(run.lines().out).first().isEqualTo("processors 1");
    assertThat(run.lines().err).isEmpty();
    long heap = Long.parseLong(run.awaitLine("heap ").substring("heap ".length()));
    assertThat(heap).isBetween(60L << 20, 140L << 20);
  }

  private void assertRefused(Consumer<Children.Spec> change, String... words) {
    LaunchSpec spec = Children.spec().with(change).build();
    assertThatThrownBy(
            () ->
                new Launcher(children.directory())
                    .start(spec, List.of("return"), new byte[0], OutputSink.discard()))
        .isInstanceOf(StartException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void whatCannotStartSaysWhyAndWhatToDo() throws IOException {
    Path home = Files.createDirectories(tmp.resolve("home"));
    assertRefused(spec -> spec.javaHome = home, "option javaHome", home.toString(), "give the");
    Files.createDirectories(home.resolve("bin"));
    Files.createFile(home.resolve("bin/java"));
    assertRefused(spec -> spec.javaHome = home, "option javaHome", "may not be executed");
    assertRefused(
        spec -> spec.workingDirectory = tmp.resolve("none"), "option workingDirectory", "none");
    assertRefused(spec -> spec.environment = Map.of("A=B", "c"), "option environment", "A=B");
    assertRefused(spec -> spec.launcher = command -> List.of(), "option launcher", "[]");
    assertRefused(
        spec ->
            spec.launcher =
                command -> {
                  throw new IllegalStateException("no idea");
                },
        "option launcher",
        "no idea");
    assertRefused(
        spec -> spec.launcher = command -> List.of("/no/such/program"),
        "/no/such/program",
        "check that the first word",
        "command: [");
    assertRefused(
        spec -> spec.jvmArgs = List.of("-Dx=" + "x".repeat(3_000_000)), "shorten jvmArgs");
  }

  @Test
  void theJarIsMadeOncePerContent() throws Exception {
    Path directory = children.directory().path();
    Path first = ChildJar.in(directory, List.of(tmp), List.of(), "A");
    assertThat(ChildJar.in(directory, List.of(tmp), List.of(), "A")).isEqualTo(first);
    assertThat(ChildJar.in(directory, List.of(tmp), List.of(), "B")).isNotEqualTo(first);
    Files.delete(first); // as cleaners of temporary directories do
    assertThat(ChildJar.in(directory, List.of(tmp), List.of(), "A")).isEqualTo(first).exists();
  }

  @Test
  void whatMakesAnArchiveEndsWithTheParent() throws Exception {
    Path note = tmp.resolve("pid");
    Children.Run run =
        children.start(
            Children.spec().with(spec -> spec.mainClass = "io.delegate.worker.Dump"),
            "0", // no parent has this pid: so the end of stdin tells
            "no-list",
            "no-list",
            "sh",
            "-c",
            "echo $$ > " + note + ".new; mv " + note + ".new " + note + "; exec sleep 100");
    await().atMost(30, TimeUnit.SECONDS).until(() -> Files.exists(note));
    long pid = Long.parseLong(Files.readString(note).strip());
    assertThat(Children.runs(pid)).isTrue();
    run.child().closeStdin();
    run.child().onExit().get(20, TimeUnit.SECONDS);
    await().atMost(10, TimeUnit.SECONDS).until(() -> !Children.runs(pid));
  }

  @Test
  void whatMakesAnArchiveTellsHowThatEnded() throws Exception {
    Children.Run run =
        children.start(
            Children.spec().with(spec -> spec.mainClass = "io.delegate.worker.Dump"),
            "0",
            "no-list",
            "no-list",
            "sh",
            "-c",
            "echo no >&2; exit 7");
    assertThat(run.end()).isEqualTo(7);
    assertThat(run.child().stderrTail()).isEqualTo("no");
  }
}
