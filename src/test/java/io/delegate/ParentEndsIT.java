package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a parent ends, its children and all they started end with it. */
@ExtendWith(NothingLeft.class)
@Timeout(180)
class ParentEndsIT {
  private static final Duration SECOND = Duration.ofSeconds(1);
  @TempDir Path tmp;

  /** Runs one item of each kind for ever, and ends as it is told. */
  static final class Program {
    public static void main(String[] args) throws Exception {
      Path notes = Path.of(args[0]);
      Misbehaving[] kinds =
          Stream.of(args[1].split(",")).map(Misbehaving::valueOf).toArray(Misbehaving[]::new);
      ProcessScheduler on = ProcessScheduler.create(kinds.length);
      for (Misbehaving kind : kinds) {
        Notes own = Notes.in(Files.createDirectories(notes.resolve(kind.name())));
        on.submit(kind.at(1, own), 1).subscribe();
      }
      System.out.println("running");
      switch (System.in.read()) {
        case 'x' -> System.exit(3);
        case 't' -> {
          // the scheduler must not keep the JVM alive; Reactor's own threads are daemons too
          throw new IllegalStateException("uncaught");
        }
        default -> Runtime.getRuntime().halt(4);
      }
    }
  }

  /** Asks for more while it ends, from a hook of its own. */
  static final class Late {
    private Late() {}

    public static void main(String[] args) {
      Work<Integer, Integer> work = x -> 3 * x;
      ProcessScheduler on = ProcessScheduler.create(1);
      Outcome<Integer, Integer> first = on.<Integer, Integer>submit(work, 1).block();
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    try {
                      while (true) { // our hooks run beside this one
                        on.submit(work, 2).block();
                      }
                    } catch (RuntimeException e) {
                      System.out.println("told " + e.getMessage());
                    }
                  }));
      System.out.println("running " + first.isSuccess());
      System.exit(3);
    }
  }

  @Test
  void whoAsksForMoreWhileItEndsIsToldAtOnce() throws Exception {
    try (ParentJvm parent = ParentJvm.start(tmp, List.of(), Late.class)) {
      parent.heard("running");
      assertThat(parent.heard("told")).contains("this JVM is shutting down");
      assertThat(parent.status()).isEqualTo(3);
    }
  }

  private static List<Long> family(Path told, List<Misbehaving> kinds) {
    List<Long> pids = new ArrayList<>();
    for (Misbehaving kind : kinds) {
      Notes notes = Notes.in(told.resolve(kind.name()));
      pids.add(notes.awaitPid("child"));
      if (kind.name().startsWith("STARTS")) {
        pids.add(notes.awaitPid("grandchild"));
      }
    }
    assertThat(pids).allMatch(Pids::runs);
    return pids;
  }

  @ParameterizedTest
  @ValueSource(strings = {"exit", "uncaught", "halt", "TERM", "INT", "KILL"})
  void allOfItsFamilyIsGoneWithinASecond(String end) throws Exception {
    List<Misbehaving> kinds =
        List.of(
            Misbehaving.SPINS_IN_A_COUNTED_LOOP,
            Misbehaving.IGNORES_INTERRUPTS,
            Misbehaving.SLEEPS,
            Misbehaving.STARTS_A_CHILD);
    endsWithinASecond(kinds, end);
  }

  /** No descendant of the child any more: only the mark in its environment tells whose it is. */
  @ParameterizedTest
  @ValueSource(strings = {"exit", "KILL"})
  void aDaemonTooThatLeftItsFamily(String end) throws Exception {
    endsWithinASecond(List.of(Misbehaving.STARTS_A_DAEMON), end);
  }

  /** A machine that is busy with other things may make it longer, but not again and again. */
  private void endsWithinASecond(List<Misbehaving> kinds, String end) throws Exception {
    Duration fastest = took(Files.createDirectory(tmp.resolve("0")), kinds, end);
    for (int i = 1; i < 3 && fastest.compareTo(SECOND) > 0; i++) {
      Duration took = took(Files.createDirectory(tmp.resolve("" + i)), kinds, end);
      fastest = took.compareTo(fastest) < 0 ? took : fastest;
    }
    assertThat(fastest).as("after %s", end).isLessThanOrEqualTo(SECOND);
  }

  /** From the end of the parent until its family is gone. */
  private static Duration took(Path in, List<Misbehaving> kinds, String end) throws Exception {
    String names = kinds.stream().map(Enum::name).collect(Collectors.joining(","));
    Path directories = Files.createDirectory(in.resolve("d"));
    Path told = in.resolve("notes");
    Duration took;
    try (ParentJvm parent = ParentJvm.start(directories, List.of(), Program.class, told, names)) {
      parent.heard("running");
      List<Long> family = family(told, kinds);
      assertThat(NothingLeft.directories(directories, "delegate-")).hasSize(1);
      switch (end) {
        case "exit" -> parent.tell("x");
        case "uncaught" -> parent.tell("t");
        case "halt" -> parent.tell("h");
        default -> Pids.signal(end, parent.pid());
      }
      await().atMost(Duration.ofSeconds(20)).until(() -> !parent.isAlive());
      long ended = System.nanoTime();
      await()
          .atMost(Duration.ofSeconds(10))
          .pollInterval(Duration.ofMillis(2))
          .untilAsserted(() -> assertThat(family).noneMatch(Pids::runs));
      took = Duration.ofNanos(System.nanoTime() - ended);
      System.out.println("parent ended by " + end + ": its family was gone after " + took);
      boolean swept = !List.of("KILL", "halt").contains(end);
      assertThat(NothingLeft.directories(directories, "delegate-")).hasSize(swept ? 0 : 1);
    }
    if (NothingLeft.directories(directories, "delegate-").isEmpty()) {
      return took;
    }
    // the next start takes away what a killed parent could not
    Path toldNext = in.resolve("notes2");
    try (ParentJvm next =
        ParentJvm.start(directories, List.of(), Program.class, toldNext, "SLEEPS")) {
      Notes notes = Notes.in(toldNext.resolve("SLEEPS"));
      long child = notes.awaitPid("child");
      assertThat(NothingLeft.directories(directories, "delegate-"))
          .singleElement()
          .satisfies(
              own -> assertThat(own.getFileName().toString()).contains("-" + next.pid() + "-"));
      next.tell("x");
      next.status();
      Pids.awaitGone(child);
    }
    assertThat(NothingLeft.directories(directories, "delegate-")).isEmpty();
    return took;
  }
}
