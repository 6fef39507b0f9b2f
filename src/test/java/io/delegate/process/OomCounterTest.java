package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class OomCounterTest {
  @TempDir Path root;

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** A system with these cgroups for process 7, and these mounts; {@code @} is their place. */
  private Proc system(String cgroups, String... mounts) throws IOException {
    write(root.resolve("proc/7/cgroup"), cgroups);
    write(
        root.resolve("proc/self/mountinfo"),
        "22 1 254:0 / / rw,relatime - ext4 /dev/root rw\n"
            + String.join("\n", mounts).replace("@", root.resolve("sys").toString())
            + "\n");
    return new Proc(root.resolve("proc"));
  }

  private Path counter(String name, String text) throws IOException {
    Path counter = root.resolve("sys").resolve(name);
    write(counter, text);
    return counter;
  }

  private static final String UNIFIED = "30 22 0:27 / @ rw shared:4 - cgroup2 cgroup2 rw";

  @Test
  void versionTwo() throws Exception {
    Path counter =
        counter("user.slice/a b/memory.events", "low 0\noom 5\noom_kill 3\noom_group_kill 9\n");
    Proc proc = system("0::/user.slice/a b\n", UNIFIED);
    assertThat(OomCounter.counterOf(proc, 7)).contains(counter);
    assertThat(OomCounter.kills(counter)).isEqualTo(3);
  }

  /** It has no counter of its own; the one above counts what is killed in it as well. */
  @Test
  void aGroupWithoutTheMemoryController() throws Exception {
    Path counter = counter("app.service/memory.events", "oom_kill 2\n");
    Proc proc = system("0::/app.service/delegate-1/7\n", UNIFIED);
    assertThat(OomCounter.counterOf(proc, 7)).contains(counter);
  }

  @Test
  void versionOneBesideVersionTwo() throws Exception {
    Path counter =
        counter("memory/job/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n");
    Proc proc =
        system(
            "4:hugetlb,memory:/job\n1:cpu:/\n0::/\n",
            "31 30 0:28 / @/cpu rw - cgroup cgroup rw,cpu",
            "34 30 0:31 / @/memory rw - cgroup cgroup rw,hugetlb,memory",
            "40 30 0:37 / @/unified rw - cgroup2 cgroup2 rw");
    assertThat(OomCounter.counterOf(proc, 7)).contains(counter);
    assertThat(OomCounter.kills(counter)).isEqualTo(4);
  }

  @Test
  void aContainerThatSeesOnlyItsOwn() throws Exception {
    Path counter = counter("memory.events", "oom_kill 0\n");
    assertThat(OomCounter.counterOf(system("0::/\n", UNIFIED), 7)).contains(counter);
    String mount = "30 22 0:27 /docker/abc @ rw - cgroup2 cgroup2 rw";
    assertThat(OomCounter.counterOf(system("0::/docker/abc\n", mount), 7)).contains(counter);
    assertThat(OomCounter.counterOf(system("0::/other\n", mount), 7)).contains(counter);
    Path below = counter("job/memory.events", "oom_kill 1\n");
    assertThat(OomCounter.counterOf(system("0::/docker/abc/job\n", mount), 7)).contains(below);
  }

  @Test
  void aMountPointWithABlank() throws Exception {
    Path counter = counter("c g/memory.events", "oom_kill 0\n");
    Proc proc = system("0::/\n", "30 22 0:27 / @/c\\040g rw - cgroup2 cgroup2 rw");
    assertThat(OomCounter.counterOf(proc, 7)).contains(counter);
  }

  @Test
  void whereNothingCountsThereIsNone() throws Exception {
    assertThat(OomCounter.counterOf(new Proc(root), 7)).isEmpty();
    assertThat(OomCounter.counterOf(system("0::/\n", UNIFIED), 7)).as("no file").isEmpty();
    assertThat(OomCounter.counterOf(system("0::/\n"), 7)).as("no mount").isEmpty();
    assertThat(OomCounter.counterOf(system("garbage\n", "garbage - "), 7)).isEmpty();
    counter("memory.events", "oom 5\n");
    assertThat(OomCounter.counterOf(system("0::/\n", UNIFIED), 7)).as("an old kernel").isEmpty();
    assertThat(OomCounter.kills(root.resolve("none"))).isEqualTo(-1);
  }
}
