package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import io.delegate.conformance.Compiled;
import io.delegate.conformance.Jobs;
import io.delegate.conformance.NothingLeft;
import io.delegate.conformance.Parent;
import java.io.File;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@ExtendWith(NothingLeft.class)
class BadInputIT {
  private static final Duration LONG = Duration.ofSeconds(50);

  private static ProcessScheduler shared;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    shared = ProcessScheduler.builder().children(2).output(Output.DISCARD).build();
    shared.spawn(2).block(LONG);
  }

  @AfterAll
  static void stop() {
    shared.close();
  }

  private static void serves(ProcessScheduler scheduler) {
    StepVerifier.create(
            Flux.range(0, 5)
                .transform(Delegate.parallelOrdered(Jobs::triple, scheduler))
                .map(Outcome::orElseThrow))
        .expectNext(0, 3, 6, 9, 12)
        .expectComplete()
        .verify(LONG);
  }

  private static String cannotStart(ProcessScheduler.Builder options) {
    try (ProcessScheduler scheduler = options.children(2).output(Output.DISCARD).build()) {
      Throwable thrown =
          catchThrowable(
              () ->
                  Flux.range(0, 5)
                      .transform(Delegate.parallel(Jobs::triple, scheduler))
                      .collectList()
                      .block(LONG));
      assertThat(thrown).isInstanceOf(DelegateException.StartFailed.class);
      Throwable spawn = catchThrowable(() -> scheduler.spawn(1).block(LONG));
      assertThat(spawn).isInstanceOf(DelegateException.StartFailed.class);
      Throwable submit = catchThrowable(() -> scheduler.submit(Jobs::triple, 1).block(LONG));
      assertThat(submit).isInstanceOf(DelegateException.StartFailed.class);
      serves(shared);
      return thrown.getMessage();
    }
  }

  // ---- children that cannot start

  private Path fakeJava(String script) throws IOException {
    Path home = Files.createDirectories(directory.resolve("fake home/bin"));
    Path java = Files.writeString(home.resolve("java"), "#!/bin/sh\n" + script + "\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    return home.getParent();
  }

  @Test
  void aJavaThatDiesAtItsStartIsQuoted() throws Exception {
    Path home = fakeJava("echo 'cannot find libjvm' >&2; exit 19");
    assertThat(cannotStart(ProcessScheduler.builder().javaHome(home)))
        .contains(home + "/bin/java", "-jar", "exit code 19", "cannot find libjvm");
  }

  @Test
  void aJavaThatIsKilledAtItsStartIsQuoted() throws Exception {
    Path home = fakeJava("echo 'good bye' >&2; kill -9 $$");
    assertThat(cannotStart(ProcessScheduler.builder().javaHome(home)))
        .contains("exit code 137", "good bye");
  }

  @Test
  void aJavaThatEndsWellButDoesNothingIsQuoted() throws Exception {
    assertThat(cannotStart(ProcessScheduler.builder().javaHome(fakeJava("exit 0"))))
        .contains("exit code 0", "/bin/java");
  }

  @Test
  void aJavaThatNeverAnswersIsGivenUp() throws Exception {
    Path home = fakeJava("exec sleep 300");
    assertThat(
            cannotStart(
                ProcessScheduler.builder().javaHome(home).startTimeout(Duration.ofMillis(150))))
        .contains("startTimeout", "PT0.15S");
  }

  @Test
  void aFileThatIsNoProgramIsQuoted() throws Exception {
    Path home = fakeJava("");
    Files.writeString(home.resolve("bin/java"), "\0nonsense");
    assertThat(cannotStart(ProcessScheduler.builder().javaHome(home))).contains("/bin/java");
  }

  @Test
  void aJavaThatWentAwayIsNamed() throws Exception {
    Path home = fakeJava("");
    ProcessScheduler.Builder options = ProcessScheduler.builder().javaHome(home);
    Files.delete(home.resolve("bin/java"));
    assertThat(cannotStart(options)).contains("javaHome", home.toString(), "there is no");
  }

  @Test
  void aJavaThatMayNoLongerBeExecutedIsNamed() throws Exception {
    Path home = fakeJava("");
    ProcessScheduler.Builder options = ProcessScheduler.builder().javaHome(home);
    assertThat(home.resolve("bin/java").toFile().setExecutable(false)).isTrue();
    assertThat(cannotStart(options)).contains("javaHome", "may not be executed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:NoSuchFlag", "-XX:+NoSuchFlag", "--no-such-option", "-Xmx1"})
  void aWrongFlagIsQuotedWithCommandAndExitCode(String flag) {
    assertThat(cannotStart(ProcessScheduler.builder().jvmArgs(flag)))
        .contains("command: ", "bin/java", flag, "exit code 1")
        .containsAnyOf("Unrecognized", "Improperly", "Too small", "Missing +/-", "Invalid");
  }

  @Test
  void aLauncherThatDoesNotExistIsNamed() {
    assertThat(cannotStart(ProcessScheduler.builder().launcher(c -> List.of("/no/such/wrapper"))))
        .contains("/no/such/wrapper", "launcher");
    assertThat(cannotStart(ProcessScheduler.builder().launcher(c -> null)))
        .contains("option launcher");
    assertThat(
            cannotStart(
                ProcessScheduler.builder()
                    .launcher(
                        c -> {
                          throw new IllegalStateException("a broken launcher");
                        })))
        .contains("option launcher", "a broken launcher");
  }

  @Test
  void anInitializerThatThrowsIsQuoted() {
    assertThat(
            cannotStart(
                ProcessScheduler.builder()
                    .output(Output.DISCARD)
                    .initializer(
                        () -> {
                          throw new IllegalStateException("no licence");
                        })))
        .contains("no licence", "exit code 70");
  }

  /** It could be sent when the scheduler was built, and cannot when its children start. */
  private static final class Spoilt implements Task<String> {
    private static final AtomicInteger WRITTEN = new AtomicInteger();

    private void writeObject(ObjectOutputStream out) throws IOException {
      if (WRITTEN.incrementAndGet() > 1) {
        throw new NotSerializableException("the second time");
      }
      out.defaultWriteObject();
    }

    @Override
    public String call() {
      return "never";
    }
  }

  @Test
  void anInitializerThatCanNoLongerBeSentIsToldAtOnceAndNotAfterTheStartTimeout() {
    assertThat(
            cannotStart(
                ProcessScheduler.builder()
                    .startTimeout(Duration.ofMinutes(5))
                    .initializer(new Spoilt())))
        .contains("the second time");
  }

  @Test
  void aWorkingDirectoryThatWentAwayIsNamed() throws Exception {
    Path gone = Files.createDirectory(directory.resolve("gone"));
    ProcessScheduler.Builder options = ProcessScheduler.builder().workingDirectory(gone);
    Files.delete(gone);
    assertThat(cannotStart(options)).contains("workingDirectory", gone.toString());
  }

  @Test
  void aClassPathWithoutDelegateIsQuoted() {
    assertThat(cannotStart(ProcessScheduler.builder().classPath(List.of(directory))))
        .contains("exit code 1", "io.delegate.worker.Main");
  }

  @Test
  void tooMuchEnvironmentIsNamed() {
    assertThat(
            cannotStart(
                ProcessScheduler.builder().environment(Map.of("HUGE", "x".repeat(200_000)))))
        .contains("environment");
  }

  @Test
  void ownChildrenThatCannotStartEndTheStream() {
    // the mend is at hand as soon as the next stream begins: nothing is remembered
    assertThat(cannotStart(ProcessScheduler.builder().heap("1k").output(Output.DISCARD)))
        .contains("-Xmx1k");
  }

  // ---- java.io.tmpdir

  private record Said(String out, long pid) {}

  private Said parent(String tmpdir) throws Exception {
    File out = directory.resolve("out.txt").toFile();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // from Java 22 on Netty's own natives are warned of without; before, it changes
                // nothing
                Runtime.version().feature() >= 22
                    ? "--enable-native-access=ALL-UNNAMED"
                    : "-Dno.native.access.flag",
                "-Djava.io.tmpdir=" + tmpdir,
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(out)
            .start();
    assertThat(process.waitFor(40, TimeUnit.SECONDS)).as("it ends").isTrue();
    return new Said(Files.readString(out.toPath()), process.pid());
  }

  @Test
  void aMissingTmpdirIsNamedWithARemedy() throws Exception {
    // Netty makes a missing one where it can: nobody can make this one
    Path missing = Files.createFile(directory.resolve("a file")).resolve("below");
    assertThat(parent(missing.toString()).out())
        .contains("thrown", "StartFailed", "java.io.tmpdir = " + missing, "-Djava.io.tmpdir=<");
  }

  @Test
  void aTmpdirThatIsAFileIsNamedWithARemedy() throws Exception {
    Path file = Files.createFile(directory.resolve("a file"));
    assertThat(parent(file.toString()).out())
        .contains("thrown", "StartFailed", "java.io.tmpdir = " + file, "-Djava.io.tmpdir=<");
  }

  @Test
  void aTmpdirThatCannotBeWrittenToIsNamedWithARemedy() throws Exception {
    // nobody, not even root, can make a directory there
    assertThat(parent("/proc").out())
        .contains("thrown", "StartFailed", "java.io.tmpdir = /proc", "-Djava.io.tmpdir=<");
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 90, 100, 200})
  void aLongTmpdirServes(int length) throws Exception {
    StringBuilder path = new StringBuilder(directory.toString());
    while (path.length() < length - 2) {
      path.append('/').append("x".repeat(Math.min(40, length - path.length() - 1)));
    }
    Path longer = Files.createDirectories(Path.of(path.toString()));
    Said said = parent(longer.toString());
    assertThat(said.out()).contains("results [0, 3, 6, 9, 12]").doesNotContain("WARN", "ERROR");
    assertThat(NothingLeft.directories(said.pid(), Path.of("/tmp"))).isEmpty();
    assertThat(NothingLeft.directories(said.pid(), longer)).isEmpty();
  }

  @Test
  void aTmpdirWithBlanksAndUmlautsServes() throws Exception {
    Path odd = Files.createDirectories(directory.resolve("tä mp %41 +#"));
    assertThat(parent(odd.toString()).out()).contains("results [0, 3, 6, 9, 12]");
  }

  // ---- class paths

  private static List<Path> ownClassPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(Files::exists)
        .toList();
  }

  @Test
  void aClassPathOf5000EntriesServes() throws Exception {
    List<Path> entries = new ArrayList<>();
    Path many = Files.createDirectory(directory.resolve("many"));
    for (int i = 0; i < 5_000; i++) {
      entries.add(Files.createDirectory(many.resolve("an entry with a rather long name " + i)));
    }
    entries.addAll(ownClassPath());
    try (ProcessScheduler own = ProcessScheduler.builder().children(1).classPath(entries).build()) {
      serves(own);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b", "größe", "日本", "100%", "%41", "a+b", "a#b", "a?b", "a;b", "a&b", "a!b", "!/"
      })
  void aJarBelowAnOddPathServes(String name) throws Exception {
    Path classes = compileWork("odd.Doubler", "return 2 * i;");
    Path jar =
        Compiled.jar(classes, directory.resolve(name).resolve("my " + name.charAt(0) + ".jar"));
    List<Path> entries = new ArrayList<>(ownClassPath());
    entries.add(jar);
    try (ProcessScheduler own = ProcessScheduler.builder().children(1).classPath(entries).build()) {
      Work<Integer, String> whence = i -> Class.forName("odd.Doubler").getSimpleName() + i;
      assertThat(own.submit(whence, 4).block(LONG).orElseThrow()).isEqualTo("Doubler4");
    }
    try (URLClassLoader loader = loader(jar)) {
      Work<Integer, Object> work = work(loader, "odd.Doubler");
      assertThat(shared.submit(work, 4).block(LONG).orElseThrow()).isEqualTo(8);
    }
  }

  // ---- classes of other loaders

  private Path compileWork(String name, String body) throws IOException {
    int dot = name.lastIndexOf('.');
    return Compiled.compile(
        directory,
        name,
        """
        package %s;
        public class %s implements io.delegate.Work<Integer, Object> {
          public record Found(int i, String by) implements java.io.Serializable {}
          public static class Item implements java.io.Serializable {
            public int i = 5;
          }
          public static class Refused extends RuntimeException {
            public Refused(int i) { super("refused " + i); }
          }
          public Object apply(Integer i) throws Exception { %s }
          public static io.delegate.Work<Object, Object> ofItems() {
            return item -> ((Item) item).i + 1;
          }
          public static io.delegate.Task<Object> task() {
            return () -> new Found(1, "task");
          }
          public static io.delegate.Task<Object> typedTask() {
            return new Typed();
          }
          public static class Typed implements io.delegate.Task<Object> {
            public Object call() { return "typed"; }
          }
        }
        """
            .formatted(name.substring(0, dot), name.substring(dot + 1), body));
  }

  private static URLClassLoader loader(Path entry) throws IOException {
    return new URLClassLoader(new URL[] {entry.toUri().toURL()}, BadInputIT.class.getClassLoader());
  }

  @SuppressWarnings("unchecked")
  private static Work<Integer, Object> work(ClassLoader loader, String name) throws Exception {
    return (Work<Integer, Object>) loader.loadClass(name).getConstructor().newInstance();
  }

  @Test
  void aWorkOfAnotherLoaderRunsInOwnAndInSharedChildren() throws Exception {
    Path classes = compileWork("else1.Elsewhere", "return new Found(i, \"child\");");
    try (URLClassLoader loader = loader(classes)) {
      Work<Integer, Object> work = work(loader, "else1.Elsewhere");
      StepVerifier.create(
              Flux.just(4).transform(Delegate.parallel(work, 1)).map(Outcome::orElseThrow))
          .expectNextMatches(r -> r.toString().equals("Found[i=4, by=child]"))
          .expectComplete()
          .verify(LONG);
      for (Codec codec : List.of(new JdkCodec(), new FstCodec())) {
        try (ProcessScheduler own = ProcessScheduler.builder().children(1).codec(codec).build()) {
          own.spawn(1).block(LONG);
          Object found = own.submit(work, 4).block(LONG).orElseThrow();
          assertThat(found).hasToString("Found[i=4, by=child]");
          assertThat(found.getClass().getClassLoader()).isSameAs(loader);
          serves(own);
        }
      }
      assertThat(shared.submit(work, 5).block(LONG).orElseThrow())
          .hasToString("Found[i=5, by=child]");
    }
  }

  @Test
  void itemsAndExceptionsOfAnotherLoaderTravel() throws Exception {
    Path classes = compileWork("else2.Elsewhere", "throw new Refused(i);");
    try (URLClassLoader loader = loader(classes)) {
      Class<?> type = loader.loadClass("else2.Elsewhere");
      Object item = loader.loadClass("else2.Elsewhere$Item").getConstructor().newInstance();
      @SuppressWarnings("unchecked")
      Work<Object, Object> ofItems = (Work<Object, Object>) type.getMethod("ofItems").invoke(null);
      assertThat(shared.submit(ofItems, item).block(LONG).orElseThrow()).isEqualTo(6);
      Outcome<Integer, Object> refused =
          shared.submit(work(loader, "else2.Elsewhere"), 3).block(LONG);
      assertThat(refused)
          .isInstanceOfSatisfying(
              Outcome.Failure.class,
              f -> {
                assertThat(f.error().type()).isEqualTo("else2.Elsewhere$Refused");
                assertThat(f.error().message()).isEqualTo("refused 3");
              });
    }
  }

  @Test
  void twoLoadersWithClassesOfOneNameDoNotMix() throws Exception {
    Path one = compileWork("same.Name", "return \"one\";");
    Path copy = directory.resolve("first.jar");
    Compiled.jar(one, copy);
    Path two = compileWork("same.Name", "return \"two\";");
    try (URLClassLoader first = loader(copy);
        URLClassLoader second = loader(two)) {
      for (int i = 0; i < 4; i++) {
        assertThat(shared.submit(work(first, "same.Name"), i).block(LONG).orElseThrow())
            .isEqualTo("one");
        assertThat(shared.submit(work(second, "same.Name"), i).block(LONG).orElseThrow())
            .isEqualTo("two");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"task", "typedTask"})
  void aTaskOfAnotherLoaderIsCalled(String factory) throws Exception {
    Path classes = compileWork("else3.Elsewhere", "return i;");
    try (URLClassLoader loader = loader(classes)) {
      @SuppressWarnings("unchecked")
      Task<Object> task =
          (Task<Object>) loader.loadClass("else3.Elsewhere").getMethod(factory).invoke(null);
      Object expected = task.call();
      assertThat(Delegate.call(task).block(LONG)).hasToString(expected.toString());
      assertThat(Delegate.timeout(task).block(LONG).orElseThrow()).hasToString(expected.toString());
    }
  }

  @Test
  void anItemWhoseClassIsMissingInTheChildIsAFailureThatNamesIt() throws Exception {
    Path classes = compileWork("else4.Elsewhere", "return i;");
    try (URLClassLoader loader = loader(classes)) {
      Object item = loader.loadClass("else4.Elsewhere$Item").getConstructor().newInstance();
      Work<Object, String> ours = String::valueOf;
      Outcome<Object, String> outcome = shared.submit(ours, item).block(LONG);
      assertThat(outcome)
          .isInstanceOfSatisfying(
              Outcome.Failure.class,
              f -> {
                assertThat(f.pid()).isPositive();
                assertThat(f.error().toString()).contains("else4.Elsewhere$Item");
              });
      serves(shared);
    }
  }

  @Test
  void anInitializerOfAnotherLoaderRuns() throws Exception {
    Path classes = compileWork("else5.Elsewhere", "return i;");
    try (URLClassLoader loader = loader(classes)) {
      @SuppressWarnings("unchecked")
      Task<Object> task =
          (Task<Object>) loader.loadClass("else5.Elsewhere").getMethod("task").invoke(null);
      try (ProcessScheduler own =
          ProcessScheduler.builder().children(1).initializer(task).build()) {
        serves(own);
      }
    }
  }

  @Test
  void textOfAllKindsTravels() {
    Work<String, String> echo = s -> s;
    for (String text :
        List.of("", "\0", "größe", "日本", "\uD83D\uDE00", "\uD800", "x".repeat(70_000))) {
      assertThat(shared.submit(echo, text).block(LONG).orElseThrow()).isEqualTo(text);
    }
    assertThat("größe".getBytes(StandardCharsets.UTF_8)).hasSize(7);
  }
}
