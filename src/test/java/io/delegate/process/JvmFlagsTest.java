package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JvmFlagsTest {
  private static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";

  private static final String ONE_PROCESSOR = "-XX:ActiveProcessorCount=1";

  @TempDir Path tmp;

  private List<String> flags(Path home, String... jvmArgs) {
    LaunchSpec spec =
        Children.spec()
            .with(s -> s.javaHome = home)
            .with(s -> s.jvmArgs = List.of(jvmArgs))
            .build();
    return JvmFlags.of(spec, new ChildFiles(Path.of("exit"), Path.of("crash"), null), List.of());
  }

  @Test
  void theUsersComeLast() {
    assertThat(flags(tmp, "-Xmx1g", "-Xshare:off"))
        .startsWith("-XX:+UseSerialGC")
        .contains("-XX:ErrorFile=crash")
        .endsWith("-Xmx1g", "-Xshare:off");
  }

  @Test
  void whatWouldClashIsLeftOut() {
    assertThat(flags(tmp, "-XX:+UseZGC")).doesNotContain("-XX:+UseSerialGC");
    assertThat(flags(tmp, "-XX:-UseCountedLoopSafepoints"))
        .doesNotContain("-XX:LoopStripMiningIter=1000");
  }

  @ParameterizedTest
  @CsvSource({"17.0.15,false", "22,false", "23,true", "25.0.3,true", "nonsense,false"})
  void theVersionIsReadFromItsReleaseFile(String version, boolean unsafe) throws Exception {
    Files.writeString(tmp.resolve("release"), "JAVA_VERSION=\"" + version + "\"\nOS_NAME=\"x\"\n");
    assertThat(flags(tmp).contains(UNSAFE)).isEqualTo(unsafe);
  }

  @Test
  void withoutAReleaseFileItIsUnknown() {
    assertThat(JavaHome.version(tmp)).isEmpty();
    assertThat(JavaHome.version(Path.of(System.getProperty("java.home"))))
        .contains(Runtime.version().feature());
  }

  @Test
  void theEnvironmentIsCleanedBeforeTheUsersIsAdded() {
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "JAVA_TOOL_OPTIONS",
                "a",
                "LOADER_MAIN",
                "b",
                "classpath",
                "c",
                "PATH",
                "d",
                "DELEGATE_CHILD",
                "o/1"));
    LaunchSpec spec =
        Children.spec().with(s -> s.environment = Map.of("JAVA_TOOL_OPTIONS", "mine")).build();
    ChildEnvironment.fill(environment, spec, null, "i/2");
    assertThat(environment)
        .containsOnly(
            Map.entry("PATH", "d"),
            Map.entry("JAVA_TOOL_OPTIONS", "mine"),
            Map.entry("DELEGATE_CHILD", "o/1:i/2"));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // where a few more are needed
  void onlyWhatIsNamedIsInheritedAndTheCookieAnyway() {
    Map<String, String> environment =
        new HashMap<>(
            Map.of("PATH", "d", "path", "e", "JAVA_TOOL_OPTIONS", "a", "DELEGATE_CHILD", "o/1"));
    Children.Spec spec =
        Children.spec()
            .with(s -> s.inherited = Set.of("PATH", "JAVA_TOOL_OPTIONS", "NONE"))
            .with(s -> s.environment = Map.of("MINE", "f"));
    ChildEnvironment.fill(environment, spec.build(), null, "i/2");
    assertThat(environment)
        .containsOnly(
            Map.entry("PATH", "d"), Map.entry("MINE", "f"), Map.entry("DELEGATE_CHILD", "o/1:i/2"));
    spec.inherited = Set.of();
    ChildEnvironment.fill(environment, spec.build(), null, "i/3");
    assertThat(environment.keySet()).containsExactlyInAnyOrder("MINE", "DELEGATE_CHILD");
  }

  @Test
  void theScratchDirectoryTakesTemporaryFilesUnlessTheUserSaysElse() {
    Path scratch = tmp.resolve("scratch");
    Map<String, String> environment = new HashMap<>(Map.of("TMPDIR", "d", "TMP", "e"));
    Children.Spec spec = Children.spec().with(s -> s.scratch = true);
    ChildEnvironment.fill(environment, spec.build(), scratch, "i/2");
    assertThat(environment).containsValue(scratch.toString());
    List<String> flags =
        JvmFlags.of(
            spec.build(), new ChildFiles(Path.of("exit"), Path.of("crash"), scratch), List.of());
    assertThat(flags).containsSubsequence("-Djava.io.tmpdir=" + scratch, "-Xmx64m");
    spec.environment = Map.of("TMPDIR", "mine", "TMP", "mine");
    ChildEnvironment.fill(environment, spec.build(), scratch, "i/3");
    assertThat(environment).containsEntry("TMPDIR", "mine").containsEntry("TMP", "mine");
  }

  @ParameterizedTest
  @CsvSource({
    // children, processors, flags
    "1,    1, ''",
    "1,   64, ''",
    "2,    1, -XX:ActiveProcessorCount=1",
    "2,    2, -XX:ActiveProcessorCount=1",
    "3,    8, -XX:ActiveProcessorCount=3",
    "4,    8, -XX:ActiveProcessorCount=2 -XX:MaxRAMPercentage=18.750",
    "6,    2, -XX:ActiveProcessorCount=1 -XX:MaxRAMPercentage=12.500",
    "6,   64, -XX:ActiveProcessorCount=11 -XX:MaxRAMPercentage=12.500",
    "4096, 2, -XX:ActiveProcessorCount=1 -XX:MaxRAMPercentage=0.018",
  })
  void theChildrenShareTheMachine(int children, int processors, String flags) {
    assertThat(String.join(" ", Share.flags(children, processors, List.of("-Dx=y"))))
        .isEqualTo(flags);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xmx1g",
        "-XX:MaxHeapSize=1g",
        "-XX:MaxRAM=4g",
        "-XX:MaxRAMPercentage=50",
        "-XX:MaxRAMFraction=2",
        "-XX:+AggressiveHeap"
      })
  void aHeapOfTheUsersIsNoShare(String arg) {
    assertThat(Share.flags(6, 6, List.of("-Dx=y", arg))).containsExactly(ONE_PROCESSOR);
  }

  @Test
  void aNumberOfProcessorsOfTheUsersIsNoShare() {
    assertThat(Share.flags(6, 6, List.of("-XX:ActiveProcessorCount=4")))
        .containsExactly("-XX:MaxRAMPercentage=12.500");
    assertThat(flags(tmp, "-XX:ActiveProcessorCount=4")).doesNotContain(ONE_PROCESSOR);
  }

  @Test
  void theNumberOfChildrenIsThatOfTheSpecification() {
    Children.Spec spec = Children.spec().with(s -> s.children = 4096);
    spec.jvmArgs = List.of();
    assertThat(JvmFlags.of(spec.build(), new ChildFiles(tmp, tmp, null), List.of()))
        .contains(ONE_PROCESSOR, "-XX:MaxRAMPercentage=0.018");
    assertThat(JvmFlags.of(spec.build().withHeap("2g"), new ChildFiles(tmp, tmp, null), List.of()))
        .contains("-Xmx2g")
        .doesNotContain("-XX:MaxRAMPercentage=0.018");
  }
}
