package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JvmFlagsTest {
  private static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";

  @TempDir Path tmp;

  private List<String> flags(Path home, String... jvmArgs) {
    LaunchSpec spec =
        Children.spec()
            .with(s -> s.javaHome = home)
            .with(s -> s.jvmArgs = List.of(jvmArgs))
            .build();
    return JvmFlags.of(spec, Path.of("exit"), Path.of("crash"));
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
    ChildEnvironment.fill(environment, Map.of("JAVA_TOOL_OPTIONS", "mine"), "i/2");
    assertThat(environment)
        .containsOnly(
            Map.entry("PATH", "d"),
            Map.entry("JAVA_TOOL_OPTIONS", "mine"),
            Map.entry("DELEGATE_CHILD", "o/1:i/2"));
  }
}
