package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that do what they can to outlive their child, with control groups and without. */
@EnabledOnOs(OS.LINUX)
class EscapeArtistsIT {
  @RegisterExtension final Children children = new Children();
  @TempDir Path tmp;

  private Children.Run shell(boolean groups, String script) {
    Proc proc = groups ? Proc.SYSTEM : Proc.SYSTEM.withoutGroups();
    Launcher launcher = new Launcher(children.directory(), proc);
    return children.start(Children.spec(), launcher, new byte[0], "shell", script);
  }

  private static void assumeInGroup(Children.Run run) {
    assumeTrue(
        Proc.SYSTEM.inGroup(run.child().cookie()).contains(run.child().pid()),
        "no control group can be made here");
  }

  private static void assertGone(Children.Run run, Long... pids) throws Exception {
    run.child().killTree().get(30, TimeUnit.SECONDS);
    assertThat(Stream.of(pids).filter(Children::runs)).isEmpty();
    assertThat(run.child().escaped()).isEmpty();
    assertThat(groupsOf(run)).isEmpty();
  }

  private static List<Path> groupsOf(Children.Run run) {
    Path own = OwnGroup.own(Proc.SYSTEM);
    return own == null
        ? List.of()
        : Stream.of(own.resolve(run.child().cookie())).filter(Files::exists).toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneThatIsStopped(boolean groups) throws Exception {
    Children.Run run = shell(groups, "sleep 300 & echo pid $!; kill -STOP $!; wait");
    assertGone(run, run.awaitPid("pid "));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneThatWasForkedTwiceIgnoresSignalsAndHasASessionOfItsOwn(boolean groups) throws Exception {
    Children.Run run =
        shell(
            groups,
            "(setsid sh -c 'trap \"\" TERM HUP INT; (sleep 300 & echo pid $!) & ' &); echo ready");
    run.awaitLine("ready");
    assertGone(run, run.awaitPid("pid "));
  }

  /** No parent, no session, no mark: only the group it was born in tells whose it is. */
  @Test
  void oneThatLeftNoTrace() throws Exception {
    Path told = tmp.resolve("told"); // as a child does nothing before it is told to
    Children.Run run =
        shell(
            true,
            "while [ ! -e %s ]; do sleep 0.02; done".formatted(told)
                + "; env -i setsid sh -c '(sleep 300 >/dev/null 2>&1 & echo pid $!) &'; echo end");
    Files.createFile(told);
    run.awaitLine("end");
    long daemon = run.awaitPid("pid ");
    if (Proc.SYSTEM.inGroup(run.child().cookie()).isEmpty()) {
      children.stranger(daemon);
    }
    assumeInGroup(run);
    assertGone(run, daemon);
  }

  /** Some kernels list nobody who is dying, though it still runs: here none as soon as all are. */
  @Test
  void oneThatIsDyingIsWaitedFor() throws Exception {
    Path procs = Files.writeString(tmp.resolve("cgroup.procs"), "4711\n4712\n");
    Path kill = tmp.resolve("cgroup.kill");
    assertThat(new ProcessBuilder("mkfifo", kill.toString()).start().waitFor()).isZero();
    CompletableFuture<String> heard =
        CompletableFuture.supplyAsync(
            () -> {
              try (BufferedReader in = Files.newBufferedReader(kill)) {
                Files.writeString(procs, "4713\n"); // was forked just before
                return in.readLine();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    assertThat(new ControlGroup(tmp).kill()).contains(4711L, 4712L);
    assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo("1");
    assertThat(new ControlGroup(tmp).members()).containsExactly(4713L);
  }

  /** Whoever was seen in the family is remembered when nothing leads to it any more. */
  @Test
  void oneThatWasSeenBeforeItLeft() throws Exception {
    Path go = tmp.resolve("go");
    Children.Run run =
        shell(
            false,
            "env -i sh -c 'sleep 300 & echo pid $!; while [ ! -e %s ]; do sleep 0.02; done'"
                    .formatted(go)
                + "; echo left");
    long daemon = run.awaitPid("pid ");
    awaitSeen(run, daemon);
    Files.createFile(go);
    run.awaitLine("left");
    assertGone(run, daemon);
  }

  /** It never was seen itself, but is in a session that one of the family began. */
  @Test
  void oneThatIsInASessionThatWasSeen() throws Exception {
    Path go = tmp.resolve("go");
    String late = "sleep 300 & echo pid $!";
    Children.Run run =
        shell(
            false,
            ("env -i setsid -w sh -c 'echo leader $$; while [ ! -e %s ]; do sleep 0.02; done; "
                    + "(%s)'; echo left")
                .formatted(go, late));
    awaitSeen(run, run.awaitPid("leader "));
    Files.createFile(go);
    run.awaitLine("left");
    assertGone(run, run.awaitPid("pid "));
  }

  private static void awaitSeen(Children.Run run, long pid) {
    Family family = Families.startingWith(run.child().cookie()).get(0);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> family.seen().stream().anyMatch(process -> process.pid() == pid));
  }

  /** Some fifty at a time, each in a session of its own; it ends by itself after a minute or so. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStormOfForks(boolean groups) throws Exception {
    Children.Run run =
        shell(
            groups,
            "for k in 1 2 3 4 5; do (i=0; while [ $i -lt 3000 ]; do i=$((i+1));"
                + " (setsid sleep 0.2 &); sleep 0.02; done) & done; echo storm");
    run.awaitLine("storm");
    await().until(() -> Proc.SYSTEM.bearing(Cookie.exactly(run.child().cookie())).size() > 5);
    assertGone(run);
    await()
        .during(100, TimeUnit.MILLISECONDS)
        .until(() -> Proc.SYSTEM.bearing(Cookie.exactly(run.child().cookie())), List::isEmpty);
  }

  /** Root may, and its environment is still ours; others need the group. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneOfAnotherUser(boolean groups) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root may change the user");
    Children.Run run =
        shell(groups, "su -s /bin/sh nobody -c 'echo pid $$; sleep 300; echo' & sleep 300");
    assertGone(run, run.awaitPid("pid "));
  }

  /** A launcher that forks, and is gone from the way between the child and us. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatALauncherForksBelongsToTheChild(boolean groups) throws Exception {
    Proc proc = groups ? Proc.SYSTEM : Proc.SYSTEM.withoutGroups();
    Children.Run run =
        children.start(
            Children.spec()
                .with(
                    s ->
                        s.launcher =
                            command ->
                                Stream.concat(
                                        Stream.of(
                                            "sh", "-c", "sleep 300 & echo side $!; \"$@\"", "sh"),
                                        command.stream())
                                    .toList()),
            new Launcher(children.directory(), proc),
            new byte[0],
            "shell",
            "sleep 300 & echo pid $!; wait");
    assertGone(run, run.awaitPid("pid "), run.awaitPid("side "));
  }

  /** A program in a child that has children of its own: its groups are within the child's. */
  @Test
  void theGroupsOfATreeWithinATree() throws Exception {
    Children.Run outer =
        children.start(
            Children.spec()
                .with(s -> s.jvmArgs = List.of("-Djava.io.tmpdir=" + children.directory().path())),
            "own",
            "env -i setsid sh -c '(sleep 300 >/dev/null 2>&1 & echo pid $!) &'",
            "wait");
    long daemon = outer.awaitPid("pid ");
    if (Proc.SYSTEM.inGroup(outer.child().cookie()).isEmpty()) {
      children.stranger(daemon);
    }
    assumeInGroup(outer);
    assertGone(outer, daemon);
  }
}
