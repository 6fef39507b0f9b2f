package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

@EnabledOnOs(OS.LINUX)
class KillTreeIT {
  @RegisterExtension final Children children = new Children();

  private void assertKills(Children.Run run, long grandchild) throws Exception {
    assertThat(Children.runs(grandchild)).isTrue();
    // looked at on the very thread that completes the future: dead means dead
    boolean[] ran = {true, true};
    run.child()
        .killTree()
        .thenRun(
            () -> {
              ran[0] = run.child().isAlive();
              ran[1] = Children.runs(grandchild);
            })
        .get(20, TimeUnit.SECONDS);
    assertThat(ran).containsOnly(false);
  }

  @Test
  void aGrandchildDies() throws Exception {
    Children.Run run = children.start("shell", "sleep 300 & echo pid $!; wait");
    assertKills(run, run.awaitPid("pid "));
  }

  @Test
  void aDaemonThatLeftTheTreeDies() throws Exception {
    Children.Run run = children.start("shell", "setsid sh -c 'sleep 300 & echo pid $!'");
    assertKills(run, run.awaitPid("pid "));
  }

  @Test
  void aGrandchildThatIgnoresSigtermDies() throws Exception {
    Children.Run run =
        children.start(
            "shell", "sh -c 'trap \"\" TERM HUP INT; echo pid $$; sleep 300; sleep 300'");
    assertKills(run, run.awaitPid("pid "));
  }

  @Test
  void aDescendantThatWipedItsEnvironmentDies() throws Exception {
    Children.Run run = children.start("shell", "env -i sleep 300 & echo pid $!; wait");
    assertKills(run, run.awaitPid("pid "));
  }

  @Test
  void aGrandchildThatForksWithoutEndDies() throws Exception {
    Children.Run run = children.start("shell", "f() { echo pid $$; (sleep 0.005; f) & }; f");
    assertKills(run, run.child().pid());
    await()
        .during(100, TimeUnit.MILLISECONDS)
        .until(() -> Proc.SYSTEM.bearing(Cookie.exactly(run.child().cookie())), List::isEmpty);
  }

  @Test
  void whatAChildLeftThatEndedByItselfDies() throws Exception {
    Children.Run run = children.start("shell-exit", "setsid sh -c 'sleep 300 & echo pid $!'");
    long daemon = run.awaitPid("pid ");
    assertThat(run.child().onExit().get(20, TimeUnit.SECONDS)).isZero();
    assertKills(run, daemon);
    run.end();
    assertThat(run.child().death().toString()).startsWith("EXIT (exit code 0), 0 items in ");
  }

  @Test
  void theSiblingsLive() throws Exception {
    Children.Run first = children.start("wait");
    List<Children.Run> others = List.of(children.start("wait"), children.start("wait"));
    others.forEach(run -> run.awaitLine("waiting"));
    first.child().killTree().get(20, TimeUnit.SECONDS);
    assertThat(others).allMatch(run -> run.child().isAlive());
  }

  @Test
  void everyCallHasTheSameEnd() throws Exception {
    Children.Run run = children.start("hang");
    for (int i = 0; i < 5; i++) {
      var unused = run.child().killTree();
    }
    run.child().killTree().get(20, TimeUnit.SECONDS);
    assertThat(run.child().killTree()).isCompleted();
  }

  @Test
  void theParentNeverMatches() throws Exception {
    // a program inside a child, that takes the outer directory's cookie for one to sweep
    Children.Run run =
        children.start(
            Children.spec().with(s -> s.mainClass = KillsItsOwnCookie.class.getName()), "x");
    run.awaitLine("still here");
    assertThat(run.end()).isZero();
  }

  static final class KillsItsOwnCookie {
    public static void main(String[] args) throws Exception {
      Process sleeper = new ProcessBuilder("sleep", "300").start();
      ProcessTree.killAllWithCookie(System.getenv(Cookie.VARIABLE));
      System.out.println(sleeper.waitFor() == 137 ? "still here" : "the sleeper lives");
    }
  }

  @Test
  void aTreeHoldsTheTreesWithinIt() throws Exception {
    Path tmp = children.directory().path();
    Children.Run outer =
        children.start(
            Children.spec().with(s -> s.jvmArgs = List.of("-Djava.io.tmpdir=" + tmp)),
            "own",
            "setsid sh -c 'sleep 300 & echo pid $!'",
            "wait");
    assertKills(outer, outer.awaitPid("pid "));
  }

  @Test
  void withoutProcDescentIsFollowed() throws Exception {
    Launcher launcher = new Launcher(children.directory(), new Proc(Path.of("/nowhere")));
    Children.Run run =
        children.start(
            Children.spec(), launcher, new byte[0], "shell", "sleep 300 & echo pid $!; wait");
    assertKills(run, run.awaitPid("pid "));
  }

  @Test
  void withoutProcAPrefixKillsTheChildrenThatRun() throws Exception {
    Children.Run run = children.start("shell", "sleep 300 & echo pid $!; wait");
    long grandchild = run.awaitPid("pid ");
    ProcessTree.killAllWithCookie(new Proc(Path.of("/nowhere")), children.directory().name() + "/");
    await().until(() -> !Children.runs(grandchild) && !run.child().isAlive());
  }
}
