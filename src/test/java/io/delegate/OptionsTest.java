package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.delegate.conformance.Jobs;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  private static final Path NOWHERE = Path.of("/no/such/place");

  /** Sets an option, badly. */
  interface Setting {
    Object on(ProcessScheduler.Builder builder);
  }

  private static Arguments bad(String option, Object value, String remedy, Setting setting) {
    return arguments(option, String.valueOf(value), remedy, setting);
  }

  static Stream<Arguments> badValues() {
    Duration negative = Duration.ofMillis(-1);
    Duration ages = Duration.ofDays(366);
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
    return Stream.of(
        bad("children", 0, "from 1 to", b -> b.children(0)),
        bad("children", -1, "from 1 to", b -> b.children(-1)),
        bad("children", Integer.MIN_VALUE, "from 1 to", b -> b.children(Integer.MIN_VALUE)),
        bad("children", 4097, "from 1 to 4096", b -> b.children(4097)),
        bad("name", "\"\"", "not blank", b -> b.name("")),
        bad("name", "\" \t\"", "not blank", b -> b.name(" \t")),
        bad("timeout", Duration.ZERO, "more than zero", b -> b.timeout(Duration.ZERO)),
        bad("timeout", negative, "more than zero", b -> b.timeout(negative)),
        bad("timeout", ages, "at most a year", b -> b.timeout(ages)),
        bad("timeout", longest, "at most a year", b -> b.timeout(longest)),
        bad("startTimeout", Duration.ZERO, "more than zero", b -> b.startTimeout(Duration.ZERO)),
        bad("startTimeout", ages, "at most a year", b -> b.startTimeout(ages)),
        bad("queueTimeout", negative, "more than zero", b -> b.queueTimeout(negative)),
        bad("silenceTimeout", Duration.ZERO, "more than", b -> b.silenceTimeout(Duration.ZERO)),
        bad("silenceTimeout", negative, "more than zero", b -> b.silenceTimeout(negative)),
        bad("silenceTimeout", ages, "at most a year", b -> b.silenceTimeout(ages)),
        bad("silenceTimeout", longest, "at most a year", b -> b.silenceTimeout(longest)),
        bad("idleTimeout", negative, "more than zero", b -> b.idleTimeout(negative)),
        bad("exitGrace", negative, "zero for none", b -> b.exitGrace(negative)),
        bad("exitGrace", ages, "at most a year", b -> b.exitGrace(ages)),
        bad("maxPending", -1, "0 or more", b -> b.maxPending(-1)),
        bad("spares", -1, "0 or more", b -> b.spares(-1)),
        bad("window", 0, "from 1 to", b -> b.window(0)),
        bad("window", 65537, "65536", b -> b.window(65537)),
        bad("retryAborted", -1, "0 or more", b -> b.retryAborted(-1)),
        bad("maxItemsPerChild", 0, "1 or more", b -> b.maxItemsPerChild(0)),
        bad("maxMemoryPerChild", 0, "give bytes", b -> b.maxMemoryPerChild(0)),
        bad("maxMemoryPerChild", -5, "give bytes", b -> b.maxMemoryPerChild(-5)),
        bad("heap", "", "256m", b -> b.heap("")),
        bad("heap", "0", "256m", b -> b.heap("0")),
        bad("heap", "256 m", "256m", b -> b.heap("256 m")),
        bad("heap", "lots", "256m", b -> b.heap("lots")),
        bad("heap", "-256m", "256m", b -> b.heap("-256m")),
        bad("javaHome", NOWHERE, "JDK or JRE", b -> b.javaHome(NOWHERE)),
        bad("workingDirectory", NOWHERE, "make it first", b -> b.workingDirectory(NOWHERE)),
        bad("classPath", NOWHERE, "no such file", b -> b.classPath(List.of(NOWHERE))),
        bad("codec", "Hidden", "public class", b -> b.codec(new Hidden())),
        bad("codec", "NoConstructor", "public constructor", b -> b.codec(new NoConstructor(1))),
        bad("codec", "Unusable", "needs the moon", b -> b.codec(new Unusable())),
        bad("contextKeys", "\" \"", "not blank", b -> b.contextKeys("tenant", " ")),
        bad("maxFrame", 0, "1 MiB to 1 GiB", b -> b.maxFrame(0)),
        bad("maxFrame", (1 << 20) - 1, "1 MiB to 1 GiB", b -> b.maxFrame((1 << 20) - 1)),
        bad("maxFrame", Integer.MAX_VALUE, "1 GiB", b -> b.maxFrame(Integer.MAX_VALUE)));
  }

  @ParameterizedTest(name = "{0} = {1}")
  @MethodSource("badValues")
  void aBadValueIsRefusedAtOnceWithOptionValueAndRemedy(
      String option, String value, String remedy, Setting setting) {
    assertThatThrownBy(() -> setting.on(ProcessScheduler.builder()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("option " + option + " = ")
        .hasMessageContaining(value)
        .hasMessageContaining(remedy);
  }

  private static Arguments absent(String option, Setting setting) {
    return arguments(option, setting);
  }

  @SuppressWarnings("DataFlowIssue")
  static Stream<Arguments> nulls() {
    return Stream.of(
        absent("name", b -> b.name(null)),
        absent("timeout", b -> b.timeout(null)),
        absent("startTimeout", b -> b.startTimeout(null)),
        absent("queueTimeout", b -> b.queueTimeout(null)),
        absent("idleTimeout", b -> b.idleTimeout(null)),
        absent("timer", b -> b.timer(null)),
        absent("heap", b -> b.heap(null)),
        absent("jvmArgs", b -> b.jvmArgs((String[]) null)),
        absent("jvmArgs", b -> b.jvmArgs("-Da=b", null)),
        absent("javaHome", b -> b.javaHome(null)),
        absent("environment", b -> b.environment(null)),
        absent("workingDirectory", b -> b.workingDirectory(null)),
        absent("classPath", b -> b.classPath(null)),
        absent("classPath", b -> b.classPath(Arrays.asList((Path) null))),
        absent("launcher", b -> b.launcher(null)),
        absent("initializer", b -> b.initializer(null)),
        absent("output", b -> b.output(null)),
        absent("codec", b -> b.codec(null)),
        absent("contextKeys", b -> b.contextKeys((String[]) null)),
        absent("contextKeys", b -> b.contextKeys("tenant", null)),
        absent("observer", b -> b.observer(null)),
        absent("reporter", b -> b.reporter(null)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("nulls")
  void aNullIsRefusedAtOnceByName(String option, Setting setting) {
    assertThatThrownBy(() -> setting.on(ProcessScheduler.builder()))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining(option);
  }

  @Test
  void aFileIsNoWorkingDirectory(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> ProcessScheduler.builder().workingDirectory(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aJavaThatMayNotBeExecutedIsRefused(@TempDir Path home) throws Exception {
    Files.createDirectory(home.resolve("bin"));
    File java = Files.createFile(home.resolve("bin/java")).toFile();
    assertThat(java.setExecutable(false)).isTrue();
    assertThatThrownBy(() -> ProcessScheduler.builder().javaHome(home))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("option javaHome = " + home);
  }

  /** Names and values that no process can have are known to be bad before any process starts. */
  @ParameterizedTest
  @ValueSource(strings = {"A=B", "", "NUL\0"})
  void aBadNameOfAVariableIsRefusedAtOnce(String name) {
    assertThatThrownBy(() -> ProcessScheduler.builder().environment(Map.of(name, "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("option environment");
  }

  @Test
  void anInitializerThatCannotBeSentIsRefused() {
    Object lock = new Object();
    Task<Integer> task = lock::hashCode;
    assertThatThrownBy(() -> ProcessScheduler.builder().initializer(task).build())
        .isInstanceOf(DelegateException.NotShippable.class)
        .hasMessageContaining("java.lang.Object");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, 4097})
  void everyEntryRefusesABadNumberOfChildren(int children) {
    try (ProcessScheduler scheduler = ProcessScheduler.create(1);
        Parallelizer<Integer, Integer> parallelizer = new Parallelizer<>(Jobs::triple)) {
      List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> entries =
          List.of(
              () -> Delegate.parallel(Jobs::triple, children),
              () -> Delegate.parallelOrdered(Jobs::triple, children),
              () -> Delegate.parallelize(Jobs::triple, List.of(1), children),
              () -> Delegate.parallelize(Jobs::triple, List.of(1), children, new Reporter() {}),
              () -> ProcessScheduler.create(children),
              () -> scheduler.spawn(children),
              () -> parallelizer.spawn(children));
      for (var entry : entries) {
        assertThatThrownBy(entry)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("option children = " + children);
      }
    }
  }

  @Test
  void everyEntryRefusesNull() {
    Work<Integer, Integer> work = Jobs::triple;
    try (ProcessScheduler scheduler = ProcessScheduler.create(1);
        Parallelizer<Integer, Integer> parallelizer = new Parallelizer<>(work)) {
      Map<String, org.assertj.core.api.ThrowableAssert.ThrowingCallable> entries =
          Map.ofEntries(
              Map.entry("work 1", () -> Delegate.parallel(null)),
              Map.entry("work 2", () -> Delegate.parallel(null, 1)),
              Map.entry("work 3", () -> Delegate.parallel(null, scheduler)),
              Map.entry("on 1", () -> Delegate.parallel(work, null)),
              Map.entry("work 4", () -> Delegate.parallelOrdered(null, 1)),
              Map.entry("work 5", () -> Delegate.parallelOrdered(null, scheduler)),
              Map.entry("on 2", () -> Delegate.parallelOrdered(work, null)),
              Map.entry("items 1", () -> Delegate.parallelize(work, null)),
              Map.entry("items 2", () -> Delegate.parallelize(work, null, 1)),
              Map.entry("work 6", () -> Delegate.parallelize(null, List.of(1))),
              Map.entry("reporter", () -> Delegate.parallelize(work, List.of(1), 1, null)),
              Map.entry("task 1", () -> Delegate.timeout(null)),
              Map.entry("task 2", () -> Delegate.timeout(null, Duration.ofSeconds(1))),
              Map.entry("timeout", () -> Delegate.timeout(() -> 1, null)),
              Map.entry("task 3", () -> Delegate.call(null)),
              Map.entry("task 4", () -> Delegate.failsafe(null)),
              Map.entry("work 7", () -> scheduler.submit(null, 1)),
              Map.entry("item", () -> scheduler.submit(work, null)),
              Map.entry("grace", () -> scheduler.disposeGracefully(null)),
              Map.entry("work 8", () -> new Parallelizer<Integer, Integer>(null)),
              Map.entry("reporter 2", () -> new Parallelizer<>(work, (Reporter) null)),
              Map.entry("options", () -> new Parallelizer<>(work, (ProcessScheduler.Builder) null)),
              Map.entry("items 3", () -> parallelizer.process(null)));
      entries.forEach(
          (name, entry) ->
              assertThatThrownBy(entry)
                  .as(name)
                  .isInstanceOf(NullPointerException.class)
                  .hasMessageContaining(name.split(" ")[0]));
    }
  }

  @Test
  void aBadLimitOfTimeoutIsRefused() {
    assertThatThrownBy(() -> Delegate.timeout(() -> 1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT0S");
  }

  @Test
  void theLargestAndTheSmallestAreTaken() {
    assertThatCode(
            () ->
                ProcessScheduler.builder()
                    .children(1)
                    .children(4096)
                    .timeout(Duration.ofNanos(1))
                    .timeout(Duration.ofDays(365))
                    .maxPending(0)
                    .spares(0)
                    .spares(Integer.MAX_VALUE)
                    .window(1)
                    .window(65536)
                    .retryAborted(0)
                    .maxItemsPerChild(1)
                    .maxItemsPerChild(Long.MAX_VALUE)
                    .maxMemoryPerChild(1)
                    .heap("1")
                    .heap("64M")
                    .jvmArgs()
                    .environment(Map.of())
                    .classPath(List.of())
                    .launcher(UnaryOperator.identity())
                    .contextKeys()
                    .contextKeys("tenant", "tenant")
                    .maxFrame(1 << 20)
                    .maxFrame(1 << 30)
                    .build()
                    .close())
        .doesNotThrowAnyException();
  }

  /** Others cannot make it. */
  private static class Plain implements Codec {
    @Override
    public byte[] encode(Object value) {
      return new byte[0];
    }

    @Override
    public Object decode(byte[] bytes, int offset, int length, ClassLoader loader) {
      return "";
    }
  }

  private static final class Hidden extends Plain {}

  public static final class NoConstructor extends Plain {
    public NoConstructor(int size) {}
  }

  public static final class Unusable extends Plain {
    public Unusable() {}

    @Override
    public String unusable() {
      return "needs the moon";
    }
  }
}
