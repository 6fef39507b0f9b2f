package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.Pids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Starts children for a test, and proves after it that nothing of them is left. */
final class Children implements BeforeEachCallback, AfterEachCallback {
  private final List<ChildProcess> started = new ArrayList<>();
  private final List<ProcessHandle> strangers = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // before each test
  private PrivateDirectory directory;

  @Override
  public void beforeEach(ExtensionContext context) {
    directory = PrivateDirectory.create();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    for (ChildProcess child : started) {
      child.killTree().get(20, TimeUnit.SECONDS);
      child.outputDone().get(20, TimeUnit.SECONDS);
    }
    strangers.forEach(ProcessHandle::destroyForcibly);
    assertThat(Proc.SYSTEM.bearing(Cookie.startingWith(directory.name() + "/"))).isEmpty();
    directory.close();
    assertThat(directory.path()).doesNotExist();
    await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> assertThat(ourThreads()).isEmpty());
  }

  static List<String> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("delegate-"))
        .toList();
  }

  PrivateDirectory directory() {
    return directory;
  }

  Run start(String... args) {
    return start(spec(), args);
  }

  Run start(Spec spec, String... args) {
    return start(spec, new Launcher(directory), new byte[0], args);
  }

  Run start(Spec spec, Launcher launcher, byte[] secret, String... args) {
    Lines lines = new Lines();
    try {
      ChildProcess child = launcher.start(spec.build(), List.of(args), secret, lines);
      started.add(child);
      return new Run(child, lines);
    } catch (StartException e) {
      throw new AssertionError(e);
    }
  }

  /** One that the tree cannot know of; ended after the test. */
  ProcessHandle stranger(long pid) {
    ProcessHandle handle = ProcessHandle.of(pid).orElseThrow();
    strangers.add(handle);
    return handle;
  }

  static boolean runs(long pid) {
    return Pids.runs(pid); // which takes one that is gone while it is looked at for gone
  }

  static Spec spec() {
    return new Spec();
  }

  /** This JVM's home and those beside it, one for each version. */
  static Stream<Path> javaHomes() throws IOException {
    Path own = Path.of(System.getProperty("java.home"));
    Map<Integer, Path> homes = new java.util.TreeMap<>();
    try (Stream<Path> beside = Files.list(own.getParent())) {
      beside
          .filter(home -> Files.isExecutable(home.resolve("bin/java")))
          .forEach(home -> JavaHome.version(home).ifPresent(v -> homes.putIfAbsent(v, home)));
    }
    homes.put(Runtime.version().feature(), own);
    return homes.entrySet().stream().filter(home -> home.getKey() >= 17).map(Map.Entry::getValue);
  }

  record Run(ChildProcess child, Lines lines) {
    /** Its exit code, once all it wrote has been read. */
    int end() throws Exception {
      int code = child.onExit().get(40, TimeUnit.SECONDS);
      child.killTree().get(20, TimeUnit.SECONDS);
      child.outputDone().get(20, TimeUnit.SECONDS);
      return code;
    }

    String awaitLine(String start) {
      return lines.await(start);
    }

    long awaitPid(String start) {
      return Long.parseLong(awaitLine(start).substring(start.length()).trim());
    }
  }

  static final class Lines implements OutputSink {
    final Collection<String> out = new ConcurrentLinkedQueue<>();
    final Collection<String> err = new ConcurrentLinkedQueue<>();

    @Override
    public void stdout(long pid, String line) {
      out.add(line);
    }

    @Override
    public void stderr(long pid, String line) {
      err.add(line);
    }

    String await(String start) {
      return org.awaitility.Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> out.stream().filter(line -> line.startsWith(start)).findFirst(),
              java.util.Optional::isPresent)
          .orElseThrow();
    }
  }

  static final class Spec {
    Path javaHome = Path.of(System.getProperty("java.home"));
    List<String> jvmArgs = List.of("-Xmx64m");
    Map<String, String> environment = Map.of();
    @Nullable Set<String> inherited;
    @Nullable Path workingDirectory;
    boolean scratch;
    @Nullable Path crashReports;
    int children = 1;
    List<Path> classPath = List.of();
    @Nullable Path archives;
    boolean trusted = true;
    List<String> addOpens = List.of();
    String mainClass = Kid.class.getName();
    UnaryOperator<List<String>> launcher = UnaryOperator.identity();
    ClassLoader loader = Children.class.getClassLoader();

    Spec with(java.util.function.Consumer<Spec> change) {
      change.accept(this);
      return this;
    }

    LaunchSpec build() {
      return new LaunchSpec(
          javaHome,
          jvmArgs,
          environment,
          inherited,
          workingDirectory,
          scratch,
          crashReports,
          children,
          classPath,
          archives,
          trusted,
          addOpens,
          mainClass,
          launcher,
          loader);
    }
  }
}
