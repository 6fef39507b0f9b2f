package io.delegate.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Event;
import io.delegate.NothingLeft;
import io.delegate.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The twin does as children do: each case is run with processes, where works really misbehave, and
 * with the script that says the same. All that a program can see must be equal.
 */
@ExtendWith(NothingLeft.class)
final class TwinLikeTheRealIT {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  @TempDir Path directory;

  @ParameterizedTest
  @MethodSource("cases")
  void theTwinDoesAsTheRealOne(Case that) throws Exception {
    List<String> real = that.withProcesses(Files.createDirectory(directory.resolve("real")));
    List<String> twin = that.withTheTwin(Files.createDirectory(directory.resolve("twin")));
    assertThat(real).isNotEmpty();
    assertThat(twin).isEqualTo(real);
  }

  static Stream<Case> cases() {
    return Stream.of(successes(), deaths(), limits(), retries(), streams(), lives())
        .flatMap(List::stream);
  }

  private static List<Case> successes() {
    return List.of(
        Case.of("all succeed", Deeds.triple()),
        Case.of("returns null", Deeds.at(3, () -> null)),
        Case.of("throws", Deeds.at(3, () -> Deeds.fail(new IOException("the disk is on fire")))),
        Case.of("throws an error", Deeds.at(3, () -> Deeds.fail(new AssertionError("never")))),
        Case.of(
            "throws with a cause",
            Deeds.at(3, () -> Deeds.fail(new IllegalStateException("outer", new IOException())))),
        Case.of("throws what throws", Deeds.at(3, () -> Deeds.fail(new Deeds.Spiteful()))),
        Case.of("throws, by the script", Deeds.at(3, () -> Deeds.fail(new IOException("x"))))
            .script(s -> s.onItem(3).fail(new IOException("x"))),
        Case.of("gives, by the script", Deeds.at(3, () -> List.of("a")))
            .script(s -> s.onItem(3).give(List.of("a"))),
        Case.of("returns what cannot be sent", Deeds.at(3, () -> List.of(new Thread()))),
        Case.of("returns what cannot be read", Deeds.at(3, Deeds.Unreadable::new)),
        Case.of("returns too much", Deeds.at(3, () -> new byte[3 << 20]))
            .options(o -> o.maxFrame(1 << 20)),
        Case.of("an item that cannot be sent", Deeds.triple())
            .course(Courses.items(1, new Thread("no item"), 2)),
        Case.of("recurses", Deeds.at(3, () -> recurse(1))),
        Case.of("a work that cannot be sent", captures(new Thread("no work"))),
        Case.of("changes its item", x -> Unchecked.list(x).remove(0))
            .course((s, work, d) -> Courses.copies(s, work)),
        Case.of("knows its child", Deeds.at(3, Deeds::self)),
        Case.of("reads its context", Deeds.at(3, Deeds::context))
            .options(o -> o.contextKeys("tenant"))
            .course((s, work, d) -> Courses.carried(s, work)));
  }

  private static Object recurse(int n) {
    return n == Integer.MIN_VALUE ? 0 : (Integer) recurse(n + 1) + (Integer) recurse(n + 2);
  }

  private static Work<Object, Object> captures(Object captured) {
    return x -> captured;
  }

  private static List<Case> deaths() {
    return List.of(
        Case.of("exits", Deeds.at(3, () -> Deeds.exit(7))).script(s -> s.onItem(3).crash(7)),
        Case.of("exits with zero", Deeds.at(3, () -> Deeds.exit(0)))
            .script(s -> s.onItem(3).crash(0)),
        Case.of("halts with 137", Deeds.at(3, () -> Deeds.halt(137)))
            .script(s -> s.onItem(3).crash(137)),
        Case.of("is killed", Deeds.at(3, () -> Deeds.signal("KILL")))
            .script(s -> s.onItem(3).kill("SIGKILL")),
        Case.of("a full heap", Deeds.at(3, Deeds::eat))
            .options(o -> o.heap("32m"))
            .script(s -> s.onItem(3).outOfMemory()),
        Case.of("a native crash", Deeds.at(3, Deeds::crash)).script(s -> s.onItem(3).nativeCrash()),
        Case.of("the first item", Deeds.at(0, () -> Deeds.exit(7)))
            .script(s -> s.onItem(0).crash(7)),
        Case.of("the last item", Deeds.at(5, () -> Deeds.exit(7)))
            .script(s -> s.onItem(5).crash(7)),
        Case.of("with two children", Deeds.at(3, () -> Deeds.exit(7)))
            .options(o -> o.children(2))
            .script(s -> s.onItem(3).crash(7))
            .course(
                (s, work, d) ->
                    Courses.sixItems().run(s, work, d).stream()
                        .map(line -> line.replaceAll(", served \\d+", ""))
                        .toList()),
        Case.of("what listeners hear of a crash", Deeds.at(3, () -> Deeds.exit(7)))
            .script(s -> s.onItem(3).crash(7))
            .course(Courses.events(2, 3, 4)),
        Case.of("what listeners hear of an exit with zero", Deeds.at(3, () -> Deeds.exit(0)))
            .script(s -> s.onItem(3).crash(0))
            .course(Courses.events(2, 3, 4)),
        Case.of("an end with zero between two items", Deeds.at(3, () -> Deeds.endSoon(0)))
            .script(s -> s.onItem(3).thenDie(0))
            .course((s, work, d) -> Courses.idleDeath(s, tame(work, d))),
        Case.of("a death between two items", Deeds.at(3, () -> Deeds.endSoon(5)))
            .script(s -> s.onItem(3).thenDie(5))
            .course((s, work, d) -> Courses.idleDeath(s, tame(work, d))));
  }

  /** The twin runs the work of an item whose child dies afterwards: not one that ends its JVM. */
  private static Work<Object, Object> tame(Work<Object, Object> work, Path directory) {
    return directory.endsWith("twin") ? Deeds.at(3, () -> "returned") : work;
  }

  private static List<Case> limits() {
    return List.of(
        Case.of("hangs", Deeds.at(3, Deeds::hang))
            .options(o -> o.timeout(LIMIT))
            .script(s -> s.onItem(3).hang()),
        Case.of("hangs, in the twin, too", Deeds.at(3, Deeds::hang)).options(o -> o.timeout(LIMIT)),
        Case.of("spins", Deeds.at(3, Deeds::spin))
            .options(o -> o.timeout(LIMIT))
            .script(s -> s.onItem(3).hang()),
        Case.of("says nothing", Deeds.at(3, Deeds::hang))
            .options(o -> o.silenceTimeout(LIMIT))
            .script(s -> s.onItem(3).hang()),
        Case.of("says nothing, in the twin, too", Deeds.at(3, Deeds::hang))
            .options(o -> o.silenceTimeout(LIMIT).timeout(LIMIT.multipliedBy(10))),
        Case.of("what listeners hear of a limit", Deeds.at(3, Deeds::hang))
            .options(o -> o.timeout(LIMIT))
            .script(s -> s.onItem(3).hang())
            .course(Courses.events(2, 3, 4)),
        Case.of("slow, within the limit", Deeds.at(3, () -> Deeds.sleep(50, 9)))
            .options(o -> o.timeout(Duration.ofSeconds(20)))
            .script(s -> s.onItem(3).after(Duration.ofMillis(50)).run())
            .course(
                (s, work, d) ->
                    d.endsWith("twin")
                        ? Courses.sixItems().run(s, Deeds.triple(), d)
                        : Courses.sixItems().run(s, work, d)),
        Case.of("slow, beyond the limit", Deeds.at(3, () -> Deeds.sleep(20_000, 9)))
            .options(o -> o.timeout(LIMIT))
            .script(s -> s.onItem(3).after(Duration.ofSeconds(20)).run()),
        Case.of("slow is told", Deeds.at(3, Deeds::hang))
            .options(o -> o.timeout(LIMIT).slowAfter(Duration.ofMillis(100)))
            .script(s -> s.onItem(3).hang())
            .course(Courses.events(3)),
        Case.of("waits too long", Deeds.at(3, Deeds::hang))
            .options(o -> o.queueTimeout(Duration.ofMillis(300)).timeout(Duration.ofSeconds(3)))
            .script(s -> s.onItem(3).hang())
            .course(
                (s, work, d) -> {
                  s.spawn(1).block();
                  Told told = new Told(s);
                  var first = s.submit(work, 3).map(Told::outcome).toFuture();
                  told.await(Event.Begin.class, 1);
                  return List.of(Courses.submit(s, work, 4), first.get());
                }),
        Case.of("too many wait", Deeds.at(3, Deeds::hang))
            .options(o -> o.maxPending(1))
            .script(s -> s.onItem(3).hang())
            .course((s, work, d) -> Courses.tooMany(s, work)));
  }

  private static List<Case> retries() {
    return List.of(
        Case.of("crashes each time", Deeds.at(3, () -> Deeds.exit(9)))
            .options(o -> o.retryAborted(2))
            .script(s -> s.onItem(3).times(3).crash(9)),
        Case.of("crashes once", Deeds.triple())
            .options(o -> o.retryAborted(2))
            .script(s -> s.onItem(3).onAttempt(1).crash(9).onItem(3).give("again"))
            .course(
                (s, work, d) -> {
                  String file = d.resolve("ran").toString();
                  return Courses.sixItems().run(s, Deeds.at(3, () -> Deeds.crashOnce(file)), d);
                }),
        Case.of("what listeners hear of a retry", Deeds.at(3, () -> Deeds.exit(9)))
            .options(o -> o.retryAborted(1))
            .script(s -> s.onItem(3).crash(9))
            .course(
                (s, work, d) ->
                    // of a run that has no end of its own the beginning may be left out
                    Courses.events(2, 3, 4).run(s, work, d).stream()
                        .filter(line -> !line.equals("begin #1 3"))
                        .toList()),
        Case.of("a failure is not run again", Deeds.at(3, () -> Deeds.fail(new IOException("x"))))
            .options(o -> o.retryAborted(2)),
        Case.of("a limit is not tried again", Deeds.at(3, Deeds::hang))
            .options(o -> o.retryAborted(2).timeout(LIMIT))
            .script(s -> s.onItem(3).once().hang()));
  }

  private static List<Case> streams() {
    return List.of(
        Case.of("in order, with a crash", Deeds.at(3, () -> Deeds.exit(7)))
            .options(o -> o.children(2))
            .script(s -> s.onItem(3).crash(7))
            .course(
                (s, work, d) ->
                    Courses.ordered().run(s, work, d).stream()
                        .map(line -> line.replaceAll(", served \\d+", ""))
                        .toList()),
        Case.of("no items", Deeds.triple())
            .course(
                (s, work, d) -> {
                  Told told = new Told(s);
                  List<String> seen = new ArrayList<>(Courses.items().run(s, work, d));
                  s.close();
                  seen.addAll(told.all());
                  seen.add("end");
                  return seen;
                }),
        Case.of("demand", Deeds.triple())
            .options(o -> o.children(4).window(1))
            .course((s, work, d) -> Courses.demand(s, work)),
        Case.of("takes two", Deeds.triple()).course((s, work, d) -> Courses.takeTwo(s, work)),
        Case.of("upstream fails", Deeds.triple())
            .course((s, work, d) -> Courses.upstreamFails(s, work)),
        Case.of("two streams", Deeds.triple())
            .options(o -> o.children(2))
            .course((s, work, d) -> Courses.twoStreams(s, work)),
        Case.of("cancel of what runs", Deeds.at(3, Deeds::hang))
            .script(s -> s.onItem(3).hang())
            .course((s, work, d) -> Courses.cancelRunning(s, work)),
        Case.of("cancel of what runs, in the twin, too", Deeds.at(3, Deeds::hang))
            .course((s, work, d) -> Courses.cancelRunning(s, work)),
        Case.of("cancel of what waits", Deeds.at(3, () -> Deeds.sleep(2_000, 9)))
            .options(o -> o.window(1))
            .course((s, work, d) -> Courses.cancelWaiting(s, work)));
  }

  private static List<Case> lives() {
    return List.of(
        Case.of("dispose", Deeds.at(3, Deeds::hang))
            .script(s -> s.onItem(3).hang())
            .course((s, work, d) -> Courses.dispose(s, work)),
        Case.of("dispose gracefully", Deeds.at(3, () -> Deeds.sleep(300, 9)))
            .course((s, work, d) -> Courses.disposeGracefully(s, work)),
        Case.of("the grace is over", Deeds.at(3, Deeds::hang))
            .script(s -> s.onItem(3).hang())
            .course((s, work, d) -> Courses.graceOver(s, work)),
        Case.of("spawn and cleanup", Deeds.triple())
            .course((s, work, d) -> Courses.spawnAndCleanup(s, work)),
        Case.of("why one that is not needed goes", Deeds.triple())
            .course(Courses.firstExit((s, work, d) -> Courses.shrink(s))),
        Case.of("why one that has nothing to do goes", Deeds.triple())
            .options(o -> o.idleTimeout(Duration.ofMillis(300)))
            .course(Courses.firstExit(Courses.items(1))),
        Case.of("why an old one goes", Deeds.triple())
            .options(o -> o.maxAgePerChild(Duration.ofMillis(1_500)))
            .course(Courses.firstExit(Courses.items(1))),
        Case.of("grow and shrink", Deeds.triple()).course((s, work, d) -> Courses.grow(s)),
        Case.of("worn out", Deeds.triple())
            .options(o -> o.maxItemsPerChild(2))
            .course(
                (s, work, d) -> {
                  List<String> seen = Courses.events(1, 2, 3).run(s, work, d);
                  // the next may be up before the worn one is gone
                  return seen.stream().filter(line -> !line.startsWith("spawn")).toList();
                }),
        Case.of("an initializer", Deeds.at(3, Deeds::jvm)).options(o -> o.initializer(() -> 1)),
        Case.of("an initializer throws", Deeds.triple())
            .options(o -> o.initializer(() -> Deeds.fail(new IOException("no licence")))),
        Case.of("no child comes up", Deeds.triple())
            .real(o -> o.jvmArgs("-XX:NoSuchFlag"))
            .script(s -> s.failStarts(3, "Unrecognized VM option"))
            .course(
                (s, work, d) -> {
                  Told told = new Told(s);
                  List<String> seen = new ArrayList<>(Courses.items(1, 2).run(s, work, d));
                  s.close();
                  seen.addAll(told.all());
                  return seen;
                }),
        Case.of("no child is up in time", Deeds.triple())
            .options(o -> o.startTimeout(Duration.ofMillis(1)))
            .script(s -> s.slowStart(Duration.ofSeconds(1))),
        Case.of("spawn fails", Deeds.triple())
            .real(o -> o.jvmArgs("-XX:NoSuchFlag"))
            .script(s -> s.failStarts(3, "Unrecognized VM option"))
            .course(
                (s, work, d) ->
                    List.of(
                        s.spawn(1)
                            .thenReturn("up")
                            .onErrorResume(e -> reactor.core.publisher.Mono.just(Courses.error(e)))
                            .block())));
  }

  /** Lists as items. */
  private static final class Unchecked {
    @SuppressWarnings("unchecked") // it was a list of those
    static List<Integer> list(Object item) {
      return (List<Integer>) item;
    }
  }
}
