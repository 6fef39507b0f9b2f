package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveFlagsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xmx64m",
        "-Xmx31g",
        "-Xmx1048576k",
        "-XX:+UseG1GC",
        "-XX:TieredStopAtLevel=1",
        "-Da=-Xshare:off",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "-ea"
      })
  void mostFlagsGoWithAnArchive(String flag) {
    assertThat(ArchiveFlags.allow(List.of("-Xmx1g", flag), 1, 0)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xmx32g",
        "-Xmx1t",
        "-Xmx99999999999999999999",
        "-XX:MaxHeapSize=40g",
        "-Xms32g",
        "-XX:MaxRAM=64g",
        "-XX:Flags=file",
        "-XX:-BytecodeVerificationRemote",
        "-Xshare:off",
        "-XX:SharedArchiveFile=mine.jsa",
        "-XX:DumpLoadedClassList=mine.lst",
        "-XX:AOTCache=mine.aot",
        "-XX:+AutoCreateSharedArchive",
        "-XX:-UseCompressedOops",
        "-XX:+UseCompactObjectHeaders",
        "-XX:ObjectAlignmentInBytes=16",
        "-XX:+UseZGC",
        "-javaagent:coverage.jar",
        "-agentlib:jdwp=transport=dt_socket",
        "-Xbootclasspath/a:more.jar",
        "--module-path=modules",
        "--patch-module=java.base=x",
        "-Djava.system.class.loader=Mine",
        "@more-flags"
      })
  void someDoNot(String flag) {
    assertThat(ArchiveFlags.allow(List.of("-Xmx1g", flag), 1, 0)).isFalse();
  }

  @Test
  void aHeapOfLongReferencesDoesNot() {
    long gigabyte = 1L << 30;
    assertThat(ArchiveFlags.allow(List.of(), 1, 100 * gigabyte)).isTrue();
    assertThat(ArchiveFlags.allow(List.of(), 1, 128 * gigabyte)).isFalse();
    assertThat(ArchiveFlags.allow(List.of(), 6, 128 * gigabyte)).isTrue();
    assertThat(ArchiveFlags.allow(List.of(), 6, 256 * gigabyte)).isFalse();
    assertThat(ArchiveFlags.allow(List.of(), 64, 1024 * gigabyte)).isTrue();
    assertThat(ArchiveFlags.allow(List.of("-Xmx4g"), 1, 512 * gigabyte)).isTrue();
    assertThat(ArchiveFlags.allow(List.of("-Xmx40g", "-Xms1g"), 1, 8 * gigabyte)).isFalse();
    List<String> most = List.of("-XX:MaxRAMPercentage=80.5");
    assertThat(ArchiveFlags.allow(most, 1, 64 * gigabyte)).isFalse();
    assertThat(ArchiveFlags.allow(most, 1, 32 * gigabyte)).isTrue();
  }

  @Test
  void whatAgentsInTheEnvironmentMayChangeIsNotArchived() {
    Children.Spec spec = Children.spec();
    assertThat(ArchiveFlags.allow(spec.build())).isTrue();
    spec.environment = Map.of("JAVA_TOOL_OPTIONS", "-javaagent:x.jar");
    assertThat(ArchiveFlags.allow(spec.build())).isFalse();
  }

  @Test
  void anArchiveIsNotMovedWhereTheJvmKnowsTheFlag() {
    assertThat(ArchiveFlags.inPlace(17)).contains("-XX:ArchiveRelocationMode=0");
    assertThat(ArchiveFlags.inPlace(25)).contains("-XX:ArchiveRelocationMode=0");
    assertThat(ArchiveFlags.inPlace(26)).isEmpty();
    assertThat(ArchiveFlags.inPlace(0)).isEmpty();
  }

  @Test
  void whatIsWrongWithAnArchiveIsSaidToNobody() {
    Path file = Path.of("a.jsa");
    assertThat(ArchiveFlags.use(file, 17))
        .containsExactly("-XX:SharedArchiveFile=a.jsa", "-Xlog:cds*=off:stderr");
    assertThat(ArchiveFlags.use(file, 25)).endsWith("-Xlog:aot*=off:stderr");
  }
}
