package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a tree of plain files in the place of the kernel's. */
class ControlGroupTest {
  private static final String MARK = "delegate-7-0000000f/3";
  @TempDir Path tmp;
  private Path mount;

  @BeforeEach
  void proc() throws IOException {
    mount = Files.createDirectories(tmp.resolve("cg roup"));
    Files.createDirectories(tmp.resolve("proc/self"));
    Files.writeString(tmp.resolve("proc/self/environ"), "A=B\0");
  }

  private Proc proc(String cgroup, String mountinfo) throws IOException {
    Files.writeString(tmp.resolve("proc/self/cgroup"), cgroup);
    Files.writeString(tmp.resolve("proc/self/mountinfo"), mountinfo);
    return new Proc(tmp.resolve("proc"));
  }

  private String mounted(String root) {
    String point = mount.toString().replace(" ", "\\040");
    return "30 22 0:27 / /sys rw shared:7 - sysfs sysfs rw\n"
        + ("31 30 0:28 / " + point + "/v1 rw - cgroup cgroup rw,cpu\n")
        + ("40 30 0:37 " + root + " " + point + " rw,relatime shared:9 - cgroup2 none rw\n");
  }

  @Test
  void ourOwnIsFoundBelowTheMount() throws IOException {
    Path own = Files.createDirectories(mount.resolve("user.slice/app"));
    assertThat(OwnGroup.own(proc("4:memory:/x\n0::/user.slice/app\n", mounted("/"))))
        .isEqualTo(own);
    assertThat(OwnGroup.own(proc("0::/\n", mounted("/")))).isEqualTo(mount);
  }

  @Test
  void ofAMountThatShowsAPartOnlyThatPartCounts() throws IOException {
    Path own = Files.createDirectories(mount.resolve("app"));
    assertThat(OwnGroup.own(proc("0::/box/app\n", mounted("/box")))).isEqualTo(own);
    assertThat(OwnGroup.own(proc("0::/box\n", mounted("/box")))).isEqualTo(mount);
    assertThat(OwnGroup.own(proc("0::/boxer/app\n", mounted("/box")))).isNull();
  }

  @Test
  void whereThereIsNoneThereIsNone() throws IOException {
    assertThat(OwnGroup.own(proc("4:memory:/x\n", mounted("/")))).isNull();
    assertThat(OwnGroup.own(proc("0::/gone\n", mounted("/")))).isNull();
    assertThat(OwnGroup.own(proc("0::/../..\n", mounted("/")))).isNull();
    assertThat(OwnGroup.own(proc("0::/\n", "31 30 0:28 / /sys rw - sysfs sysfs rw\n"))).isNull();
    assertThat(OwnGroup.own(proc("0::/\n", "nonsense - cgroup2\n - cgroup2 x\n"))).isNull();
    assertThat(OwnGroup.own(new Proc(Path.of("/nowhere")))).isNull();
  }

  @Test
  void aProcessIsPutIntoAGroupOfItsOwn() throws IOException {
    ProcessHandle self = ProcessHandle.current();
    ControlGroup made = ControlGroup.around(proc("0::/\n", mounted("/")), MARK, self);
    assertThat(made).isNotNull();
    assertThat(mount.resolve(MARK).resolve("cgroup.procs")).hasContent("" + self.pid());
    assertThat(made.members()).containsExactly(self.pid());
    Files.delete(mount.resolve(MARK).resolve("cgroup.procs")); // the kernel's go by themselves
    made.remove();
    assertThat(mount).isEmptyDirectory();
  }

  @Test
  void theChildrenOfALauncherThatForkedBeforeUsAreMovedToo() throws IOException {
    Proc proc = proc("0::/\n", mounted("/"));
    long pid = ProcessHandle.current().pid();
    Path task = Files.createDirectories(tmp.resolve("proc/" + pid + "/task/" + pid));
    Files.writeString(task.resolve("children"), "1234567 ");
    ControlGroup made = ControlGroup.around(proc, MARK, ProcessHandle.current());
    assertThat(made.members()).containsExactly(1234567L); // the last that was written
  }

  /** The group of the others is kept, or they would be in one that nobody kills. */
  @Test
  void aChildOfALauncherThatEndsBeforeItIsMovedCostsNobodyItsGroup() throws Exception {
    Path real = Path.of("/proc/self");
    assumeTrue(OwnGroup.own(Proc.SYSTEM) != null, "there are no control groups to be seen here");
    Proc proc =
        proc(Files.readString(real.resolve("cgroup")), Files.readString(real.resolve("mountinfo")));
    Process launcher = new ProcessBuilder("sleep", "60").start();
    try {
      long pid = launcher.pid();
      Path task = Files.createDirectories(tmp.resolve("proc/" + pid + "/task/" + pid));
      Files.writeString(task.resolve("children"), "999999999 "); // more than there may be
      String mark = "delegate-%d-0000000f/3".formatted(ProcessHandle.current().pid());
      assumeTrue(Files.isWritable(OwnGroup.own(Proc.SYSTEM)), "no control group can be made here");
      ControlGroup made = ControlGroup.around(proc, mark, launcher.toHandle());
      assertThat(made).isNotNull();
      assertThat(made.members()).containsExactly(pid);
      made.kill();
      launcher.destroyForcibly().waitFor();
      made.remove();
      assertThat(OwnGroup.own(Proc.SYSTEM).resolve(mark)).doesNotExist();
    } finally {
      launcher.destroyForcibly().waitFor();
    }
  }

  @Test
  void noGroupIsMadeWhereNoneIsWanted() throws IOException {
    Proc proc = proc("0::/\n", mounted("/")).withoutGroups();
    assertThat(ControlGroup.around(proc, MARK, ProcessHandle.current())).isNull();
    assertThat(mount).isEmptyDirectory();
  }

  /** As in most containers: a file system that cannot be written. */
  @Test
  void whereNoneCanBeMadeNothingIsLeft() throws IOException {
    Proc proc = proc("0::/\n", mounted("/"));
    Files.createDirectories(mount.resolve(MARK).getParent());
    Files.createFile(mount.resolve(MARK));
    assertThat(ControlGroup.around(proc, MARK, ProcessHandle.current())).isNull();
  }

  @Test
  void emptyGroupsOfTheDeadAreSwept() throws IOException {
    Proc proc = proc("0::/\n", mounted("/"));
    long alive = ProcessHandle.current().pid();
    Path dead = Files.createDirectories(mount.resolve("delegate-999999999-0000000f/3/inner"));
    Path living = Files.createDirectories(mount.resolve("delegate-" + alive + "-0000000f/3"));
    Path other = Files.createDirectories(mount.resolve("delegate-mine/3"));
    ControlGroup.sweep(proc);
    assertThat(mount.resolve("delegate-999999999-0000000f")).doesNotExist();
    assertThat(List.of(living, other)).allSatisfy(path -> assertThat(path).exists());
    assertThat(dead).doesNotExist();
  }

  @Test
  void theGroupsOfADirectoryAreKnownByItsName() throws IOException {
    Proc proc = proc("0::/\n", mounted("/"));
    Files.createDirectories(mount.resolve(MARK));
    Files.writeString(mount.resolve(MARK).resolve("cgroup.procs"), "12\n0\n34\n");
    assertThat(ControlGroup.of(proc, "delegate-7-0000000f"))
        .singleElement()
        .satisfies(group -> assertThat(group.members()).containsExactly(12L, 34L));
    assertThat(ControlGroup.of(proc, "delegate-8-0000000f")).isEmpty();
  }
}
