package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.Death;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernel's own kills for memory, where this user may limit the memory of a child. */
class OomKillIT {
  /** After the children, which are in it. */
  @Order(1)
  @RegisterExtension
  final AfterEachCallback removal = context -> remove();

  @Order(2)
  @RegisterExtension
  final Children children = new Children();

  private MemoryCgroup cgroup;

  @BeforeEach
  void aCgroupWithRoomForLittleMoreThanAChild() {
    cgroup = MemoryCgroup.make(160L << 20).orElse(null);
    Assumptions.assumeTrue(cgroup != null, "a cgroup with a limit on memory can be made");
  }

  private void remove() {
    if (cgroup != null) {
      cgroup.close();
    }
  }

  static Stream<Path> javaHomes() throws Exception {
    return Children.javaHomes();
  }

  private Children.Run start(Path javaHome, String... args) {
    Children.Spec spec = Children.spec().with(s -> s.javaHome = javaHome);
    return children.start(spec.with(s -> s.launcher = cgroup::wrap), args);
  }

  /** Once all are known to be in the cgroup, one of them takes more than there is. */
  private Children.Run eat(Path javaHome, int known) {
    Children.Run eating = start(javaHome, "eat");
    await().atMost(30, TimeUnit.SECONDS).until(() -> OomKills.users(cgroup.counter()) == known);
    eating.child().closeStdin();
    return eating;
  }

  private static Death deathOf(Children.Run run) throws Exception {
    run.end();
    return run.child().death();
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void aKillOfTheKernelForMemoryIsOutOfMemory(Path javaHome) throws Exception {
    Death death = deathOf(eat(javaHome, 1));
    assertThat(death.cause()).isEqualTo(Death.Cause.OUT_OF_MEMORY);
    assertThat(death.signal()).contains("SIGKILL");
    assertThat(death.exitCode()).isEqualTo(137);
    assertThat(death.peakMemory()).isBetween(20L << 20, 1L << 30);
  }

  /** They share a cgroup, and its count of kills. */
  @Test
  void aKillBesideItIsStillASignal() throws Exception {
    Path javaHome = Path.of(System.getProperty("java.home"));
    Children.Run waiting = start(javaHome, "wait");
    waiting.awaitLine("waiting");
    Children.Run eating = eat(javaHome, 2);
    assertThat(deathOf(eating).cause()).isEqualTo(Death.Cause.OUT_OF_MEMORY);
    new ProcessBuilder("kill", "-KILL", Long.toString(waiting.child().pid())).start().waitFor();
    assertThat(deathOf(waiting).cause()).isEqualTo(Death.Cause.SIGNAL);
    assertThat(waiting.child().death().signal()).contains("SIGKILL");
  }

  @Test
  void ourOwnKillIsNone() throws Exception {
    Children.Run waiting = start(Path.of(System.getProperty("java.home")), "wait");
    waiting.awaitLine("waiting");
    waiting.child().killTree().join();
    assertThat(deathOf(waiting).cause()).isEqualTo(Death.Cause.SIGNAL);
  }
}
